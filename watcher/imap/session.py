"""One signed-in IMAP connection to a watched mailbox: what the service may ask of it.

Not for sharing between threads.  After a ConnectError it is of no further use: close it, open another.
"""

import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from watcher.config.shape import Mailbox


@dataclass(frozen=True, slots=True)
class Selected:
    """What the server says of the folder it opened; `uidnext` is None where it keeps that to itself."""

    uidvalidity: int
    uidnext: int | None
    exists: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as fetched; `raw` is None where the server could not give it, and `error` says why."""

    uid: int
    raw: bytes | None
    internal_date: datetime  # UTC
    size: int  # as the server has it, also where `raw` was cut
    truncated: bool = False
    error: str | None = None


class Session:
    """A connection that has signed in to one mailbox."""

    capabilities: frozenset[str]

    @classmethod
    def open(cls, mailbox: Mailbox) -> Self:
        """Connect and sign in; ConnectError, TlsError or SignInError where that cannot be."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Give the session itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Sign out."""
        self.close()

    def select(self, *, readonly: bool = False) -> Selected:
        """Open the watched folder."""
        raise NotImplementedError

    def new_uids(self, after: int) -> Iterator[list[int]]:
        """Give the UIDs above `after`, ascending, in batches of at most 200."""
        raise NotImplementedError

    def fetch(self, uids: Collection[int]) -> list[Fetched]:
        """Read mails without marking them; those that vanished are absent."""
        raise NotImplementedError

    def fetch_bounded(self, uids: Collection[int]) -> Iterator[list[Fetched]]:
        """Read mails as `fetch` does, in parts that fit in memory however large the mails are."""
        raise NotImplementedError

    def missing_folders(self, names: Iterable[str]) -> list[str]:
        """Tell which folders the server does not have."""
        raise NotImplementedError

    def ensure_folder(self, name: str) -> None:
        """Make a folder, with the levels above it, and subscribe to it."""
        raise NotImplementedError

    def move(self, uids: Collection[int], target: str) -> None:
        """File mails; those gone from the watched folder count as filed."""
        raise NotImplementedError

    def delete(self, uids: Collection[int]) -> None:
        """Remove mails."""
        raise NotImplementedError

    def present(self, uids: Collection[int]) -> set[int]:
        """Tell which of the mails are still in the watched folder."""
        raise NotImplementedError

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait for new mail; True if some may have arrived."""
        raise NotImplementedError

    def close(self) -> None:
        """Sign out and hang up."""
        raise NotImplementedError
