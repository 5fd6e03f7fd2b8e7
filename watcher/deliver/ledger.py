"""Write down in the store what deliveries came to, and take the next ones, in one go and off the event loop.

Many outcomes go into one transaction: a commit waits for the disk, a delivery does not have to.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.deliver.marks import Mark, Marks, State
from watcher.deliver.outcome import loggable
from watcher.store import Store
from watcher.store.delivery_records import Delivery, Pause


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

    async def turn(self, marks: Marks, wanted: Wanted, now: datetime) -> Turn:
        """Write the marks, then take what is wanted.

        Raises StoreError with nothing written.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._turn, marks, wanted, now)

    def _turn(self, marks: Marks, wanted: Wanted, now: datetime) -> Turn:
        with self._store.transaction():
            if marks.delivered or marks.given_back:
                self._store.settle(marks.delivered, marks.given_back)
            for mark in marks.failed:
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
        if mark.state is State.DEAD:
            self._store.mark_dead(mark.row_id, mark.error, mark.at)
        else:
            self._store.mark_retry(mark.row_id, mark.at, mark.error, now)
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
