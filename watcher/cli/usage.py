"""Tell wrong arguments in one line: the command, what is wrong, and the way out."""

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand

from watcher.nearest import did_you_mean


def show_usage(error: click.ClickException) -> None:
    """Print a fault of the command line on standard error; a group without a command prints its help."""
    if isinstance(error, NoArgsIsHelpError) or not isinstance(error, click.UsageError) or error.ctx is None:
        error.show()
        return
    path = error.ctx.command_path
    message = " ".join(error.format_message().split())
    told = f"{message[:1].lower()}{message[1:]}".rstrip(".")
    click.echo(f"{path}: {told}; {_way_out(error, error.ctx)}", err=True)


def _way_out(error: click.UsageError, ctx: click.Context) -> str:
    guessed = "Did you mean" in error.format_message()  # click knows the commands of its own groups
    if isinstance(error, NoSuchCommand) and isinstance(ctx.command, click.Group) and not guessed:
        return did_you_mean(error.command_name, ctx.command.list_commands(ctx))
    return f"see {ctx.command_path} --help"
