"""Have the mails of a backlog read by processes, one a core, while their parent fetches, records and files.

They are started when a backlog turns out to be one, and end with it; everyday mail is read in place.  One
that dies takes nothing along: its mails are read by another, and in place where none is left.
"""

import contextlib
import logging
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from watcher.service.packed import Packed
from watcher.service.reader_process import read_all, unpacked
from watcher.service.reading import Mail, Read, Reader


log = logging.getLogger(__name__)

MOST = 4  # processes
CHUNK = 50  # mails handed over at once
_COMMAND = (sys.executable, "-P", "-c", "from watcher.service.reader_process import main; main()")

Pending = Sequence[Future[list[Packed | None]]]


def cores() -> int:
    """Count the cores that we may run on."""
    return len(os.sched_getaffinity(0))


class Readers:
    """Processes that read; to be closed."""

    def __init__(self, reader: Reader, count: int) -> None:
        self._reader = reader
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._left = 0
        self._closed = False
        self._lock = threading.Lock()
        head = pickle.dumps(reader, pickle.HIGHEST_PROTOCOL)
        for _ in range(count):
            self._start(head)
        self._threads = ThreadPoolExecutor(max(1, self._left), "read")

    def begin(self, mails: Sequence[Mail | None]) -> Pending:
        """Have mails read; their reports come by `finish`."""
        chunks = [mails[first : first + CHUNK] for first in range(0, len(mails), CHUNK)]
        return [self._threads.submit(self._read, chunk) for chunk in chunks]

    def close(self) -> None:
        """End the processes at once; what is under way is lost, and nobody waits for it."""
        self._closed = True
        for process in self._all:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._all:
            for stream in filter(None, (process.stdin, process.stdout)):
                with contextlib.suppress(OSError):  # what was left to be written has no reader any more
                    stream.close()
            process.wait()

    def _start(self, head: bytes) -> None:
        try:
            process = subprocess.Popen(  # noqa: S603 - no word of it comes from outside
                _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        except OSError as error:
            log.warning("reader_not_started error=%s", (error.strerror or "unknown").lower())
            return
        self._all.append(process)
        self._left += 1
        self._idle.put(process)
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it is gone already, which its first task will show
            process.stdin.write(head)
            process.stdin.flush()

    def _read(self, mails: Sequence[Mail | None]) -> list[Packed | None]:
        while self._left and not self._closed:
            try:
                process = self._idle.get(timeout=1)
            except queue.Empty:
                continue
            found = _ask(process, mails)
            if found is not None and len(found) == len(mails):
                self._idle.put(process)
                return found
            with self._lock:
                self._left -= 1
            if not self._closed:
                log.warning("reader_lost left=%d", self._left)
        return [None] * len(mails) if self._closed else read_all(mails, self._reader)


def finish(pending: Pending) -> list[Read | None]:
    """Wait for the reports, in the order of the mails."""
    return [None if each is None else unpacked(each) for future in pending for each in future.result()]


def _ask(process: subprocess.Popen[bytes], mails: Sequence[Mail | None]) -> list[Packed | None] | None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump(mails, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        found: list[Packed | None] = pickle.load(process.stdout)  # noqa: S301 - our own process wrote it
    except (OSError, EOFError, ValueError, pickle.PickleError):
        return None
    return found
