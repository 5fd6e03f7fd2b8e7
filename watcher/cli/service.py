"""`run` and `once`: the daemon, and one pass."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.options import common_options, open_config


if TYPE_CHECKING:
    from watcher.config.shape import Config
    from watcher.reader.ruleset import Rules


@click.command(epilog="Example: bounce-watcher run -c /etc/bounce-watcher/config.yaml")
@common_options
@click.pass_context
def run(ctx: click.Context) -> int:
    """Watch every mailbox and deliver every event, in the foreground, until SIGTERM.

    A server that fails never ends it: it tries again, and says so in the log and on /readyz.  SIGHUP takes a
    changed config up; a bad one is refused whole.
    """

    def load() -> "tuple[Config, Rules]":
        config = open_config(ctx)
        return config, rules_of(config)

    from watcher.service.signals import Signals

    with Signals() as signals:
        config, rules = load()
        from watcher.service.daemon import Daemon
        from watcher.store import Store

        with Store.open(config.state) as store:
            return Daemon(config, store, rules, reload=load).run(signals)


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
    from watcher.service.once import dry_run as look
    from watcher.service.once import run_once
    from watcher.store import Store

    rules = rules_of(config)
    if dry_run:
        for line in look(config, rules):
            click.echo(line.encode(errors="backslashreplace"))
        return 0
    with Store.open(config.state) as store:
        return run_once(config, store, rules)


def rules_of(config: "Config") -> "Rules":
    """Load the rules in force: ours, and the files that the config names."""
    from watcher.rules import load_rules

    return load_rules([Path(path) for path in config.rules])
