"""`status`: mailboxes, deliveries and counts, from the store alone."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import common_options, open_config
from watcher.errors import StoreError


if TYPE_CHECKING:
    from watcher.config.shape import Config
    from watcher.store.records import Overview


@click.command(epilog="Example: bounce-watcher status --format jsonl")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    help="Default: table on a terminal, else jsonl.",
)
@common_options
@click.pass_context
def status(ctx: click.Context, form: str | None) -> None:
    """Show how the mailboxes fare, what waits to be delivered, and counts of today and the week."""
    config = open_config(ctx, secrets=False)
    from watcher.store import Store

    now = datetime.now(UTC)
    if config.state != ":memory:" and not Path(config.state).exists():
        raise StoreError(f"{config.state}: no state yet; make a first pass with: bounce-watcher once")
    with Store.open(config.state, readonly=True) as store:
        overview = store.overview(now)
    facts = facts_of(overview, config)
    if (form or ("table" if sys.stdout.isatty() else "jsonl")) == "jsonl":
        click.echo(json.dumps(facts, ensure_ascii=False, default=_moment))
    else:
        for line in _lines(facts, now):
            click.echo("".join(c if c.isprintable() else "�" for c in line))


def facts_of(overview: "Overview", config: "Config") -> dict[str, Any]:
    """Give all that is shown, each configured mailbox among it though it was never reached."""
    known = {health.name: asdict(health) for health in overview.mailboxes}
    absent = {"last_success": None, "failing_since": None, "error": None, "unfiled": 0}
    return {
        "mailboxes": [known.get(box.name, {"name": box.name, **absent}) for box in config.mailboxes],
        "deliveries": {"due": overview.due, "dead": overview.dead},
        "today": dict(overview.today),
        "week": dict(overview.week),
        "suppressed": overview.suppressed,
        "review": overview.review,
    }


def _lines(facts: dict[str, Any], now: datetime) -> list[str]:
    width = max(len(box["name"]) for box in facts["mailboxes"])
    lines = [f"{'MAILBOX':{width}}  {'STATE':8}  {'LAST SUCCESS':20}  BACKLOG"]
    for box in facts["mailboxes"]:
        state = "failing" if box["failing_since"] else "ok" if box["last_success"] else "not yet"
        last = _ago(box["last_success"], now)
        lines.append(f"{box['name']:{width}}  {state:8}  {last:20}  {box['unfiled']}")
        if box["error"]:
            lines.append(f"{'':{width}}  {box['error']}")
    due, dead = facts["deliveries"]["due"], facts["deliveries"]["dead"]
    lines += ["", f"deliveries   {due} due, {dead} dead"]
    lines += [f"{name:12} {_counts(facts[name])}" for name in ("today", "week")]
    lines += [f"suppressed   {facts['suppressed']}", f"for review   {facts['review']}"]
    return lines


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in counts.items()) or "no messages"


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "-"
    seconds = max(0, int((now - moment).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit} ago"
    return f"{seconds}s ago"


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(f"{type(value).__name__}: no JSON form")
