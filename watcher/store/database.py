"""Open the SQLite file, run transactions on it, and say in one line what is wrong with it.

WAL with synchronous=FULL: a commit is on the disk before the mail is moved, so that a power cut cannot take
back what the mailbox no longer holds.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from watcher.errors import StoreError


BUSY_SECONDS = 5.0  # how long another process may hold the file before we call it locked
PROBE_SECONDS = 1.5  # the same for whoever only asks whether a write can be made
# A batch of a thousand mails changes some thousand pages of the indexes and adds two thousand.
CACHE_KIB, LARGE_KIB = 2_000, 16_000  # of pages in memory; what is thrown out is written and read once more
JOURNAL_PAGES = (
    8_000  # of 4 KiB, before they go into the file itself, each page once however often it changed
)

# SQLite's own words, and the way out of each.
_WAYS_OUT = (
    ("disk is full", "the disk is full", "free some space; nothing is lost, mail waits in the mailbox"),
    ("is locked", "another process holds it", "stop the other process, or give this one its own file"),
    ("not a database", "not a state file", "name another file, or move this one away"),
    ("malformed", "the file is damaged", "restore it from a backup, or move it away and start anew"),
    ("readonly", "cannot be written", "let this user write the file and its folder"),
    ("read-only", "cannot be written", "let this user write the file and its folder"),
    ("disk I/O error", "the disk reports an error", "look after the disk, then start again"),
)


class Database:
    """One connection behind one lock; a transaction is the only way in."""

    def __init__(self, path: Path, *, readonly: bool, checked: bool = True) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        self._backlogs = 0
        with self.faults():
            self._connection = _connect(path, readonly=readonly, checked=checked)
        self._place = _place(path)

    def probe(self) -> None:
        """Raise StoreError where a write cannot be made now; answers within a few seconds."""
        if not self._lock.acquire(timeout=PROBE_SECONDS):
            raise StoreError(f"{self.path}: a write is under way for long; look at the disk")
        try:
            with self.faults():
                self._connection.execute(f"PRAGMA busy_timeout = {int(PROBE_SECONDS * 1000)}")
                try:
                    with self.transaction() as sql:
                        sql.execute("UPDATE schema_version SET version = version")
                finally:
                    self._connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        finally:
            self._lock.release()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the store for one transaction; an inner one is part of the outer."""
        with self._lock, self.faults():
            if self._depth:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite ends the transaction itself on some faults, a full disk among them.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the store for reading; works on a file opened for reading alone."""
        with self._lock, self.faults():
            yield self._connection

    @contextlib.contextmanager
    def much_to_write(self) -> Iterator[None]:
        """Keep more pages in memory for as long as anybody asks for it."""
        self._count_backlogs(1)
        try:
            yield
        finally:
            self._count_backlogs(-1)

    def _count_backlogs(self, change: int) -> None:
        with self._lock, self.faults():
            self._backlogs += change
            self._connection.execute(f"PRAGMA cache_size = -{LARGE_KIB if self._backlogs else CACHE_KIB}")
            if not self._backlogs:
                self._connection.execute("PRAGMA shrink_memory")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Hold one moment of the store for reading, whatever is written meanwhile."""
        with self._lock, self.faults():
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                self._connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def erasing(self) -> Iterator[sqlite3.Connection]:
        """Hold the store for a transaction of whose old rows nothing is left on the disk."""
        with self._lock, self.faults():
            self._connection.execute("PRAGMA secure_delete = ON")  # freed room is overwritten
            try:
                with self.transaction() as sql:
                    yield sql
                # The journal holds what was overwritten until it begins anew.
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._connection.execute("PRAGMA secure_delete = OFF")

    @contextlib.contextmanager
    def faults(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(_explain(self.path, error)) from error

    def check_in_place(self) -> None:
        """Raise StoreError where the file is no longer found under its name.

        SQLite would go on writing to a file that was removed; with the process, all of it would be gone.
        """
        if _place(self.path) != self._place:
            raise StoreError(f"{self.path}: removed or replaced while in use; restart with what is there")

    def close(self) -> None:
        """Close the file; whatever is committed stays."""
        with self._lock:
            self._connection.close()


def _place(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _connect(path: Path, *, readonly: bool, checked: bool) -> sqlite3.Connection:
    if os.path.isdir(path):  # noqa: PTH112 - as in way_to_make
        raise StoreError(f"{path}: is a directory; name a file in it")
    if not readonly:
        # The file holds addresses: made so that others cannot read it.  What follows tells of faults.
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rwc'}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions begin and end where the code says so
        check_same_thread=False,
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        if not readonly:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {JOURNAL_PAGES}")
            if checked:
                _check(connection)  # reads the whole file: not for those who come for a single row
        connection.execute("SELECT count(*) FROM sqlite_master")
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    fault = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if fault != "ok":
        raise sqlite3.DatabaseError(f"malformed: {fault}")


def way_to_make(path: Path) -> str:
    """Say what a person has to do so that a file can be made, or written where it is there."""
    folder = path.absolute().parent
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where a folder above is closed to us
        return f"make the folder {folder} and let this user write there"
    if os.path.lexists(path):
        return "let this user write the file and its folder"
    return f"the folder {folder} is there; let this user write there"


def _explain(path: Path, error: sqlite3.Error) -> str:
    said = str(error)
    if "unable to open" in said:
        return f"{path}: cannot be opened; {way_to_make(path)}"
    for words, fault, way_out in _WAYS_OUT:
        if words in said:
            return f"{path}: {fault}; {way_out}"
    return f"{path}: {said}; see the documentation on the state file"
