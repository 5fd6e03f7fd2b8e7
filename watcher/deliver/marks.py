"""Gather what tries came to, until it is written down together.

A mark is lost with the process: its event comes back by its lease, and is sent again under the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from watcher.deliver.outcome import Outcome, Result, loggable
from watcher.deliver.schedule import next_wait
from watcher.store.delivery_records import Delivery


class State(StrEnum):
    """What becomes of an outbox row after a try that failed."""

    DUE = "due"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be written about a try that failed."""

    row_id: int
    state: State
    at: datetime  # for DUE, when the next try may begin; for DEAD, when the last one ended
    error: str
    gone: bool = False  # the endpoint wants no more


@dataclass(slots=True)
class Marks:
    """What is to be written of one endpoint."""

    delivered: dict[int, datetime] = field(default_factory=dict)  # the moment of each row
    failed: list[Mark] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)  # rows that were taken and not tried

    def __bool__(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.delivered or self.failed or self.given_back)

    def tries(self) -> int:
        """Count the tries."""
        return len(self.delivered) + len(self.failed)

    def rows(self) -> set[int]:
        """Give the rows of the tries."""
        return {*self.delivered, *(mark.row_id for mark in self.failed)}

    def gone(self) -> str | None:
        """Give the error with which the endpoint said that it wants no more."""
        return next((loggable(mark.error) for mark in self.failed if mark.gone), None)

    def cut(self) -> "Marks":
        """Give all that is here, and begin anew."""
        found = Marks(self.delivered, self.failed, self.given_back)
        self.delivered, self.failed, self.given_back = {}, [], []
        return found

    def put_back(self, unwritten: "Marks") -> None:
        """Keep what could not be written."""
        self.delivered = unwritten.delivered | self.delivered
        self.failed = unwritten.failed + self.failed
        self.given_back = unwritten.given_back + self.given_back


def mark_of(
    delivery: Delivery, outcome: Outcome, retry: Sequence[timedelta], now: datetime, jitter: float
) -> Mark:
    """Say what a failed try leads to: the next try after a wait, or none."""
    if outcome.result is Result.GONE:  # the endpoint is paused, the event stays due
        return Mark(delivery.id, State.DUE, now, outcome.last_error, gone=True)
    wait = next_wait(retry, delivery.attempts + 1, jitter, outcome.after)
    if wait is None:
        return Mark(delivery.id, State.DEAD, now, outcome.last_error)
    return Mark(delivery.id, State.DUE, now + wait, outcome.last_error)
