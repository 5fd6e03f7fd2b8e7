"""`returnpath`: sign a return-path for a recipient, and tell whether one is genuine."""

import json
import sys
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from watcher.cli.options import common_options, open_config, options
from watcher.errors import UsageError


if TYPE_CHECKING:
    from watcher.authenticity import ReturnPathKey

_WHY = {
    "none": "no signed return-path",
    "unknown_key": "signed with a key that is not configured",
    "fail": "the signature is wrong",
    "expired": "it has expired",
    "other_recipient": "it was made for another recipient",
}


@click.group(epilog="Example: bounce-watcher returnpath sign user@example.com --id c77")
@common_options
def returnpath() -> None:
    """Sign a return-path for a recipient, and tell whether one is genuine."""


@returnpath.command(epilog="Example: bounce-watcher returnpath sign user@example.com --id c77")
@click.argument("recipient", metavar="RECIPIENT")
@click.option("--id", "name", metavar="X", help="What the return-path is to tell beside the recipient.")
@common_options
@click.pass_context
def sign(ctx: click.Context, recipient: str, name: str | None) -> int:
    """Print a return-path for mail to RECIPIENT; - reads recipients from standard input, one a line.

    It is signed with the first of return_path.keys and holds for return_path.expires.  Of many, those that
    cannot be signed are named, and make it end with 1.
    """
    config = open_config(ctx)
    from watcher.authenticity import sign_return_path
    from watcher.config.returnpath import keys_of, return_path_domain

    key = _first_key(ctx, keys_of(config))
    domain = return_path_domain(config)
    if domain is None:
        place = _place(ctx, "domain")
        raise UsageError(f"{place}: not set; write the domain that your bounces come to")
    last = datetime.now(UTC).date() + timedelta(days=-(-config.return_path.expires // timedelta(days=1)))
    if recipient != "-":
        try:
            click.echo(sign_return_path(recipient.strip(), key, domain, last, name))
        except ValueError as error:
            raise UsageError(str(error)) from None
        return 0
    faults = 0
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            click.echo(sign_return_path(line.strip(), key, domain, last, name))
        except ValueError as error:
            faults += 1
            click.echo(f"-:{number}: {error}; passed by", err=True)
    return 1 if faults else 0


@returnpath.command(epilog="Example: bounce-watcher returnpath verify ADDRESS --recipient user@example.com")
@click.argument("address", metavar="ADDRESS")
@click.option("--recipient", metavar="R", help="Valid only for this one.")
@common_options
@click.pass_context
def verify(ctx: click.Context, address: str, recipient: str | None) -> int:
    """Tell whether ADDRESS is a genuine return-path of ours, in time; ends with 1 where it is not.

    Prints what it proves as JSON: {valid, recipient, id, key, expires}.
    """
    config = open_config(ctx)
    from watcher.authenticity import verify_return_path
    from watcher.config.returnpath import keys_of
    from watcher.events import moment

    keys = keys_of(config)
    _first_key(ctx, keys)
    address = address.strip()
    if address.startswith("<") and address.endswith(">"):  # as Return-Path has it
        address = address[1:-1]
    candidates = () if recipient is None else (recipient,)
    found = verify_return_path(address, keys, datetime.now(UTC).date(), candidates)
    end = None
    if found.expires is not None:
        end = moment(datetime.combine(found.expires + timedelta(days=1), time(), UTC))
    answer = {
        "valid": found.valid,
        "recipient": found.recipient,
        "id": found.id,
        "key": found.key,
        "expires": end,
    }
    click.echo(json.dumps(answer, ensure_ascii=False))
    if not found.valid:
        click.echo(f"not valid: {_WHY[found.outcome]}", err=True)
    return 0 if found.valid else 1


def _first_key(ctx: click.Context, keys: "tuple[ReturnPathKey, ...]") -> "ReturnPathKey":
    if not keys:
        raise UsageError(
            f"{_place(ctx, 'keys')}: no key is configured; write keys: [{{id: a, secret: {{file: PATH}}}}], "
            "and make the file with: openssl rand -base64 32"
        )
    return keys[0]


def _place(ctx: click.Context, key: str) -> str:
    """Name a key of return_path as a fault of the config does: the file, the line, the key."""
    from watcher.config import find_config
    from watcher.config.load import line_of

    path = find_config(options(ctx).config)
    return f"{path}:{line_of(path, ('return_path', key))}: return_path.{key}"
