"""Turn moments into the text that the store keeps, and back.

RFC 3339 in UTC, always with six decimals, so that the texts sort as the moments do.
"""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=4096)  # of one batch, most are the same
def to_text(moment: datetime) -> str:
    """Write an aware moment; a naive one has no place here."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone; give an aware datetime")
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{utc.isoformat(timespec='microseconds')[:26]}Z"


def to_text_or_none(moment: datetime | None) -> str | None:
    """Write a moment, or nothing."""
    return None if moment is None else to_text(moment)


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote."""
    return datetime.fromisoformat(text)


def from_text_or_none(text: str | None) -> datetime | None:
    """Read what `to_text_or_none` wrote."""
    return None if text is None else from_text(text)
