"""Append the JSON of every recorded message to the results file: at least once, never lost.

The lines come from the store's rows.  One that a crash or a full disk cut short is removed before the next
append; its message is still pending and is written anew.  The file is opened for each write, so that whatever
rotates logs may move it away at any time; with `max_size` we do so ourselves.
"""

import fcntl
import json
import os
import threading
from pathlib import Path

from watcher.errors import StoreError
from watcher.store import Store


_AT_ONCE = 1_000  # messages a write
_LONGEST_TAIL = 10_000_000  # octets looked at for the start of a torn line


class ResultsFile:
    """The file of `results`; safe to use from any thread."""

    def __init__(self, path: str | Path, store: Store, max_size: int | None = None, keep: int = 5) -> None:
        self._path = Path(path)
        self._store = store
        self._max_size = max_size  # octets
        self._keep = keep  # older files
        self._lock = threading.Lock()

    def append_pending(self) -> None:
        """Write what is recorded and not yet in the file; StoreError where it cannot be written."""
        with self._lock:
            while pending := self._store.pending_results(_AT_ONCE):
                lines = "".join(f"{message.report_json}\n" for message in pending)
                try:
                    self._append(lines.encode("utf-8", "backslashreplace"))
                except OSError as error:
                    raise StoreError(
                        f"results: {self._path}: {(error.strerror or 'cannot be written').lower()}; "
                        "make room, or let this user write there"
                    ) from error
                self._store.mark_results(message.id for message in pending)

    def _append(self, lines: bytes) -> None:
        handle = self._open()
        try:
            if self._max_size is not None and os.fstat(handle).st_size >= self._max_size:
                self._rotate()
                os.close(handle)
                handle = self._open()
            while lines:
                lines = lines[os.write(handle, lines) :]
            os.fsync(handle)
        finally:
            os.close(handle)

    def _open(self) -> int:
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            _repair(handle)
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _rotate(self) -> None:
        """Rename the file to NAME.1, what was NAME.1 to NAME.2; the oldest goes."""
        for number in range(self._keep, 0, -1):
            newer = self._path if number == 1 else Path(f"{self._path}.{number - 1}")
            if newer.exists():
                newer.replace(f"{self._path}.{number}")


def _repair(handle: int) -> None:
    """End a last line that lacks its newline if it is whole, and cut it off if it is torn."""
    size = os.fstat(handle).st_size
    start = max(0, size - _LONGEST_TAIL)
    tail = os.pread(handle, size - start, start)
    last = tail.rpartition(b"\n")[2]
    if not last:
        return
    if _is_json(last):
        os.write(handle, b"\n")
    else:
        os.ftruncate(handle, size - len(last))


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
