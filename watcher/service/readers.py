"""Have the mails of a backlog read by processes, one a core, while their parent fetches, records and files.

They are started when a backlog turns out to be one, and end with it; everyday mail is read in place.  One
that dies takes nothing along: its mails are read by another, and in place where none is left.
"""

import logging
import os
import pickle
import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from watcher.service.child import AHEAD, Child
from watcher.service.packed import Packed
from watcher.service.reader_process import read_all, read_here, unpacked
from watcher.service.reading import Mail, Read, Reader


log = logging.getLogger(__name__)

MOST = 4  # processes
CHUNK = 100  # mails handed over at once


class Part(NamedTuple):
    """Mails that a process is to read, or reads."""

    mails: Sequence[Mail | None]
    answer: Future[bytes]


Pending = Sequence[Part]


def cores() -> int:
    """Count the cores that we may run on."""
    return len(os.sched_getaffinity(0))


class Readers:
    """Processes that read; to be closed."""

    def __init__(self, reader: Reader, count: int) -> None:
        self._reader = reader
        self._free: queue.SimpleQueue[Child] = queue.SimpleQueue()
        self._all: list[Child] = []
        self._left = 0  # places in `_free`, or taken from it and to be put back
        self._closed = False
        self._lock = threading.Lock()
        head = pickle.dumps(reader, pickle.HIGHEST_PROTOCOL)
        for _ in range(count):
            self._start(head)
        for child in self._all * AHEAD:
            self._free.put(child)
        self._left = len(self._all) * AHEAD
        self._threads = ThreadPoolExecutor(max(1, self._left), "read")

    def begin(self, mails: Sequence[Mail | None]) -> Pending:
        """Have mails read; their reports come by `finish`."""
        chunks = [mails[first : first + CHUNK] for first in range(0, len(mails), CHUNK)]
        return [Part(chunk, self._threads.submit(self._read, chunk)) for chunk in chunks]

    def finish(self, pending: Pending) -> list[Read | None]:
        """Give the reports, in the order of the mails; what no process has come to is read here."""
        own: dict[int, list[Read | None]] = {}
        for place in reversed(range(len(pending))):  # they begin at the other end
            if pending[place].answer.cancel():
                own[place] = list(read_here(pending[place].mails, self._reader))
        return [
            each for place, part in enumerate(pending) for each in own.get(place) or _unpacked(part.answer)
        ]

    def close(self) -> None:
        """End the processes at once; what is under way is lost, and nobody waits for it."""
        self._closed = True
        for child in self._all:
            child.kill()
        self._threads.shutdown(cancel_futures=True)
        for child in self._all:
            child.close()

    def _start(self, head: bytes) -> None:
        try:
            self._all.append(Child(head))
        except OSError as error:
            log.warning("reader_not_started error=%s", (error.strerror or "unknown").lower())

    def _read(self, mails: Sequence[Mail | None]) -> bytes:
        """Give the pickled list of what was read, which whoever waits for it unpickles."""
        asked = pickle.dumps(mails, pickle.HIGHEST_PROTOCOL)
        while self._left and not self._closed:
            try:
                child = self._free.get(timeout=1)
            except queue.Empty:
                continue
            found = child.ask(asked)
            if found is not None:
                self._free.put(child)
                return found
            with self._lock:
                self._left -= 1
            if not self._closed:
                log.warning("reader_lost left=%d", self._left // AHEAD)
        read: list[Packed | None] = [None] * len(mails) if self._closed else read_all(mails, self._reader)
        return pickle.dumps(read, pickle.HIGHEST_PROTOCOL)


def _unpacked(answer: Future[bytes]) -> Iterator[Read | None]:
    for each in pickle.loads(answer.result()):  # noqa: S301 - our own process wrote it
        yield None if each is None else unpacked(each)
