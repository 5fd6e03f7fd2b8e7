"""The one door to the state: every question and every change of it is a method here.

SQLite for now.  Times and ids come in as arguments; the store has no clock.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from watcher.decide.address import address_key
from watcher.decide.history import Act, History, Suppression, SuppressionChange
from watcher.errors import StoreError
from watcher.store import (
    backlog,
    deliveries,
    dump,
    erasure,
    health,
    messages,
    migrate,
    outbox,
    recipients,
    retention,
    reviews,
    suppressed,
    tallies,
)
from watcher.store.claim import take_claim
from watcher.store.database import Database
from watcher.store.erasure import Erased
from watcher.store.records import (
    BacklogState,
    Delivery,
    DeliveryFilter,
    DeliveryRow,
    Done,
    Listed,
    Logged,
    MessageKey,
    MessageRecord,
    OutboxRow,
    Overview,
    Pause,
    PendingResult,
    ReviewItem,
    SpokenWord,
    Wanted,
    WantedMove,
)
from watcher.store.retention import Keep


class Store:
    """The state of one watcher; safe to use from any thread."""

    def __init__(self, database: Database, opened_as: int = migrate.VERSION) -> None:
        self._database = database
        self._claim: int | None = None
        self.opened_as = opened_as  # the schema version that was found, 0 where there was no file

    @classmethod
    def open(cls, path: str | Path, *, readonly: bool = False, checked: bool = True) -> Self:
        """Open the state file, made anew where there is none; StoreError says what is wrong with it.

        `checked` reads all of it for damage first, which takes a minute for some gigabytes.
        """
        if str(path).startswith(("postgresql:", "postgres:")):
            raise StoreError("state: PostgreSQL is not supported yet; give the path of a file")
        database = Database(Path(path), readonly=readonly, checked=checked)
        try:
            found = migrate.prepare(database, readonly=readonly)
        except BaseException:
            database.close()
            raise
        return cls(database, found)

    def close(self) -> None:
        """Close the file and give up the claim on it."""
        self._database.close()
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    def __enter__(self) -> Self:
        """Close the store at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def claim(self) -> None:
        """Make this process the one that fetches and delivers; what a dead one had leased is due again.

        StoreError where another process holds the claim.  It ends with the process, however that ends.
        """
        if self._claim is None:
            self._claim = take_claim(self._database.path)
        with self._database.transaction() as sql:
            outbox.release(sql)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Join several calls to one transaction, so that what is decided rests on what was read."""
        with self._database.transaction():
            yield

    # Messages

    def record_batch(
        self,
        records: Sequence[MessageRecord],
        progress: tuple[str, str, int, int],
        now: datetime,
        *,
        results: bool = False,
    ) -> None:
        """Write all that a fetched batch leads to, and how far the folder is read, in one transaction.

        `progress` is (mailbox, folder, uidvalidity, last_uid); `results` says that a results file is kept.
        """
        self._database.check_in_place()
        with self._database.transaction() as sql:
            for entry in records:
                message = messages.record(sql, entry, now)
                fingerprint = entry.report.message.fingerprint
                recipients.replace_facts(sql, fingerprint, entry.facts)
                outbox.queue(sql, entry.events, now)
                for change in entry.suppressions:
                    recipients.change_suppression(sql, change, now)
                tallies.count(sql, entry.counted, entry.received)
                if entry.review is not None:
                    recipients.open_review(sql, message, fingerprint, entry.review, now)
                if results:
                    messages.want_result(sql, message)
            messages.set_progress(sql, progress, now)

    def progress(self, mailbox: str, folder: str) -> tuple[int, int] | None:
        """Give UIDVALIDITY and the last recorded UID of a folder, or None before the first scan."""
        with self._database.reading() as sql:
            return messages.progress(sql, mailbox, folder)

    def already_recorded(self, keys: Sequence[MessageKey]) -> set[MessageKey]:
        """Tell which of these messages are in the store."""
        with self._database.reading() as sql:
            return messages.already_recorded(sql, keys)

    def wanted_moves(self, mailbox: str, folder: str, uidvalidity: int) -> list[WantedMove]:
        """Give what is recorded and not yet filed, oldest UID first."""
        with self._database.reading() as sql:
            return messages.wanted_moves(sql, mailbox, folder, uidvalidity)

    def mark_moved(self, ids: Iterable[int], now: datetime) -> None:
        """Remember that messages are filed."""
        with self._database.transaction() as sql:
            messages.mark_moved(sql, ids, now)

    def abandon_moves(self, mailbox: str, folder: str, uidvalidity: int, uidnext: int | None = None) -> int:
        """Give up the moves of earlier epochs of a folder, and of UIDs yet to be given; tell how many."""
        with self._database.transaction() as sql:
            return messages.abandon_moves(sql, mailbox, folder, uidvalidity, uidnext)

    def copy_marks(self, mailbox: str, folder: str) -> dict[str, tuple[int, int]]:
        """Give the unconfirmed COPYs out of a folder: target to its UIDVALIDITY and UIDNEXT before."""
        with self._database.reading() as sql:
            return messages.copy_marks(sql, mailbox, folder)

    def mark_copy(self, mailbox: str, folder: str, target: str, mark: tuple[int, int] | None) -> None:
        """Remember that a COPY begins; None: that it is confirmed."""
        with self._database.transaction() as sql:
            messages.mark_copy(sql, (mailbox, folder, target), mark)

    def pending_results(self, limit: int) -> list[PendingResult]:
        """Give messages that the results file lacks, in the order of recording."""
        with self._database.reading() as sql:
            return messages.pending_results(sql, limit)

    def mark_results(self, ids: Iterable[int]) -> None:
        """Remember that the results file has these."""
        with self._database.transaction() as sql:
            messages.mark_results(sql, ids)

    # Addresses

    def histories(self, addresses: Iterable[str]) -> dict[str, History]:
        """Give the history of each address, under its key (`address_key`)."""
        with self._database.reading() as sql:
            return recipients.histories(sql, addresses)

    def check(self, addresses: Iterable[str], now: datetime) -> list[tuple[str, Suppression | None]]:
        """Give for each address what stands in the way of mailing it, or how else it stands."""
        with self._database.reading() as sql:
            return suppressed.check(sql, addresses, now)

    def suppressions(self, wanted: Wanted, now: datetime, *, after: str = "") -> Iterator[Listed]:
        """Give the rows of the list beyond a key, in the order of the keys, a page at a time."""
        while True:
            with self._database.reading() as sql:
                rows = suppressed.page(sql, wanted, after, suppressed.PAGE, now)
            yield from rows
            if len(rows) < suppressed.PAGE:
                return
            after = rows[-1].key

    def suppression_log(self, address: str) -> list[Logged]:
        """Give every change of how an address stood, oldest first."""
        with self._database.reading() as sql:
            return suppressed.log_of(sql, address_key(address))

    def lapsed(self, now: datetime, limit: int) -> list[str]:
        """Give the keys of at most `limit` addresses whose suppression is past its time."""
        with self._database.reading() as sql:
            return recipients.lapsed(sql, now, limit)

    def change_suppression(self, change: SuppressionChange, now: datetime, act: Act | None = None) -> None:
        """Set how an address stands, log it, and keep the act that led to it."""
        with self._database.transaction() as sql:
            if act is not None:
                recipients.add_act(sql, act, now)
            recipients.change_suppression(sql, change, now)

    def add_act(self, act: Act, now: datetime) -> None:
        """Keep what a person or a program said of an address, where it changes nothing now."""
        with self._database.transaction() as sql:
            recipients.add_act(sql, act, now)

    def mailbox_of(self, fingerprint: str) -> str | None:
        """Give the mailbox in which a message was first met."""
        with self._database.reading() as sql:
            return recipients.mailbox_of(sql, fingerprint)

    # For a person

    def reviews(self, *, resolved: bool = False, after: int = 0, limit: int = 1000) -> list[ReviewItem]:
        """Give what was set aside, oldest first, beyond a number."""
        with self._database.reading() as sql:
            return reviews.page(sql, resolved=resolved, after=after, limit=limit)

    def review(self, number: int) -> ReviewItem | None:
        """Give one item that was set aside."""
        with self._database.reading() as sql:
            return reviews.one(sql, number)

    def held_places(self, fingerprint: str) -> frozenset[int]:
        """Give the places of the recipients of a message that wait for a person."""
        with self._database.reading() as sql:
            return reviews.held_places(sql, fingerprint)

    def record_word(self, word: SpokenWord, now: datetime) -> None:
        """Write what follows from a person's word on a message, and the word itself, in one transaction."""
        with self._database.transaction() as sql:
            recipients.add_facts(sql, word.fingerprint, word.facts)
            outbox.queue(sql, word.events, now)
            for change in word.suppressions:
                recipients.change_suppression(sql, change, now)
            reviews.resolve(sql, word.number, word.resolution, word.who, word.done)

    # Deliveries

    def queue_events(self, rows: Iterable[OutboxRow], now: datetime) -> None:
        """Queue events that no message led to."""
        with self._database.transaction() as sql:
            outbox.queue(sql, rows, now)

    def take_due(
        self, now: datetime, limit: int, lease: timedelta, *, endpoint: str | None = None
    ) -> list[Delivery]:
        """Lease the deliveries that are due, of one endpoint or of all, oldest first."""
        with self._database.transaction() as sql:
            return outbox.take_due(sql, now, limit, lease, endpoint)

    def pull_back(self, now: datetime) -> int:
        """Make due what was queued by a clock that was ahead; tell how much."""
        with self._database.transaction() as sql:
            return outbox.pull_back(sql, now)

    def next_due(self, *, endpoint: str | None = None) -> datetime | None:
        """Tell when the next delivery can be taken, or None where none waits."""
        with self._database.reading() as sql:
            return outbox.next_due(sql, endpoint)

    def waiting(self) -> dict[str, int]:
        """Count the deliveries that wait, by endpoint."""
        with self._database.reading() as sql:
            return outbox.waiting(sql)

    def failures(self, since: datetime) -> dict[str, str]:
        """Give an error of each endpoint that let a delivery wait, or for which one died since then."""
        with self._database.reading() as sql:
            return outbox.failures(sql, since)

    def settle(self, delivered: Iterable[tuple[int, datetime]], given_back: Iterable[int]) -> None:
        """Remember which deliveries were taken, and when; and let those go that were leased and not tried."""
        with self._database.transaction() as sql:
            outbox.finish_all(sql, delivered)
            outbox.give_back(sql, given_back)

    def mark_delivered(self, delivery: int, now: datetime) -> None:
        """Remember that the endpoint took an event."""
        with self._database.transaction() as sql:
            outbox.finish(sql, delivery, "delivered", now)

    def mark_retry(self, delivery: int, due: datetime, error: str, now: datetime) -> None:  # noqa: ARG002
        """Count a failed try; the next is due at `due`."""
        with self._database.transaction() as sql:
            outbox.retry(sql, delivery, due, error)

    def mark_dead(self, delivery: int, error: str, now: datetime) -> None:
        """Give a delivery up after its last try; it is kept."""
        with self._database.transaction() as sql:
            outbox.finish(sql, delivery, "dead", now, error)

    def find_deliveries(self, wanted: DeliveryFilter, *, bodies: bool = False) -> Iterator[DeliveryRow]:
        """Give the deliveries that are meant, a page at a time, in the order in which they were queued."""
        after = 0
        while True:
            with self._database.reading() as sql:
                rows = deliveries.page(sql, wanted, after, bodies=bodies)
            yield from (row for _, row in rows)
            if not rows:
                return
            after = rows[-1][0]

    def replay(self, wanted: DeliveryFilter, now: datetime, remake: deliveries.Remake) -> int:
        """Send the deliveries that are meant again, each as `remake` gives it; tell how many."""
        after, total = 0, 0
        while True:
            with self._database.transaction() as sql:
                after, count = deliveries.replay(sql, wanted, after, now, remake)
            total += count
            if not after:
                return total

    def pause(self, found: Pause) -> None:
        """Leave an endpoint alone until its config changes or it is resumed."""
        with self._database.transaction() as sql:
            deliveries.pause(sql, found)

    def resume(self, endpoint: str) -> bool:
        """Try an endpoint again; tell whether it was paused."""
        with self._database.transaction() as sql:
            return deliveries.resume(sql, endpoint)

    def pauses(self) -> dict[str, Pause]:
        """Give the endpoints that are paused, by name."""
        with self._database.reading() as sql:
            return {found.endpoint: found for found in deliveries.pauses(sql)}

    # Health

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

    def tallies(self, names: Iterable[str], received: datetime) -> dict[str, tuple[int, int]]:
        """Give by name how many plausible reports suppressed in the hour of a time, and the week before."""
        with self._database.reading() as sql:
            return tallies.tallies(sql, names, received)

    def erase(self, address: str, fresh: bytes) -> Erased:
        """Take an address out of the state; a keyed hash stays.  `fresh` is 32 random bytes."""
        key = address_key(address)
        with self._database.erasing() as sql:
            return erasure.erase(sql, key, address, erasure.keep_key(sql, fresh))

    def dump(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give every row as (table, row), all as of one moment."""
        with self._database.snapshot() as sql:
            yield from dump.dump(sql)
