"""All threads take memory from one arena once a backlog is read."""

import subprocess
import sys

import pytest


_ASKED = """
import ctypes, sys, threading
from watcher.service import arena

def arenas():
    libc = ctypes.CDLL(None)
    for _ in range(6):
        thread = threading.Thread(target=lambda: libc.malloc(100_000))
        thread.start()
        thread.join()
    libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
    libc.fdopen.restype = ctypes.c_void_p
    out = libc.fdopen(1, b"w")
    libc.malloc_info(0, out)
    libc.fflush(ctypes.c_void_p(out))

if sys.argv[1] == "shared":
    arena.share()
arenas()
"""


def arenas(how: str) -> int:
    """Count the arenas of a process after six threads have asked for memory."""
    said = subprocess.run([sys.executable, "-c", _ASKED, how], capture_output=True, text=True, check=True)
    return said.stdout.count("<heap nr=")


def test_threads_share_an_arena() -> None:
    if arenas("each") < 2:
        pytest.skip("this C library gives threads no arenas of their own")
    assert arenas("shared") == 1
