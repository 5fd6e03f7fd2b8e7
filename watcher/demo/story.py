"""Tell what the demo does: each event as it comes in, and at the end what became of the mail."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watcher.demo.page import Page
from watcher.demo.receiver import Received
from watcher.store.records import Overview


CLASSES = {
    "hard": "this address will never receive",
    "soft": "may work later",
    "block": "refused for the sender's or the message's sake",
    "undetermined": "the mail does not say enough",
}
COLOURS = {
    "bounce.hard": "red",
    "bounce.escalated": "red",
    "complaint.received": "magenta",
    "suppression.added": "magenta",
    "bounce.soft": "yellow",
    "bounce.block": "yellow",
    "bounce.undetermined": "yellow",
    "review.needed": "cyan",
}
NEXT = (
    ("bounce-watcher init", "write a config for your own mailbox"),
    ("bounce-watcher check", "prove it, without changing anything"),
    ("bounce-watcher once --dry-run", "see what would become of your mail"),
    ("bounce-watcher classify FOLDER", "read mail that lies in files"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be told at the end."""

    overview: Overview
    folders: Sequence[tuple[str, int]]
    received: Received
    seconds: float


def tell_opening(page: Page, mails: int, user: str, imap_port: int, url: str) -> None:
    """Say what is about to happen."""
    page.line(page.paint("Bounce Watcher, the demo", "green", bold=True))
    page.line(f"  mailbox  {user} at 127.0.0.1:{imap_port} (IMAP, in this process): {mails} mails")
    page.line(f"  webhook  {url} (in this process)")
    page.heading("Events as your application gets them, each signature verified")


def tell_event(page: Page, event: Mapping[str, Any]) -> None:
    """Write one event on one line: type, whom it is about, why, and the server's code."""
    data = event["data"]
    recipient = data.get("recipient") or {}
    kind = event["type"]
    address = recipient.get("address") or "-"
    message = data.get("message") or {}
    reason = recipient.get("reason") or message.get("reason") or ""
    codes = " ".join(str(recipient[key]) for key in ("reply_code", "status") if recipient.get(key))
    room = max(page.width - 58, 12)
    where = page.cut(address, room)
    line = f"  {page.paint(f'{kind:<19}', COLOURS.get(kind, 'green'))} {where:<{room}} {reason:<22} {codes}"
    page.line(line.rstrip())


def tell_end(page: Page, outcome: Outcome) -> None:
    """Write what came in, what failed, where it lies, what was sent, and what to do next."""
    events = outcome.received.events.values()
    page.heading("What came in")
    page.bars([(kind, number, "") for kind, number in outcome.overview.week])
    page.heading("Whom it failed for, and why")
    _tell_failures(page, [event for event in events if event["type"].startswith("bounce.")])
    page.heading("Where the mail lies now, read back over IMAP")
    page.bars([(name, number, _note(name)) for name, number in outcome.folders])
    page.heading("What your application knows")
    _tell_application(page, outcome)
    page.line(f"  all of it took {outcome.seconds:.1f} s")


def tell_next(page: Page) -> None:
    """Say where to go from here."""
    page.heading("Next")
    for command, purpose in NEXT:
        page.line(f"  {page.paint(f'{command:<31}', 'green')} {purpose}")


def _tell_failures(page: Page, bounces: Sequence[Mapping[str, Any]]) -> None:
    verdicts = [event["data"]["recipient"] for event in bounces if event["type"] != "bounce.escalated"]
    for name, meaning in CLASSES.items():
        reasons = Counter(str(verdict["reason"]) for verdict in verdicts if verdict["class"] == name)
        if not reasons:
            continue
        page.line(f"  {page.paint(f'{name:<13}', COLOURS[f'bounce.{name}'])} {reasons.total():>4}  {meaning}")
        for reason, number in reasons.most_common():
            page.line(f"    {reason:<24} {number:>4}")


def _tell_application(page: Page, outcome: Outcome) -> None:
    received = outcome.received
    refused = len(received.refused)
    signatures = f"{refused} signatures refused" if refused else "every signature verified"
    page.line(f"  {len(received.events)} events, {signatures}")
    added = dict.fromkeys(  # again, where a quarantine became a suppression
        (event["data"].get("recipient") or {}).get("address") or "-"
        for event in received.events.values()
        if event["type"] == "suppression.added"
    )
    named = f": {page.some(added)}" if added else ""
    page.line(f"  {outcome.overview.suppressed} on the suppression list{named}")
    if outcome.overview.review:
        page.line(f"  {outcome.overview.review} waiting for a person's eye")


def _note(folder: str) -> str:
    return "what a person should read stays" if folder.upper() == "INBOX" else ""
