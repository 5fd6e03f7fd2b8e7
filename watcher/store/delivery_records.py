"""What the outbox takes and gives, as frozen values.

Times are aware datetimes in UTC.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One event for one endpoint, its body frozen when queued."""

    event_id: str
    endpoint: str  # the webhook's name in the config
    type: str
    body: bytes
    due: datetime
    format: str = "standard"  # the shape that the body is of
    order_key: str | None = None  # what has the same key leaves one after the other
    error: str | None = None  # why it cannot be sent as it is: dead from the start, and kept


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox row that is due."""

    id: int
    event_id: str
    endpoint: str
    type: str
    body: bytes
    attempts: int  # tries made so far
    format: str = "standard"


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An outbox row as people see it."""

    event_id: str
    endpoint: str
    type: str
    state: str  # due, delivered, dead
    attempts: int
    queued: datetime
    next_attempt: datetime | None  # of one that is due
    finished: datetime | None
    last_error: str | None
    format: str
    body: bytes | None  # None once retention has taken it, or where it was not asked for


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which outbox rows are meant; what is not given is not asked."""

    event_ids: tuple[str, ...] = ()  # whole, or the first letters
    endpoint: str | None = None
    state: str | None = None
    type: str | None = None
    since: datetime | None = None  # queued at or after
    until: datetime | None = None  # queued before


@dataclass(frozen=True, slots=True)
class Pause:
    """An endpoint that is left alone since it said that it is gone."""

    endpoint: str
    target: str  # a digest of its config then
    since: datetime
    error: str
