"""Say to the outside what happened: one event a recipient, in the contract's form.

The id is derived from the mail, never drawn: whoever meets the mail again makes the same event, and the receiver
recognises it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any


MOST_BYTES = 19_000  # of `data`; the whole body stays below 20 kB

# How long texts and lists may be, tried one after another until the whole fits.
_CUTS = ((4_000, 100), (1_000, 40), (300, 15), (100, 5))


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, ready to be put into an endpoint's shape."""

    event_id: str
    type: str
    timestamp: datetime  # when the mail arrived, INTERNALDATE
    data: Mapping[str, Any]


def event_id(fingerprint: str, who: str, event_type: str) -> str:
    """Give the id of an event: of which message, about whom, and what."""
    return sha256("\n".join((fingerprint, who, event_type)).encode("utf-8", "surrogatepass")).hexdigest()


def moment(when: datetime | None) -> str | None:
    """Write a moment as the contract does: RFC 3339, UTC, whole seconds."""
    return None if when is None else when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fit(data: dict[str, Any]) -> dict[str, Any]:
    """Cut long texts and lists until the data can be sent; short data comes back as it is."""
    if _size(data) <= MOST_BYTES:
        return data
    for letters, entries in _CUTS:
        cut: dict[str, Any] = _cut(data, letters, entries)
        if _size(cut) <= MOST_BYTES:
            return cut
    return {key: value for key, value in _cut(data, 100, 0).items() if not isinstance(value, dict)}


def _cut(value: Any, letters: int, entries: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= letters else value[:letters] + "…"
    if isinstance(value, list):
        return [_cut(entry, letters, entries) for entry in value[:entries]]
    if isinstance(value, dict):
        return {key: _cut(entry, letters, entries) for key, entry in _first(value, entries)}
    return value


def _first(value: dict[str, Any], entries: int) -> list[tuple[str, Any]]:
    # Our own objects have few keys; only a mail's header fields can be many.
    return list(value.items())[: max(entries, 25)]


def _size(data: dict[str, Any]) -> int:
    return len(json.dumps(data).encode())
