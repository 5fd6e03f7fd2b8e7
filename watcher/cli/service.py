"""`run` and `once`: the daemon, and one pass."""

import click

from watcher.cli.options import common_options, open_config


@click.command(epilog="Example: bounce-watcher run -c /etc/bounce-watcher/config.yaml")
@common_options
@click.pass_context
def run(ctx: click.Context) -> int:
    """Watch every mailbox and deliver every event, in the foreground, until SIGTERM.

    A server that fails never ends it: it tries again, and says so in the log and on /readyz.
    """
    config = open_config(ctx)
    from pathlib import Path

    from watcher.rules import load_rules
    from watcher.service.daemon import Daemon
    from watcher.store import Store

    rules = load_rules([Path(path) for path in config.rules])
    store = Store.open(config.state)
    try:
        return Daemon(config, store, rules).run()
    finally:
        store.close()


@click.command(epilog="Example: bounce-watcher once --dry-run")
@click.option(
    "--dry-run", is_flag=True, help="Change nothing anywhere; print what would be done, as JSON lines."
)
@common_options
@click.pass_context
def once(ctx: click.Context, dry_run: bool) -> int:
    """Make one pass over every mailbox and every due delivery, then exit.

    Serves all it can first, then ends with 3 if any server failed.
    """
    config = open_config(ctx)
    from pathlib import Path

    from watcher.rules import load_rules
    from watcher.service.once import dry_run as pass_dry
    from watcher.service.once import run_once
    from watcher.store import Store

    rules = load_rules([Path(path) for path in config.rules])
    if dry_run:
        for line in pass_dry(config, rules):
            click.echo(line)
        return 0
    store = Store.open(config.state)
    try:
        return run_once(config, store, rules)
    finally:
        store.close()
