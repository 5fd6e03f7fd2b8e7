"""Keep the refresh tokens that a provider gave in place of the configured ones, over restarts.

RFC 6749 section 6: an answer may hold a new refresh token, and the old one may end with it.  The file lies
beside the state, readable by us alone; its entries stand under a hash of the configured token, so that a new
one in the config is taken up.
"""

import contextlib
import hashlib
import json
import os
import threading
from pathlib import Path


class KeptTokens:
    """The file of renewed refresh tokens; without a path they are kept in memory alone."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}

    def newest(self, configured: str) -> str:
        """Give the token to use in place of the configured one; that one itself if there is no newer."""
        with self._lock:
            self._known |= self._read()
            return self._known.get(_key(configured), configured)

    def keep(self, configured: str, renewed: str) -> None:
        """Remember a renewed token; OSError where the file cannot be written (it is then known in memory)."""
        with self._lock:
            self._known = self._known | self._read() | {_key(configured): renewed}
            if self._path is not None:
                self._write(self._path)

    def _read(self) -> dict[str, str]:
        if self._path is None:
            return {}
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        entries = found.items() if isinstance(found, dict) else ()
        return {key: value for key, value in entries if isinstance(value, str) and value}

    def _write(self, path: Path) -> None:
        fresh = path.with_name(f"{path.name}.new")
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(self._known, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)


def _key(configured: str) -> str:
    return hashlib.sha256(f"refresh token {configured}".encode()).hexdigest()
