"""The part of the store's door for messages: what is recorded of each, and where it is to go."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from watcher.decide.history import Fact
from watcher.store import (
    facts,
    messages,
    outbox,
    recipients,
    tallies,
)
from watcher.store.door import Door
from watcher.store.records import MessageKey, MessageRecord, PendingResult, WantedMove


class MessageDoor(Door):
    """Messages: what is recorded of each, and where it is to go."""

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
            messages.record(sql, records, now)
            facts.write_facts(sql, list(map(_said, records)))
            outbox.queue(sql, (event for entry in records for event in entry.events), now)
            changes = (change for entry in records for change in entry.suppressions)
            recipients.change_suppressions(sql, changes, now)
            tallies.count(sql, ((name, entry.received) for entry in records for name in entry.counted))
            messages.open_reviews(sql, records, now)
            if results:
                messages.want_results(sql, [entry.key for entry in records])
            messages.set_progress(sql, progress, now)

    def said(self, fingerprints: Iterable[str]) -> dict[str, list[Fact]]:
        """Give what messages said, by fingerprint, of those that were met before."""
        with self._database.reading() as sql:
            return facts.said_by(sql, fingerprints)

    def much_to_write(self) -> AbstractContextManager[None]:
        """Make it quicker to record many batches, at the price of some memory meanwhile."""
        return self._database.much_to_write()

    def progress(self, mailbox: str, folder: str) -> tuple[int, int] | None:
        """Give UIDVALIDITY and the last recorded UID of a folder, or None before the first scan."""
        with self._database.reading() as sql:
            return messages.progress(sql, mailbox, folder)

    def already_recorded(self, keys: Sequence[MessageKey]) -> set[MessageKey]:
        """Tell which of these messages are in the store."""
        with self._database.reading() as sql:
            return messages.already_recorded(sql, keys)

    def highest_uid(self, mailbox: str, folder: str, uidvalidity: int) -> int:
        """Give the highest UID of a folder that is recorded, 0 where there is none."""
        with self._database.reading() as sql:
            return messages.highest_uid(sql, (mailbox, folder, uidvalidity))

    def unfiled_uids(self, mailbox: str, folder: str, uidvalidity: int, above: int) -> set[int]:
        """Give the UIDs above one that are recorded and have not left their folder by our hand."""
        with self._database.reading() as sql:
            return messages.unfiled_uids(sql, (mailbox, folder, uidvalidity), above)

    def wanted_moves(
        self, mailbox: str, folder: str, uidvalidity: int, first: int = 1, last: int | None = None
    ) -> list[WantedMove]:
        """Give what is recorded and not yet filed, of the UIDs from `first` to `last`, in their order."""
        with self._database.reading() as sql:
            return messages.wanted_moves(sql, (mailbox, folder, uidvalidity), first, last)

    def mark_moved(self, ids: Iterable[int], now: datetime) -> None:
        """Remember that messages are filed."""
        with self._database.transaction() as sql:
            messages.mark_moved(sql, ids, now)

    def abandon_moves(self, mailbox: str, folder: str) -> int:
        """Forget what lay in a folder, since its UIDs name other mail now; tell how many moves that ends."""
        with self._database.transaction() as sql:
            return messages.abandon_moves(sql, mailbox, folder)

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


def _said(entry: MessageRecord) -> facts.Said:
    report = entry.report
    return facts.Said(report.message.fingerprint, entry.facts, report.authenticity.level)
