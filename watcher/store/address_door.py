"""The part of the store's door for addresses: their histories, and the suppression list."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from watcher.decide.address import address_key
from watcher.decide.history import Act, History, Suppression, SuppressionChange
from watcher.store import (
    histories,
    recipients,
    suppressed,
)
from watcher.store.door import Door
from watcher.store.records import Listed, Logged, Wanted


class AddressDoor(Door):
    """Addresses: their histories, and the suppression list."""

    def histories(self, addresses: Iterable[str], *, domains: bool = True) -> dict[str, History]:
        """Give the history of each address, under its key (`address_key`).

        Without `domains`, that of a domain only where something was decided or said of the domain itself.
        """
        with self._database.reading() as sql:
            return histories.histories(sql, addresses, domains=domains)

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

    def listed_words(self, column: Literal["reason", "source"]) -> frozenset[str]:
        """Give every word that a row of the list has in a column."""
        with self._database.reading() as sql:
            return suppressed.words(sql, column)

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
            recipients.change_suppressions(sql, [change], now)

    def add_act(self, act: Act, now: datetime) -> None:
        """Keep what a person or a program said of an address, where it changes nothing now."""
        with self._database.transaction() as sql:
            recipients.add_act(sql, act, now)

    def mailbox_of(self, fingerprint: str) -> str | None:
        """Give the mailbox in which a message was first met."""
        with self._database.reading() as sql:
            return recipients.mailbox_of(sql, fingerprint)
