"""Hold the lock beside a state file: one process works on it at a time, others may look.

The lock is the kernel's (flock), so it ends with the process, however that ends.
"""

import fcntl
import os
from pathlib import Path

from watcher.errors import StoreError


def take_claim(path: Path) -> int:
    """Lock the file PATH.lock and give its handle; StoreError where another process holds it."""
    lock = Path(f"{path}.lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{lock}: {error.strerror}; let this user write the file and its folder") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise StoreError(
            f"{path}: another bounce-watcher uses it; stop that one, or name another file"
        ) from error
    return handle
