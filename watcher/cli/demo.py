"""`demo`: the main job with nothing to set up."""

import click

from watcher.cli.numbers import WholeNumber
from watcher.cli.options import common_options, options


@click.command(epilog="Example: bounce-watcher demo --mails 200 --exit-when-idle")
@click.option(
    "--mails", type=WholeNumber(1, 1_000_000), default=60, show_default=True, help="Size of the mailbox."
)
@click.option("--exit-when-idle", is_flag=True, help="End when all is filed and every event is delivered.")
@common_options
@click.pass_context
def demo(ctx: click.Context, mails: int, exit_when_idle: bool) -> int:
    """Show the main job: a mailbox of realistic mail, the watcher on it, a receiver that verifies each event.

    Everything runs inside this process, on loopback, and leaves nothing behind.
    """
    from watcher.demo import run
    from watcher.service.logs import set_up_logging

    given = options(ctx)
    set_up_logging(given.log_level or "warning", given.log_format or "auto")
    return run(mails=mails, exit_when_idle=exit_when_idle)
