"""`db`: the state file itself."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from watcher.cli.options import common_options, open_config
from watcher.cli.state import open_state
from watcher.errors import UsageError


@click.group(epilog="Example: bounce-watcher db upgrade")
@common_options
def db() -> None:
    """Care for the state file."""


@db.command(epilog="Example: bounce-watcher db upgrade -c /etc/bounce-watcher/config.yaml")
@common_options
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring the state file to the schema of this release, in one transaction.

    `run` and `once` do the same when they start.  Stop a watcher of the old release first.
    """
    config = open_config(ctx, secrets=False)
    from watcher.store.migrate import VERSION

    with open_state(config, readonly=False) as store:
        before = store.opened_as
    told = "it was already" if before == VERSION else f"it was {before}"
    click.echo(f"{config.state}: schema {VERSION}, {told}")


@db.command(epilog="Example: bounce-watcher db export --output state.jsonl")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Otherwise standard output.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@common_options
@click.pass_context
def export(ctx: click.Context, output: Path | None, force: bool) -> None:
    """Write every row of the state as JSON lines: {"table": NAME, "row": {...}}, all as of one moment.

    The key of the hashes of erased addresses stays in the state file.
    """
    config = open_config(ctx, secrets=False)
    with open_state(config) as store:
        lines = (json.dumps({"table": table, "row": row}, ensure_ascii=False) for table, row in store.dump())
        if output is None:
            for line in lines:
                click.echo(line.encode(errors="backslashreplace"))
            return
        with _new_file(output, force=force) as file:
            file.writelines(f"{line}\n" for line in lines)


@contextlib.contextmanager
def _new_file(path: Path, *, force: bool) -> Iterator[TextIO]:
    """Write a file beside its place, and put it there when it is whole."""
    if path.exists() and not (force and path.is_file() and not _is_state(path)):
        way_out = "name another" if _is_state(path) or not path.is_file() else "name another, or add --force"
        raise UsageError(f"{path}: is there already; {way_out}")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # It holds addresses: nobody else may read it.
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        fault = (error.strerror or "not writable").lower()
        raise UsageError(f"{path}: {fault}; name a file in a folder that this user can write") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _is_state(path: Path) -> bool:
    """Tell whether a file is a state file of SQLite, by its first octets, or lies beside one."""
    if path.name.endswith(("-wal", "-shm", ".lock")):
        return True
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\x00"
    return False


@db.command(epilog="Example: bounce-watcher db purge --address user@example.com")
@click.option(
    "--address", "addresses", multiple=True, metavar="ADDRESS", help="Erase this address; repeatable."
)
@common_options
@click.pass_context
def purge(ctx: click.Context, addresses: tuple[str, ...]) -> None:
    """Drop what is older than `retention` wants it kept; with --address, erase addresses instead.

    Of an erased address a keyed hash stays, so that it is still not mailed if it was not to be.  The mail
    itself, the results file and what endpoints have got are not ours to erase.
    """
    config = open_config(ctx, secrets=False)
    from watcher.service.exchange.reading import is_address
    from watcher.service.tools import keep

    for address in addresses:
        if not is_address(address) or address.startswith("@"):
            raise UsageError(f"'{address}': no address; write user@example.com")
    with open_state(config, readonly=False) as store:
        if not addresses:
            dropped = store.purge(keep(config), datetime.now(UTC))
            click.echo(f"{config.state}: {dropped} rows dropped", err=True)
        for address in addresses:
            gone = store.erase(address, secrets.token_bytes(32))
            stays = "; a hash stays on the list" if gone.suppressed else ""
            told = f"{gone.facts} facts, {gone.messages} messages, {gone.events} events"
            click.echo(f"{address}: erased {told}{stays}", err=True)
            if gone.still_due:
                click.echo(
                    f"{address}: {gone.still_due} events wait to be delivered; run it again then", err=True
                )
