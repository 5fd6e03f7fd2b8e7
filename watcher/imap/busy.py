"""Know when a server only asks us to wait, for how long, and what it means: rows of busy.toml.

Response codes are those of RFC 5530 and RFC 9051 section 7.1; large servers have words of their own.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


LONGEST = 3600.0  # seconds that a server may make us wait
_BACKOFF = re.compile(r"suggested backoff time: (\d{1,9}) milliseconds")


@dataclass(frozen=True, slots=True)
class Busy:
    """What a server says when waiting helps; `wait` in seconds."""

    id: str
    phrase: str  # lower case
    wait: float
    says: str
    seen: str
    samples: tuple[str, ...]


@cache
def rows() -> tuple[Busy, ...]:
    """Give all rows."""
    found = tomllib.loads(files("watcher.imap").joinpath("busy.toml").read_text("utf-8"))["busy"]
    return tuple(Busy(**{**row, "samples": tuple(row["samples"])}) for row in found)


def find_busy(said: str) -> Busy | None:
    """Give the row of a server that only asks us to wait."""
    text = said.lower()
    return next((row for row in rows() if row.phrase in text), None)


def find_backoff(said: str) -> float | None:
    """Give the seconds to wait: as the server says, else as its row does; None where it is not busy."""
    if named := _BACKOFF.search(said.lower()):
        return min(int(named[1]) / 1000, LONGEST)
    row = find_busy(said)
    return None if row is None else float(row.wait)
