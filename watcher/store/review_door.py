"""The part of the store's door for what waits for a person, and what was said of it."""

from collections.abc import Iterable
from datetime import datetime

from watcher.store import (
    facts,
    outbox,
    recipients,
    reviews,
)
from watcher.store.door import Door
from watcher.store.records import ReviewItem, SpokenWord


class ReviewDoor(Door):
    """What waits for a person, and what was said of it."""

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

    def spoken_on(self, fingerprints: Iterable[str]) -> list[tuple[int, str]]:
        """Give what was said of messages, as the number of the item and the JSON of the words."""
        with self._database.reading() as sql:
            return reviews.spoken_on(sql, fingerprints)

    def record_word(self, word: SpokenWord, now: datetime) -> None:
        """Write what follows from a person's word on a message, and the word itself, in one transaction."""
        with self._database.transaction() as sql:
            facts.add_facts(sql, word.fingerprint, word.facts)
            outbox.queue(sql, word.events, now)
            recipients.change_suppressions(sql, word.suppressions, now)
            reviews.resolve(sql, word.number, word.resolution, word.who, word.done)
