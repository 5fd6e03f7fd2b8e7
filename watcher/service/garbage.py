"""Look for garbage in cycles less often while a backlog is read.

A batch is made of some ten thousand values at a time, none of which lies in a cycle; to search for cycles
among them would take a fifth of our time.
"""

import contextlib
import gc
import threading
from collections.abc import Iterator


SELDOM = 50_000  # new objects between two searches

_lock = threading.Lock()
_backlogs = 0
_before = 0


@contextlib.contextmanager
def seldom() -> Iterator[None]:
    """Do so for as long as any thread asks for it."""
    global _backlogs, _before  # noqa: PLW0603 - the collector is one for the whole process
    with _lock:
        if _backlogs == 0:
            _before = gc.get_threshold()[0]
            gc.set_threshold(max(_before, SELDOM))
        _backlogs += 1
    try:
        yield
    finally:
        with _lock:
            _backlogs -= 1
            if _backlogs == 0:
                gc.set_threshold(_before)
