"""Answer the HTTP listener from the state file, by a connection of its own that only reads.

Readers of a WAL file wait for no writer: whoever asks before a mail is answered while a batch is recorded.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from watcher.config.shape import Config
from watcher.decide.policy import Policy
from watcher.errors import StoreError
from watcher.service.answers import listed_to_dict, standing_to_dict, status_to_dict, whole_history
from watcher.store import Store
from watcher.store.records import Wanted


T = TypeVar("T")


class StateAnswers:
    """Knows what the state file says; called by one thread at a time."""

    def __init__(self, config: Config, policy: Policy) -> None:
        self._config = config
        self._policy = policy
        self._reader: Store | None = None

    def status(self) -> Mapping[str, Any]:
        """Give what `status` prints."""
        return status_to_dict(self._store().overview(_now()), self._config)

    def check(self, addresses: list[str]) -> list[Mapping[str, Any]]:
        """Give for each address whether it is suppressed."""
        found = self._store().check(addresses, _now())
        return [standing_to_dict(address, standing) for address, standing in found]

    def suppressions(self, query: Mapping[str, str], after: str, limit: int) -> list[Mapping[str, Any]]:
        """Give rows of the list, each with the key that the next page begins after."""
        rows = self._store().suppressions(Wanted(**query), _now(), after=after)
        return [{**listed_to_dict(row), "key": row.key} for row in islice(rows, limit)]

    def recipient(self, address: str) -> Mapping[str, Any]:
        """Give all that is known of an address."""
        return whole_history(self._store(), address, self._policy, _now())

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _store(self) -> Store:
        """Give the store; one whose file was replaced is opened anew."""
        if self._reader is not None:
            try:
                self._reader.check_in_place()
            except StoreError:
                self.close()
        if self._reader is None:
            self._reader = Store.open(self._config.state, readonly=True)
        return self._reader


def _now() -> datetime:
    return datetime.now(UTC)
