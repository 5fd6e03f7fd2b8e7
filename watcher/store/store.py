"""The one door to the state: every question and every change of it is a method here, or of a part of it.

SQLite for now.  Times and ids come in as arguments; the store has no clock.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from watcher.errors import StoreError
from watcher.store import (
    migrate,
    outbox,
)
from watcher.store.address_door import AddressDoor
from watcher.store.claim import take_claim
from watcher.store.database import Database
from watcher.store.delivery_door import DeliveryDoor
from watcher.store.message_door import MessageDoor
from watcher.store.review_door import ReviewDoor
from watcher.store.upkeep_door import UpkeepDoor


class Store(MessageDoor, AddressDoor, ReviewDoor, DeliveryDoor, UpkeepDoor):
    """The state of one watcher; safe to use from any thread."""

    def __init__(self, database: Database, opened_as: int = migrate.VERSION) -> None:
        super().__init__(database)
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
