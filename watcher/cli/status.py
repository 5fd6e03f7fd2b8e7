"""`status`: mailboxes, deliveries and counts, from the store alone."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from watcher.cli.options import common_options, open_config
from watcher.cli.state import open_state
from watcher.deliver.outcome import way_to_resume


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
    from watcher.service.answers import status_to_dict

    now = datetime.now(UTC)
    with open_state(config) as store:
        facts = status_to_dict(store.overview(now), config, store.pauses().values())
    if (form or ("table" if sys.stdout.isatty() else "jsonl")) == "jsonl":
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for line in _lines(facts, now):
            click.echo("".join(c if c.isprintable() else "�" for c in line))


def _lines(facts: dict[str, Any], now: datetime) -> list[str]:
    width = max(len(box["name"]) for box in facts["mailboxes"])
    lines = [f"{'MAILBOX':{width}}  {'STATE':8}  {'LAST SUCCESS':20}  BACKLOG"]
    for box in facts["mailboxes"]:
        state = "failing" if box["failing_since"] else "ok" if box["last_success"] else "not yet"
        last = _ago(box["last_success"], now)
        lines.append(f"{box['name']:{width}}  {state:8}  {last:20}  {box['unfiled']}")
        if box["backlog"]:
            lines.append(f"{'':{width}}  {_progress(box['backlog'])}")
        if box["error"]:
            lines.append(f"{'':{width}}  {box['error']}")
    due, dead = facts["deliveries"]["due"], facts["deliveries"]["dead"]
    lines += ["", f"deliveries   {due} due, {dead} dead"]
    paused = {pause["endpoint"] for pause in facts["paused"]}
    lines += [
        f"failing      {each['endpoint']}, {each['due']} tried in vain: {each['error']}"
        for each in facts["failing"]
        if each["endpoint"] not in paused
    ]
    for pause in facts["paused"]:
        command = way_to_resume(pause["endpoint"])
        way_out = "" if command in pause["error"] else f"; resume it with: {command}"
        lines.append(
            f"paused       {pause['endpoint']}, {_ago(pause['since'], now)}: {pause['error']}{way_out}"
        )
    lines += [f"{name:12} {_counts(facts[name])}" for name in ("today", "week")]
    lines += [f"suppressed   {facts['suppressed']}", f"for review   {facts['review']}"]
    return lines


def _progress(backlog: dict[str, Any]) -> str:
    told = f"read {backlog['done']:,} of about {backlog['total']:,}, {backlog['per_second']:,.0f} a second"
    seconds = backlog["seconds_left"]
    if seconds is None:
        return told
    left = f"{seconds // 3600}h {seconds % 3600 // 60}m" if seconds >= 3600 else f"{seconds // 60 + 1}m"
    return f"{told}, {left} left"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in counts.items()) or "no messages"


def _ago(moment: str | None, now: datetime) -> str:
    if moment is None:
        return "-"
    seconds = max(0, int((now - datetime.fromisoformat(moment)).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit} ago"
    return f"{seconds}s ago"
