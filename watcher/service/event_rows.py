"""Write deliveries as rows, and read the times by which they are chosen."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from watcher.config.units import parse_duration
from watcher.events import moment


if TYPE_CHECKING:
    from watcher.store.delivery_records import DeliveryRow

COLUMNS = (
    ("event_id", 16), ("type", 20), ("endpoint", 12), ("state", 9), ("attempts", 8), ("next_attempt", 20),
    ("last_error", 60),
)  # fmt: skip


def row_of(row: "DeliveryRow") -> dict[str, Any]:
    """Give what `list` tells of a delivery."""
    return {
        "event_id": row.event_id,
        "type": row.type,
        "endpoint": row.endpoint,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt": None if row.next_attempt is None else moment(row.next_attempt),
        "last_error": row.last_error,
    }


def whole(row: "DeliveryRow") -> dict[str, Any]:
    """Give all that is known of a delivery, its body as JSON where it is."""
    return row_of(row) | {
        "queued": moment(row.queued),
        "finished": None if row.finished is None else moment(row.finished),
        "format": row.format,
        "body": _readable(row.body),
    }


def _readable(body: bytes | None) -> Any:
    if body is None:
        return None
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def find_moment(text: str, now: datetime) -> datetime:
    """Read a time, RFC 3339 or a day (UTC where it has no zone), or a duration before now, such as 3d."""
    for read in (_instant, lambda text: now - parse_duration(text)):
        try:
            return read(text)
        except (ValueError, OverflowError):  # before the year 1, in UTC
            continue
    raise ValueError(f"'{text[:40]}' is no time; write 2026-11-22, 2026-11-22T04:00:00Z or 3d")


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
