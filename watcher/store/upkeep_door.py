"""The part of the store's door for how the watcher fares, and the upkeep of its state."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from watcher.decide.address import address_key
from watcher.store import (
    backlog,
    dump,
    erasure,
    health,
    retention,
    tallies,
)
from watcher.store.door import Door
from watcher.store.erasure import Erased
from watcher.store.records import BacklogState, Done, Overview
from watcher.store.retention import Keep
from watcher.store.times import from_text


class UpkeepDoor(Door):
    """How the watcher fares, and the upkeep of its state."""

    def mark_mailbox(
        self, name: str, *, ok: bool, now: datetime, error: str | None = None, grace: timedelta = timedelta(0)
    ) -> datetime | None:
        """Remember how the last try at a mailbox ended; where that is to be told, give since when it failed.

        What has failed for less than `grace` is not told, nor is the end of it.
        """
        with self._database.transaction() as sql:
            return health.mark_mailbox(sql, name, now, None if ok else error or "unknown", grace)

    def overview(self, now: datetime) -> Overview:
        """Count all that `status` shows."""
        with self._database.reading() as sql:
            return health.overview(sql, now)

    def done_since(self, since: datetime) -> Done:
        """Count what was done since a time, and what is left to be sent."""
        with self._database.reading() as sql:
            return health.done_since(sql, since)

    def check_in_place(self) -> None:
        """Raise StoreError where the file is no longer found under its name."""
        self._database.check_in_place()

    def backlog(self, mailbox: str) -> BacklogState | None:
        """Give how far the reading of many mails is, where it is under way or was broken off."""
        with self._database.reading() as sql:
            return backlog.of_mailbox(sql, mailbox)

    def note_backlog(self, place: tuple[str, str], state: BacklogState | None) -> None:
        """Remember how far the reading of many mails is, or that it is over; `place` is (mailbox, folder)."""
        with self._database.transaction() as sql:
            backlog.note(sql, place, state)

    def check_writable(self) -> None:
        """Raise StoreError if the store cannot take a write now; within a few seconds."""
        self._database.check_in_place()
        self._database.probe()

    def purge(self, keep: Keep, now: datetime) -> int:
        """Drop what is older than the config wants it kept; tell how many rows went."""
        with self._database.transaction() as sql:
            return retention.purge(sql, keep, now) + tallies.purge(sql, now)

    def began(self) -> datetime:
        """Tell in which second this state was made: INTERNALDATE, which is held against it, has no finer."""
        with self._database.reading() as sql:
            row = sql.execute("SELECT min(applied) AS began FROM schema_version").fetchone()
        return from_text(row["began"]).replace(microsecond=0)

    def tallies(self, named: Iterable[tuple[str, datetime]]) -> dict[tuple[str, datetime], tuple[int, int]]:
        """Give by name and hour how many plausible reports suppressed in that hour, and the week before."""
        with self._database.reading() as sql:
            return tallies.tallies(sql, named)

    def erase(self, address: str, fresh: bytes) -> Erased:
        """Take an address out of the state; a keyed hash stays.  `fresh` is 32 random bytes."""
        key = address_key(address)
        with self._database.erasing() as sql:
            return erasure.erase(sql, key, address, erasure.keep_key(sql, fresh))

    def dump(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give every row as (table, row), all as of one moment."""
        with self._database.snapshot() as sql:
            yield from dump.dump(sql)
