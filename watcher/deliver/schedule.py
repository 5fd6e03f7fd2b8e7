"""When the next try is due: the webhook's `retry` list, jitter, and the endpoint's Retry-After.

RFC 9110 section 10.2.3.  A floor of a minute holds where the endpoint says it is too much: on 429, and for a
Retry-After below it.
A 502, 503, 504 or timeout without Retry-After keeps to the list: its early tries carry an event over the
restart of an application behind a proxy, and the pauses of the circuit keep a longer outage quiet.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from watcher.config.webhook import Webhook


JITTER = 0.2  # at most so much longer than the list says, never shorter
FLOOR = timedelta(seconds=60)
CAP = timedelta(hours=24)


def next_wait(
    retry: Sequence[timedelta], tries: int, jitter: float, asked: timedelta | None = None
) -> timedelta | None:
    """Give the wait after try number `tries` failed, or None after the last.  `jitter` is 0 to 1."""
    if tries >= len(retry):
        return None
    wait = retry[tries] * (1 + JITTER * jitter)
    return wait if asked is None else max(wait, asked)


def longest_wait(webhooks: Iterable[Webhook]) -> timedelta:
    """Give what no try and no lease of these endpoints lies further ahead than."""
    waits = (wait for hook in webhooks for wait in (*hook.retry, 3 * hook.timeout))
    return max(waits, default=CAP) * (1 + JITTER) + CAP


def bound_asked(asked: timedelta | None) -> timedelta:
    """Give how long to leave an endpoint alone that asks for it: a minute at least, a day at most."""
    return min(max(asked or FLOOR, FLOOR), CAP)


def parse_retry_after(field: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After field, seconds or an HTTP date; None where it is absent or neither."""
    text = (field or "").strip()[:64]
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), int(CAP.total_seconds())))
    try:
        when = parsedate_to_datetime(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return min(max(when - now, timedelta(0)), CAP)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
