"""`review`: what was set aside for a person, and the person's word on it."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.numbers import WholeNumber
from watcher.cli.options import common_options, open_config
from watcher.cli.state import by_option, form_option, open_state, said_why, who, write_rows
from watcher.errors import AbsentError, UsageError


if TYPE_CHECKING:
    from watcher.config.shape import Config
    from watcher.store import Store

MOST_NUMBER = (1 << 63) - 1  # of a row
_COLUMNS = (
    ("number", 6), ("opened", 20), ("why", 14), ("kind", 10), ("mailbox", 16), ("folder", 20),
    ("recipients", 36), ("subject", 40), ("said", 16),
)  # fmt: skip


@click.group(epilog="Example: bounce-watcher review list")
@common_options
def review() -> None:
    """Look at what was set aside, and say what it is."""


@review.command("list", epilog="Example: bounce-watcher review list --format csv")
@click.option("--resolved", is_flag=True, help="Those that a person has spoken on.")
@click.option(
    "--limit", type=WholeNumber(1, 100_000), default=1000, show_default=True, help="At most so many."
)
@form_option
@common_options
@click.pass_context
def list_(ctx: click.Context, resolved: bool, limit: int, form: str | None) -> None:
    """List what waits for a person, oldest first."""
    config = open_config(ctx, secrets=False)
    from watcher.service.review_answers import item_to_row

    with open_state(config) as store:
        items = store.reviews(resolved=resolved, limit=limit)
        write_rows((item_to_row(item) for item in items), _COLUMNS, form)


@review.command(epilog="Example: bounce-watcher review show 17")
@click.argument("number", type=WholeNumber(max=MOST_NUMBER, clamp=True), metavar="NUMBER")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    help="Default: text on a terminal, else jsonl.",
)
@common_options
@click.pass_context
def show(ctx: click.Context, number: int, form: str | None) -> None:
    """Show one message that was set aside: why, what was read, and the line that it was read from.

    Ends with 1 where there is none of that number.
    """
    config = open_config(ctx, secrets=False)
    from watcher.service.review_answers import item_in_words, item_to_dict

    with open_state(config) as store:
        item = store.review(number)
    if item is None:
        raise _absent(number)
    if (form or ("text" if sys.stdout.isatty() else "jsonl")) == "jsonl":
        click.echo(json.dumps(item_to_dict(item), ensure_ascii=False).encode(errors="backslashreplace"))
        return
    from watcher.cli.rows import printable

    for line in item_in_words(item):
        click.echo(printable(line))


@review.command(epilog="Example: bounce-watcher review resolve 17 --as mailbox_not_found --rule own.toml")
@click.argument("number", type=WholeNumber(max=MOST_NUMBER, clamp=True), metavar="NUMBER")
@click.option("--as", "reason", metavar="REASON", help="It is this: a reason, such as mailbox_full.")
@click.option("--confirm", is_flag=True, help="It is as it was read.")
@click.option("--dismiss", is_flag=True, help="It is nothing that counts; nobody is told.")
@click.option("--recipient", metavar="ADDRESS", help="Whom it is about, or the one of several that is meant.")
@click.option("--rule", "file", metavar="FILE", help="Append a rule to this file, so that the next is known.")
@click.option("--phrase", metavar="TEXT", help="The words of the rule; otherwise the longest of the reply.")
@click.option("--rule-id", metavar="ID", help="The id of the rule; otherwise own.REASON_NUMBER.")
@click.option("--reason", "why", metavar="TEXT", callback=said_why, help="Why, for the record.")
@click.option("--again", is_flag=True, help="Overrule what was said before.")
@by_option
@common_options
@click.pass_context
def resolve(
    ctx: click.Context,
    number: int,
    reason: str | None,
    confirm: bool,
    dismiss: bool,
    recipient: str | None,
    file: str | None,
    phrase: str | None,
    rule_id: str | None,
    why: str | None,
    again: bool,
    by: str | None,
) -> None:
    """Say what a message is that was set aside; what was held back is sent, with your verdict.

    Your word takes the report for genuine, and reading the message anew does not change it.
    """
    verdict = _verdict(reason, confirm=confirm, dismiss=dismiss)
    if file is not None and reason is None:
        raise UsageError("--rule: there is nothing to teach; say what it is with --as REASON")
    if file is None and (phrase or rule_id):
        raise UsageError("--phrase and --rule-id: of a rule; name its file with --rule FILE")
    config = open_config(ctx, secrets=False)
    from watcher.decide.word import Word
    from watcher.rules import reasons
    from watcher.service.policy import policy_of
    from watcher.service.review import Bench

    taxonomy, now = reasons(), datetime.now(UTC)
    with open_state(config, readonly=False) as store:
        if file is not None:
            _teach(config, store, number, Path(file), reason or "", recipient, phrase, rule_id)
        bench = Bench(store, policy_of(config, taxonomy), taxonomy, config.webhooks)
        outcome = bench.hear(number, Word(verdict, recipient, who(by), why), now, again=again)
    if outcome.known:
        click.echo(f"{number}: said before; nothing changes", err=True)
        return
    click.echo(f"{number}: {verdict}; events: {', '.join(outcome.events) or 'none'}", err=True)
    for address, state in outcome.suppressions:
        click.echo(f"{address}: {state}", err=True)
    if not outcome.done:
        click.echo(f"{number}: further recipients of it wait", err=True)


def _verdict(reason: str | None, *, confirm: bool, dismiss: bool) -> str:
    given = [name for name, is_given in (("confirm", confirm), ("dismiss", dismiss)) if is_given]
    given += [reason] if reason is not None else []
    if len(given) != 1:
        raise UsageError("say one of --as REASON, --confirm, --dismiss")
    return given[0]


def _teach(
    config: "Config",
    store: "Store",
    number: int,
    path: Path,
    reason: str,
    recipient: str | None,
    phrase: str | None,
    rule_id: str | None,
) -> None:
    from watcher.rules.teaching import Lesson, find_phrase, sample_of, teach
    from watcher.service.review_answers import words_of

    item = store.review(number)
    if item is None:
        raise _absent(number)
    reply, address, server = words_of(item, recipient)
    if reply is None:
        raise UsageError(f"{number}: holds no words of a server to go by; write the rule by hand")
    words = phrase or find_phrase(reply)
    if words is None:
        raise UsageError(f"{number}: no words stand out in '{reply[:80]}'; give them with --phrase TEXT")
    name = rule_id or f"own.{reason}_{number}"
    lesson = Lesson(name, reason, words, server or "a reviewed message", sample_of(reply, address))
    added = teach(path, lesson, [Path(other) for other in config.rules])
    click.echo(f"{path}: rule {name} {'added' if added else 'is there already'}: '{words}'", err=True)
    if path.absolute() not in {Path(other).absolute() for other in config.rules}:
        click.echo(f"{path}: not in force yet; add it to rules in the config", err=True)


def _absent(number: int) -> AbsentError:
    return AbsentError(f"{number}: no such item; see: bounce-watcher review list")
