"""Tell how far a sweep over many mails is: in the store for `status`, and in the log."""

import logging
from datetime import datetime, timedelta

from watcher.config.mailbox import Mailbox
from watcher.imap.session import Selected
from watcher.store import Store
from watcher.store.records import BacklogState


log = logging.getLogger(__name__)

MANY = 1_000  # mails that make a backlog
EVERY = timedelta(seconds=5)  # between two notes in the store
LOGGED = timedelta(seconds=30)


def expected(selected: Selected, after: int) -> int:
    """Estimate how many mails of a folder have a UID above `after`: no more than there are."""
    if after == 0 or selected.uidnext is None:
        return selected.exists
    return max(0, min(selected.exists, selected.uidnext - 1 - after))


class Backlog:
    """The reading of one sweep; nothing is told of one that is no backlog."""

    def __init__(self, mailbox: Mailbox, store: Store, total: int, now: datetime) -> None:
        self._place = (mailbox.name, mailbox.folder)
        self._store = store
        self._began = self._noted = self._told = now
        self.total, self.done = total, 0
        self._is_told = total >= MANY

    @property
    def left(self) -> int:
        """How many mails are still to come, as estimated."""
        return max(0, self.total - self.done)

    def read(self, count: int, now: datetime) -> None:
        """Count mails that are recorded; StoreError where that cannot be noted."""
        self.done += count
        if not self._is_told or now - self._noted < EVERY:
            return
        self._noted = now
        state = BacklogState(max(self.total, self.done), self.done, self._began, now)
        self._store.note_backlog(self._place, state)
        if now - self._told >= LOGGED:
            self._told = now
            log.info(
                "backlog_read mailbox=%s done=%d of=%d per_second=%.0f left=%s",
                self._place[0], state.done, state.total, state.rate, state.left,
            )  # fmt: skip

    def end(self, now: datetime) -> None:
        """Tell that it is read to its end."""
        # An earlier one may have been broken off, with few mails left.
        if self._is_told or self._store.backlog(self._place[0]) is not None:
            self._store.note_backlog(self._place, None)
        if self._is_told:
            seconds = (now - self._began).total_seconds()
            log.info("backlog_done mailbox=%s read=%d seconds=%.0f", self._place[0], self.done, seconds)
