"""`explain`: one message in words."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from watcher.cli.options import common_options, config_if_told
from watcher.cli.style import paint
from watcher.errors import UsageError


@click.command(epilog="Example: bounce-watcher explain mail/bounce.eml")
@click.argument("file", metavar="FILE")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Words or JSON.",
)
@common_options
@click.pass_context
def explain(ctx: click.Context, file: str, form: str) -> None:
    """Explain one message: what it is, whom it is about, which line decided, what would be done.

    FILE is a message, or - for standard input; of an mbox, the first message.
    """
    if file != "-" and Path(file).is_dir():
        raise UsageError(
            f"{file}: is a directory; name one message in it, or read all by: bounce-watcher classify"
        )
    if file != "-" and not Path(file).exists():
        raise UsageError(f"{file}: no such file; name one message, or - for standard input")
    config = config_if_told(ctx)
    from watcher.authenticity import Ours
    from watcher.cli.classify import tell
    from watcher.cli.explanation import Case, as_json, in_words, safe
    from watcher.cli.inputs import find_messages
    from watcher.cli.judging import judged, ours_of
    from watcher.cli.overheard import find_overheard
    from watcher.config.mailbox import Folders
    from watcher.decide.decision import Arrival, decide
    from watcher.decide.policy import Policy
    from watcher.reader.analyse import analyse
    from watcher.rules import load_rules
    from watcher.service.policy import policy_of

    try:
        place = next(iter(find_messages([file], tell, sys.stdin.buffer.read)))
        raw, now = place.read(), datetime.now(UTC)
    except OSError as error:
        fault = (error.strerror or "unreadable").lower()
        raise UsageError(f"{file}: {fault}; name a file that this user can read") from None
    rules = load_rules([Path(path) for path in config.rules] if config else ())
    report = analyse(raw, rules, config.policy.profile if config else "default")
    report = judged(raw, report, ours_of(ctx, config) if config else Ours())
    policy = policy_of(config, rules.taxonomy) if config else Policy()
    policy = replace(policy, enforce=config is not None and config.trust_mode == "enforce")
    decision = decide(report, {}, policy, Arrival("-", place.source, now, now))
    folders = config.mailboxes[0].folders if config else Folders()
    overheard = tuple(find_overheard(raw, report, rules, load_rules()))
    case = Case(place.source, raw, report, decision, rules, folders, overheard)
    if form == "json":
        click.echo(json.dumps(as_json(case), ensure_ascii=False).encode(errors="backslashreplace"))
        return
    for line in in_words(case):
        marks = line.strip(" |^") == "" and "^" in line
        click.echo(paint(safe(line), "red") if marks else safe(line))
