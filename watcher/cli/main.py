"""The command `bounce-watcher`: its sub-commands, the options all share, and how each run ends.

Exit codes: 0 done, 1 done and the answer is "no", 2 wrong usage or config, 3 a server, 4 the store,
130 interrupted.  A sub-command's module is imported when it is called: none pays for another's imports.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from watcher import __version__
from watcher.cli.options import common_options
from watcher.cli.usage import show_usage
from watcher.errors import INTERRUPTED, WatcherError


COMMANDS = {
    "demo": ("watcher.cli.demo", "Show the main job with nothing to set up."),
    "init": ("watcher.cli.init", "Write a commented config."),
    "check": ("watcher.cli.check", "Prove a config without changing anything."),
    "run": ("watcher.cli.service", "Watch the mailboxes, in the foreground."),
    "once": ("watcher.cli.service", "Make one pass over every mailbox, then exit."),
    "classify": ("watcher.cli.classify", "Say what messages are and whom they are about."),
    "explain": ("watcher.cli.explain", "Explain one message in words."),
    "code": ("watcher.cli.code", "Say what a mail server's reply means."),
    "rules": ("watcher.cli.rules", "List, show and check the rules in force."),
    "returnpath": ("watcher.cli.returnpath", "Sign a return-path, and verify one."),
    "status": ("watcher.cli.status", "Show mailboxes, deliveries and counts."),
    "recipients": ("watcher.cli.recipients", "Show all that is known of an address."),
    "suppressions": ("watcher.cli.suppressions", "Ask and change who is not to be mailed."),
    "events": ("watcher.cli.events", "Show events, and send them again."),
    "review": ("watcher.cli.review", "Look at what was set aside, and say what it is."),
    "db": ("watcher.cli.db", "Care for the state file."),
}


class ReaderLeftError(Exception):
    """Whoever read our output has seen enough."""


class Commands(click.Group):
    """The sub-commands, in the order a newcomer needs them, loaded when called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name them all."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run one; click would end the process with 1, which means "no", where the reader left."""
        try:
            code: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise ReaderLeftError from None
        return code

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=Commands,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: bounce-watcher classify mail/ --format table",
)
@click.version_option(__version__, message="%(prog)s %(version)s", prog_name="bounce-watcher")
@common_options
def command_line() -> None:
    """Read return-path mailboxes and say which addresses failed, and why."""


def run_command_line(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; every known fault is told on standard error."""
    try:
        code = command_line.main(list(arguments), prog_name="bounce-watcher", standalone_mode=False)
    except click.ClickException as error:
        show_usage(error)
        return error.exit_code
    except WatcherError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except ReaderLeftError:
        # Keep the interpreter from flushing into the void.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0
