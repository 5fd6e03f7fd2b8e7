"""One reading process as its parent sees it: the next question waits at its door while it works on one."""

import contextlib
import fcntl
import subprocess
import sys
import threading

from watcher.service.frames import put, take


AHEAD = 2  # questions to one process at a time: the one it works on, and the next
_PIPE = 1 << 18  # octets, for a question and an answer of usual size each
# Nothing of what is loaded is garbage: to look for it takes a fifth of the start.
_BEGIN = "import gc; gc.disable(); from watcher.service.reader_process import main; main()"
_COMMAND = (sys.executable, "-P", "-c", _BEGIN)


class Child:
    """A process; threads may ask it together, and are answered in the order in which they asked."""

    def __init__(self, head: bytes) -> None:
        """`head` is what it is to be told before all else."""
        self._head: bytes | None = head  # told with the first question: until it has started, nobody listens
        self._asks, self._listens = threading.Lock(), threading.Lock()
        self.process = subprocess.Popen(  # noqa: S603 - no word of it comes from outside
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._sink, self._source = self.process.stdin, self.process.stdout
        for stream in (self._sink, self._source):
            with contextlib.suppress(OSError):  # so much may not be allowed, and is not needed
                fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, _PIPE)

    def ask(self, question: bytes) -> bytes | None:
        """Give the answer; None where there is none to come."""
        try:
            with contextlib.ExitStack() as listening:
                with self._asks:
                    if self._head is not None:
                        put(self._sink, self._head)
                        self._head = None
                    put(self._sink, question)
                    # Before the next may ask, so that the answers are taken in the order of the questions.
                    listening.enter_context(self._listens)
                return take(self._source)
        except (OSError, ValueError):  # a ValueError: it was closed
            return None

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()

    def close(self) -> None:
        """Leave nothing of it behind, once nobody asks any more."""
        for stream in (self._sink, self._source):
            with contextlib.suppress(OSError):  # what was left to be written has no reader any more
                stream.close()
        self.process.wait()
