"""What all parts of the store's door share: the database behind it."""

from watcher.store.database import Database


class Door:
    """A part of the store's door."""

    def __init__(self, database: Database) -> None:
        self._database = database
