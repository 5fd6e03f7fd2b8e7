"""`db`: the state file itself."""

from pathlib import Path

import click

from watcher.cli.options import common_options, open_config
from watcher.errors import StoreError


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
    from watcher.store import Store
    from watcher.store.migrate import VERSION

    if not Path(config.state).exists():
        raise StoreError(f"{config.state}: no state yet; make a first pass with: bounce-watcher once")
    with Store.open(config.state) as store:
        before = store.opened_as
    told = "it was already" if before == VERSION else f"it was {before}"
    click.echo(f"{config.state}: schema {VERSION}, {told}")
