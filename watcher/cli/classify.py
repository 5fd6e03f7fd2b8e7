"""`classify`: say what messages are, in input order, streaming."""

import os
import sys
from pathlib import Path

import click

from watcher.cli.numbers import WholeNumber
from watcher.cli.options import common_options, config_if_told
from watcher.errors import UsageError


PROFILES = ("default", "strict_code", "martech")
FORMS = ("jsonl", "table", "csv")


@click.command(epilog="Example: bounce-watcher classify --jobs 2 --format csv mail/ old.mbox > bounces.csv")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "form", type=click.Choice(FORMS), help="Default: table on a terminal, else jsonl.")
@click.option("--jobs", type=WholeNumber(1, 256), default=1, show_default=True, help="Worker processes.")
@click.option(
    "--profile", type=click.Choice(PROFILES), help="The policy profile; it changes the class alone."
)
@click.option("--strict", is_flag=True, help="End with 1 if a message or a folder was unreadable.")
@common_options
@click.pass_context
def classify(
    ctx: click.Context, paths: tuple[str, ...], form: str | None, jobs: int, profile: str | None, strict: bool
) -> int:
    """Say what messages are, whom they are about and why delivery failed.

    PATH is a message, an mbox, a Maildir, a folder of these, or - for standard input.
    """
    check_paths(paths)
    config = config_if_told(ctx)
    from watcher.cli.answers import Question, answers
    from watcher.cli.inputs import find_messages
    from watcher.cli.judging import ours_of
    from watcher.cli.progress import progress
    from watcher.cli.rows import head

    question = Question(
        form=form or ("table" if sys.stdout.isatty() else "jsonl"),
        profile=profile or (config.policy.profile if config else "default"),
        rules=config.rules if config else (),
        ours=ours_of(ctx, config) if config else None,
    )
    out, unreadable = sys.stdout.buffer, 0

    def skipped(text: str, *, unread: bool = False) -> None:
        nonlocal unreadable
        unreadable += unread
        tell(text)

    out.write(head(question.form).encode())
    places = find_messages(paths, skipped, sys.stdin.buffer.read)
    with progress("messages") as count:
        for found in answers(question, places, jobs):
            out.write(found.text)
            unreadable += found.unreadable
            count(found.messages)
            for fault in found.faults:
                tell(fault)
    out.flush()
    return 1 if strict and unreadable else 0


def check_paths(paths: tuple[str, ...]) -> None:
    """Refuse a path that leads nowhere before anything is answered."""
    for path in paths:
        if path != "-" and not Path(path).exists():
            raise UsageError(
                f"{path}: no such file or folder; name a message, an mbox, a Maildir or a folder"
            )
        if path != "-" and not os.access(path, os.R_OK):
            raise UsageError(f"{path}: permission denied; name what this user can read")


def tell(text: str, *, unread: bool = False) -> None:  # noqa: ARG001 - told in the same words
    """Name a file that was left out, on standard error."""
    click.echo(text, err=True)
