"""Answer the HTTP listener from the state file, by a connection of its own that only reads.

Readers of a WAL file wait for no writer: whoever asks before a mail is answered while a batch is recorded.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from watcher.config.events import EVENT_TYPES
from watcher.config.shape import Config
from watcher.decide.policy import Policy
from watcher.deliver.marks import State
from watcher.errors import StoreError
from watcher.reader.parse.address import normalise_address
from watcher.service.answers import listed_to_dict, standing_to_dict, status_to_dict, whole_history
from watcher.service.event_rows import find_moment, row_of, whole
from watcher.service.exchange.reading import is_address
from watcher.service.review_answers import item_to_dict, item_to_row
from watcher.service.wanted import refuse_unknown, wanted_of
from watcher.store import Store
from watcher.store.delivery_records import DeliveryFilter


_MOST_DELIVERIES = 100  # of one event, an endpoint each


class StateAnswers:
    """Knows what the state file says; called by two threads, one of which only checks addresses."""

    def __init__(self, config: Config, policy: Policy) -> None:
        self._config = config
        self._policy = policy
        self._reader = Reader(config.state)
        self._checker = Reader(config.state)

    def status(self) -> Mapping[str, Any]:
        """Give what `status` prints."""
        store = self._reader.store()
        return status_to_dict(store.overview(_now()), self._config, store.pauses().values())

    def check(self, addresses: list[str]) -> list[Mapping[str, Any]]:
        """Give for each address whether it is suppressed; `User <…>` is asked as what it holds."""
        found = self._checker.store().check(map(_bare, addresses), _now())
        return [
            standing_to_dict(address, standing)
            for address, (_, standing) in zip(addresses, found, strict=True)
        ]

    def suppressions(self, query: Mapping[str, str], after: str, limit: int) -> list[Mapping[str, Any]]:
        """Give rows of the list, each with the key that the next page begins after.

        UsageError for a state, reason or source that no row can have.
        """
        store = self._reader.store()
        rows = store.suppressions(wanted_of(query, store), _now(), after=after)
        return [{**listed_to_dict(row), "key": row.key} for row in islice(rows, limit)]

    def recipient(self, address: str) -> Mapping[str, Any]:
        """Give all that is known of an address."""
        return whole_history(self._reader.store(), address, self._policy, _now())

    def review(self, *, resolved: bool, limit: int) -> list[Mapping[str, Any]]:
        """Give what was set aside for a person."""
        return [item_to_row(item) for item in self._reader.store().reviews(resolved=resolved, limit=limit)]

    def review_item(self, number: int) -> Mapping[str, Any] | None:
        """Give one item that was set aside, with the report of its message."""
        item = self._reader.store().review(number)
        return None if item is None else item_to_dict(item)

    def events(self, query: Mapping[str, str], limit: int) -> list[Mapping[str, Any]]:
        """Give deliveries in the order in which they were queued.

        ValueError or UsageError where the query is none.
        """
        refuse_unknown(query, "state", tuple(State))
        refuse_unknown(query, "type", EVENT_TYPES)
        now = _now()
        times = {name: find_moment(query[name], now) for name in ("since", "until") if name in query}
        wanted = DeliveryFilter(
            endpoint=query.get("endpoint"),
            state=query.get("state"),
            type=query.get("type"),
            since=times.get("since"),
            until=times.get("until"),
        )
        return [row_of(row) for row in islice(self._reader.store().find_deliveries(wanted), limit)]

    def event(self, event_id: str) -> list[Mapping[str, Any]]:
        """Give the deliveries of one event, with its bodies."""
        rows = self._reader.store().find_deliveries(DeliveryFilter((event_id,)), bodies=True)
        return [whole(row) for row in islice(rows, _MOST_DELIVERIES)]

    def close(self) -> None:
        """Close the file."""
        self._reader.close()
        self._checker.close()


class Reader:
    """A connection that only reads, opened when it is first asked, and anew where the file was replaced."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._open: Store | None = None

    def store(self) -> Store:
        """Give the store; StoreError where it cannot be read."""
        if self._open is not None:
            try:
                self._open.check_in_place()
            except StoreError:
                self.close()
        if self._open is None:
            self._open = Store.open(self._path, readonly=True)
        return self._open

    def close(self) -> None:
        """Close the file."""
        if self._open is not None:
            self._open.close()
            self._open = None


def _bare(address: str) -> str:
    """Take brackets and a name off; an address, or what is none at all, stays as it is."""
    return address if is_address(address) else normalise_address(address) or address


def _now() -> datetime:
    return datetime.now(UTC)
