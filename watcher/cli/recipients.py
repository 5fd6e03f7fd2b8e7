"""`recipients`: all that is known of an address."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from watcher.cli.options import common_options, open_config
from watcher.cli.state import open_state
from watcher.errors import UsageError


@click.group(epilog="Example: bounce-watcher recipients show user@example.com")
@common_options
def recipients() -> None:
    """Look up what is known of an address."""


@recipients.command(epilog="Example: bounce-watcher recipients show user@example.com --format text")
@click.argument("address", metavar="ADDRESS")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    help="Default: text on a terminal, else jsonl.",
)
@common_options
@click.pass_context
def show(ctx: click.Context, address: str, form: str | None) -> None:
    """Show the whole history of an address, and why it is or is not suppressed.

    @example.com shows what is known of a whole domain.
    """
    config = open_config(ctx, secrets=False)
    from watcher.rules import reasons
    from watcher.service.answers import whole_history
    from watcher.service.exchange.reading import is_address
    from watcher.service.policy import policy_of

    with open_state(config) as store:
        facts = whole_history(store, address, policy_of(config, reasons()), datetime.now(UTC))
    if not (is_address(address) or facts["facts"] or facts["acts"] or facts["log"]):
        raise UsageError(f"'{address}': no address; write user@example.com, or @example.com for a domain")
    if (form or ("text" if sys.stdout.isatty() else "jsonl")) == "jsonl":
        click.echo(json.dumps(facts, ensure_ascii=False).encode(errors="backslashreplace"))
        return
    from watcher.cli.rows import printable

    for line in in_words(facts):
        click.echo(printable(line))


def in_words(known: dict[str, Any]) -> list[str]:
    """Give the lines that a person reads."""
    until = f" until {known['until']}" if known["until"] else ""
    since = f" since {known['since']}{until}" if known["since"] else ""
    lines = [f"{known['address']}: {known['state']}{since}", f"  {known['why']}"]
    lines.append(f"  counts {known['hard']} hard and {known['soft']} soft bounces")
    for fact in known["facts"]:
        said = " ".join(
            word for word in (fact["action"] or fact["kind"], fact["class"], fact["reason"]) if word
        )
        marks = [name for name in ("held", "dismissed", "proof_of_life", "by_a_person") if fact[name]]
        lines.append(f"{fact['received']}  {said} ({', '.join([fact['level'], *marks])})".replace("_", " "))
        lines.append(f"{'':22}{fact['fingerprint']}")
    lines += [
        f"{act['since']}  {_said(act)} by {act['who']}: {act['why'] or act['source']}"
        for act in known["acts"]
    ]
    for entry in known["log"]:
        because = entry["why"] or entry["reason"]
        by = f" by {entry['who']}" if entry["who"] else ""
        lines.append(f"{entry['changed']}  {entry['before'] or 'active'} -> {entry['after']}{by}: {because}")
    return lines


def _said(act: dict[str, Any]) -> str:
    return f"{act['act']} as {act['reason']}" if act["act"] == "resolve" else str(act["act"])
