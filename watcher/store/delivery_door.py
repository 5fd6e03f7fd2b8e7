"""The part of the store's door for deliveries: what is due, taken, done, given up and sent again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from watcher.store import (
    deliveries,
    outbox,
)
from watcher.store.delivery_records import Delivery, DeliveryFilter, DeliveryRow, OutboxRow, Pause
from watcher.store.door import Door


class DeliveryDoor(Door):
    """Deliveries: what is due, taken, done, given up and sent again."""

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

    def pull_back(self, now: datetime, longest: timedelta) -> int:
        """Make due what a clock that was ahead queued, or put off by more than `longest`; tell how much."""
        with self._database.transaction() as sql:
            return outbox.pull_back(sql, now, longest)

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

    def settle(self, delivered: Mapping[int, datetime], given_back: Iterable[int]) -> None:
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
