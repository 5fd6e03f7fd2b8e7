"""What a fetched mail is, and what only looks like one."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as fetched; `raw` is None where the server could not give it, and `error` says why."""

    uid: int
    raw: bytes | None
    internal_date: datetime  # UTC
    size: int  # as the server has it, also where `raw` was cut
    truncated: bool = False
    error: str | None = None


_STAND_IN = b"Subject: message unavailable\r\n\r\nThis message is no longer available on the server.\r\n"


def is_stand_in(body: bytes) -> bool:
    """Tell whether this stands for a mail that was removed meanwhile; QUIRK: Courier says so in its place."""
    return len(body) < 200 and body.endswith(_STAND_IN)
