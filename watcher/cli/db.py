"""`db`: the state file itself."""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

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
@common_options
@click.pass_context
def export(ctx: click.Context, output: Path | None) -> None:
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
        try:
            # It holds addresses: nobody else may read it.
            handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise UsageError(f"{output}: {(error.strerror or 'not writable').lower()}") from error
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(f"{line}\n" for line in lines)


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
            raise UsageError(f"{address}: no address; write user@example.com")
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
