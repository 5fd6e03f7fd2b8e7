"""Let all threads take memory from one arena.

glibc gives each thread its own, and what a batch leaves free in one serves no other: a long backlog took some
10 MB more than a short one.  Threads of ours rarely ask at the same time, since they take turns anyway.
"""

import contextlib
import ctypes


_M_ARENA_MAX = -8  # malloc.h of glibc


def share() -> None:
    """Do so from now on; other C libraries know no arenas, and need not be asked."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
