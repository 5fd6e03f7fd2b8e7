"""Write down in the store what deliveries came to, and take the next ones, in one go and off the event loop.

Many outcomes go into one transaction: a commit waits for the disk, a delivery does not have to.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from watcher.store import Store
from watcher.store.records import Delivery


class State(StrEnum):
    """What becomes of an outbox row after a try."""

    DELIVERED = "delivered"
    DUE = "due"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be written about one try."""

    row_id: int
    state: State
    at: datetime  # when the try ended; for DUE, when the next one may begin
    error: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many deliveries to take, for whom and for how long."""

    endpoint: str
    limit: int
    lease: timedelta


@dataclass(frozen=True, slots=True)
class Turn:
    """What was taken, and when there will be more."""

    taken: Sequence[Delivery]
    next_due: datetime | None


class Ledger:
    """The store, as the deliverer's event loop sees it."""

    def __init__(self, store: Store, executor: Executor) -> None:
        self._store = store
        self._executor = executor

    async def turn(self, marks: Sequence[Mark], wanted: Wanted, now: datetime) -> Turn:
        """Write the marks, then take what is wanted; raises StoreError with nothing written."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._turn, marks, wanted, now)

    def _turn(self, marks: Sequence[Mark], wanted: Wanted, now: datetime) -> Turn:
        with self._store.transaction():
            for mark in marks:
                self._write(mark, now)
            taken: Sequence[Delivery] = ()
            if wanted.limit > 0:
                taken = self._store.take_due(now, wanted.limit, wanted.lease, endpoint=wanted.endpoint)
            return Turn(taken, self._store.next_due(endpoint=wanted.endpoint))

    def _write(self, mark: Mark, now: datetime) -> None:
        match mark.state:
            case State.DELIVERED:
                self._store.mark_delivered(mark.row_id, mark.at)
            case State.DUE:
                self._store.mark_retry(mark.row_id, mark.at, mark.error, now)
            case State.DEAD:
                self._store.mark_dead(mark.row_id, mark.error, mark.at)
