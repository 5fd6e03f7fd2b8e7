"""Take out of an event what every service asks for: address, ids, words of the server, times."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from watcher.events import Event


def recipient_of(event: Event) -> Mapping[str, Any]:
    """Give the recipient's facts, empty where the mail names none."""
    return event.data.get("recipient") or {}


def address_of(event: Event) -> str | None:
    """Give the address that the event is about."""
    address: str | None = recipient_of(event).get("address")
    return address


def original_of(event: Event) -> Mapping[str, Any]:
    """Give the facts of our own mail, empty where none came back."""
    return event.data.get("original") or {}


def header_of(event: Event, name: str) -> str | None:
    """Give a header of our own mail, by its name in any case."""
    headers: Mapping[str, str] = original_of(event).get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


def bare(message_id: str | None) -> str | None:
    """Give a message id without its brackets."""
    return None if message_id is None else message_id.strip().removeprefix("<").removesuffix(">")


def number_of(event: Event) -> int:
    """Give the event's id as a number of at most 53 bits, which JSON carries whole everywhere."""
    return int(sha256(event.event_id.encode()).hexdigest()[:13], 16)


def seconds_of(event: Event) -> int:
    """Give the event's time in Unix seconds."""
    return int(datetime.fromisoformat(event.timestamp).timestamp())
