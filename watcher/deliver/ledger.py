"""Write down in the store what deliveries came to, and take the next ones, in one go and off the event loop.

Many outcomes go into one transaction: a commit waits for the disk, a delivery does not have to.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from watcher.deliver.outcome import loggable
from watcher.store import Store
from watcher.store.records import Delivery, Pause


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
    gone: bool = False  # the endpoint wants no more


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many deliveries to take, for whom and for how long."""

    endpoint: str
    limit: int
    lease: timedelta
    target: str = ""  # a digest of the endpoint's config


@dataclass(frozen=True, slots=True)
class Turn:
    """What was taken, when there will be more, and why there is none where the endpoint is paused."""

    taken: Sequence[Delivery]
    next_due: datetime | None
    paused: str | None = None


class Ledger:
    """The store, as the deliverer's event loop sees it."""

    def __init__(self, store: Store, executor: Executor) -> None:
        self._store = store
        self._executor = executor

    async def turn(
        self, marks: Sequence[Mark], given_back: Sequence[int], wanted: Wanted, now: datetime
    ) -> Turn:
        """Write the marks, let go what was not tried, then take what is wanted.

        Raises StoreError with nothing written.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._turn, marks, given_back, wanted, now)

    def _turn(self, marks: Sequence[Mark], given_back: Sequence[int], wanted: Wanted, now: datetime) -> Turn:
        with self._store.transaction():
            delivered = {mark.row_id: mark.at for mark in marks if mark.state is State.DELIVERED}
            if delivered or given_back:
                self._store.settle(delivered, given_back)
            for mark in marks:
                self._write(mark, wanted, now)
            paused = self._paused(wanted)
            if paused is not None:
                return Turn((), None, paused)
            taken: Sequence[Delivery] = ()
            if wanted.limit > 0:
                taken = self._store.take_due(now, wanted.limit, wanted.lease, endpoint=wanted.endpoint)
            if len(taken) == wanted.limit:  # there may be more at once
                return Turn(taken, now)
            return Turn(taken, self._store.next_due(endpoint=wanted.endpoint))

    def _write(self, mark: Mark, wanted: Wanted, now: datetime) -> None:
        match mark.state:
            case State.DELIVERED:
                pass  # with the others
            case State.DUE:
                self._store.mark_retry(mark.row_id, mark.at, mark.error, now)
            case State.DEAD:
                self._store.mark_dead(mark.row_id, mark.error, mark.at)
        if mark.gone:
            self._store.pause(Pause(wanted.endpoint, wanted.target, now, loggable(mark.error)))

    def _paused(self, wanted: Wanted) -> str | None:
        found = self._store.pauses().get(wanted.endpoint)
        if found is None:
            return None
        if found.target == wanted.target:
            return found.error
        self._store.resume(wanted.endpoint)  # its config has changed since
        return None
