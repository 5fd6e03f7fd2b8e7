"""One signed-in IMAP connection to a watched mailbox: what the service may ask of it.

Not for sharing between threads.  After a ConnectError it is of no further use: close it, open another.
"""

import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Self

from watcher.config.mailbox import Mailbox
from watcher.errors import BrokenError
from watcher.imap import fetch, folders, uids, waiting
from watcher.imap.connect import Patience, connect
from watcher.imap.fetched import Fetched
from watcher.imap.filing import Filing
from watcher.imap.folders import Selected
from watcher.imap.leftovers import Marks
from watcher.imap.oauth2.tokens import Tokens
from watcher.imap.pace import Pace
from watcher.imap.wire import Wire


@dataclass(slots=True)
class Memory:
    """What one session learns for the next of the same mailbox; `tokens` are those of all mailboxes."""

    pace: Pace = field(default_factory=Pace)
    marks: Marks = field(default_factory=dict)
    tokens: Tokens = field(default_factory=Tokens)


class Session:
    """A connection that has signed in to one mailbox."""

    def __init__(self, wire: Wire, mailbox: Mailbox, memory: Memory | None = None) -> None:
        memory = memory or Memory()
        self.capabilities = wire.capabilities
        self._wire = wire
        self._mailbox = mailbox
        self._naming = folders.find_naming(wire)
        self._filing = Filing(wire, self._naming, mark_read=mailbox.mark_read, marks=memory.marks)
        self._pace = memory.pace
        self._selected = Selected(0, None, 0)

    @classmethod
    def open(cls, mailbox: Mailbox, patience: Patience | None = None, memory: Memory | None = None) -> Self:
        """Connect and sign in; ConnectError, TlsError or SignInError where that cannot be."""
        memory = memory or Memory()
        wire = connect(mailbox, patience or Patience(), memory.tokens)
        try:
            return cls(wire, mailbox, memory)
        except BaseException:
            wire.hang_up()
            raise

    def __enter__(self) -> Self:
        """Give the session itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Sign out, where the connection still stands."""
        if isinstance(error, BrokenError):
            self._wire.hang_up()
        else:
            self.close()

    def select(self, *, readonly: bool = False) -> Selected:
        """Open the watched folder."""
        self._selected = folders.select_folder(
            self._wire, self._naming, self._mailbox.folder, readonly=readonly
        )
        return self._selected

    def new_uids(
        self, after: int, *, since: date | None = None, newest_first: bool = False
    ) -> Iterator[list[int]]:
        """Give the UIDs above `after` in batches, each ascending; `since` leaves older out.

        With `newest_first`, mail that comes meanwhile is given before what is older.
        """
        return uids.new_uids(self._wire, after, self._selected.exists, since, newest_first=newest_first)

    def fetch(self, wanted: Collection[int]) -> list[Fetched]:
        """Read mails without marking them; those that vanished are absent."""
        return [mail for group in self.fetch_bounded(wanted) for mail in group]

    def fetch_bounded(
        self, wanted: Collection[int], *, newest_first: bool = False
    ) -> Iterator[list[Fetched]]:
        """Read mails as `fetch` does, in parts that fit in memory however large the mails are."""
        return fetch.fetch_bounded(
            self._wire, wanted, self._mailbox.max_size, self._pace, newest_first=newest_first
        )

    def missing_folders(self, names: Iterable[str]) -> list[str]:
        """Tell which folders the server does not have."""
        return folders.missing_folders(self._wire, self._naming, names)

    def ensure_folder(self, name: str) -> None:
        """Make a folder, with the levels above it, and subscribe to it."""
        folders.ensure_folder(self._wire, self._naming, name)

    def move(self, wanted: Collection[int], target: str) -> None:
        """File mails; those gone from the watched folder count as filed."""
        self._filing.move(wanted, target)

    def delete(self, wanted: Collection[int]) -> None:
        """Remove mails."""
        self._filing.delete(wanted)

    def present(self, wanted: Collection[int]) -> set[int]:
        """Tell which of the mails are still in the watched folder."""
        return uids.present_uids(self._wire, wanted)

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait for new mail; True if some may have arrived."""
        idle = self._mailbox.idle and self._wire.has("IDLE")
        return waiting.wait(self._wire, seconds, stop, idle=idle)

    def abort(self) -> None:
        """Cut the connection, from any thread: whatever waits for it ends with a ConnectError."""
        self._wire.cut()

    def close(self) -> None:
        """Sign out and hang up."""
        self._wire.close()


__all__ = ["Fetched", "Memory", "Patience", "Selected", "Session"]
