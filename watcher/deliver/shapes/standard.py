"""Write an event as the body of a Standard Webhook: compact JSON in UTF-8, under 20 kB.

The bytes are made once, when the event is queued, and sent as they are on every try.  What the mail wrote at
too great a length is cut, the longest texts and lists first: the headers of the original, evidence, words of
servers.  Keys are never left out, and what an application acts on (addresses, ids, codes) is never cut.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from watcher.compact_json import dump
from watcher.events import Event


LIMIT = 20_000  # Standard Webhooks 1.0.0: keep payloads under 20 kB
_WHOLE = frozenset({
    "specversion", "source", "subject", "datacontenttype", "Type", "RecordType", "Email", "Recipient",
    "MessageID", "email", "smtp-id", "sg_event_id", "sg_message_id", "recipient", "message-id", "event",
    "created_at", "event_id", "type", "timestamp", "mailbox", "address", "original_address", "message_id",
    "fingerprint", "id", "status", "class", "reason", "advice", "from", "to",
})  # fmt: skip


class _Step(NamedTuple):
    text: int  # the longest text
    items: int  # the longest list
    whole: int  # the longest address or id; RFC 5321 allows 320 octets


_STEPS = (
    _Step(2_000, 50, 1_000),
    _Step(500, 20, 1_000),
    _Step(200, 10, 1_000),
    _Step(80, 5, 320),
    _Step(20, 0, 100),
)


def encode(event: Event) -> bytes:
    """Give the body of an event."""
    return fit({"type": event.type, "timestamp": event.timestamp, "data": event.data})


def decode(body: bytes) -> Event:
    """Give the event back that a body was made of, as far as the body holds it."""
    content = json.loads(body)
    return Event(content["data"]["event_id"], content["type"], content["timestamp"], content["data"])


def fit(content: Any, limit: int = LIMIT) -> bytes:
    """Write JSON in fewer octets than `limit`, with long texts and lists cut where it has to be."""
    body = dump(content)
    for step in _STEPS:
        if len(body) < limit:
            break
        body = dump(_shorten(content, step, step.text))
    return body


def _shorten(value: Any, step: _Step, longest: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= longest else value[: longest - 1] + "…"
    if isinstance(value, Mapping):
        return {key: _shorten_field(key, item, step) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shorten(item, step, longest) for item in value[: step.items]]
    return value


def _shorten_field(key: str, value: Any, step: _Step) -> Any:
    if key == "headers" and isinstance(value, Mapping):  # the one object whose keys the mail chose
        value = {name: value[name] for name in list(value)[: step.items] if len(name) <= step.text}
    whole = key in _WHOLE and not isinstance(value, Mapping)
    return _shorten(value, step, step.whole if whole else step.text)
