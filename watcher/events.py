"""Say to the outside what happened: one event a recipient, in the contract's form.

The id is derived from the mail, never drawn: whoever meets the mail again makes the same event, and the
receiver recognises it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, ready to be put into an endpoint's shape."""

    event_id: str
    type: str
    timestamp: str  # when the mail arrived, INTERNALDATE, RFC 3339
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an address stands after the message: the `history` of an event."""

    hard: int = 0
    soft: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    state: str | None = None  # of the suppression
    since: datetime | None = None
    until: datetime | None = None  # when a quarantine ends
    changed: bool = False  # by this message


@dataclass(frozen=True, slots=True)
class About:
    """The message that events speak of: its JSON, where it was met and when it arrived."""

    message: Mapping[str, Any]  # contract part 2, as `report_to_dict` gives it
    fingerprint: str
    mailbox: str
    received: datetime


def event_id(fingerprint: str, who: str, event_type: str) -> str:
    """Give the id of an event: of which message, about whom, and what."""
    return sha256(f"{fingerprint}\n{who}\n{event_type}".encode("utf-8", "surrogatepass")).hexdigest()


def make_event(about: About, event_type: str, who: str, place: int | None, standing: Standing) -> Event:
    """Make the event about the recipient at `place`, or about the message as a whole."""
    name = event_id(about.fingerprint, who, event_type)
    return Event(
        event_id=name,
        type=event_type,
        timestamp=moment(about.received),
        data={
            "event_id": name,
            "mailbox": about.mailbox,
            "recipient": None if place is None else about.message["recipients"][place],
            "message": about.message["message"],
            "original": about.message["original"],
            "return_path": about.message["return_path"],
            "authenticity": about.message["authenticity"],
            "history": _history(standing),
            "replay": False,
        },
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """An address whose place on the list changed without a message: as it is kept, and as it is compared."""

    address: str
    key: str
    since: datetime  # when it was suppressed
    at: datetime  # when that changed
    mailbox: str | None  # where the mail that led to it was met


def make_list_event(
    event_type: str, listing: Listing, recipient: Mapping[str, Any], standing: Standing
) -> Event:
    """Make the event that an address is suppressed, or no more; `recipient` is of the form of any event's."""
    since = listing.since.astimezone(UTC).isoformat()
    name = event_id(f"suppression:{listing.key}", since, event_type)
    return Event(
        event_id=name,
        type=event_type,
        timestamp=moment(listing.at),
        data={
            "event_id": name,
            "mailbox": listing.mailbox,
            "recipient": recipient,
            **dict.fromkeys(("message", "original", "return_path", "authenticity")),
            "history": _history(standing),
            "replay": False,
        },
    )


def make_mailbox_event(
    event_type: str, mailbox: str, since: datetime, now: datetime, error: str | None
) -> Event:
    """Make the event that a mailbox fails, or works again; `since` is when it began to fail."""
    name = event_id(f"mailbox:{mailbox}", since.astimezone(UTC).isoformat(), event_type)
    nothing = dict.fromkeys(("recipient", "message", "original", "return_path", "authenticity", "history"))
    return Event(
        event_id=name,
        type=event_type,
        timestamp=moment(now),
        data={
            "event_id": name,
            "mailbox": mailbox,
            **nothing,
            "replay": False,
            "since": moment(since),
            "error": error,
        },
    )


def _history(standing: Standing) -> dict[str, Any]:
    return {
        "hard": standing.hard,
        "soft": standing.soft,
        "first_seen": _moment_or_none(standing.first_seen),
        "last_seen": _moment_or_none(standing.last_seen),
        "suppression": {
            "state": standing.state,
            "since": _moment_or_none(standing.since),
            "until": _moment_or_none(standing.until),
            "changed": standing.changed,
        },
    }


@lru_cache(maxsize=1024)
def moment(when: datetime) -> str:
    """Write a moment as the contract does: RFC 3339, UTC, whole seconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment_or_none(when: datetime | None) -> str | None:
    return None if when is None else moment(when)
