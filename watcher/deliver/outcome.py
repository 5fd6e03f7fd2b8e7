"""What one try at an endpoint came to."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


_BETWEEN = " — "


class Result(StrEnum):
    """The four ways a try ends."""

    DELIVERED = "delivered"  # 2xx, and nothing else
    RETRY = "retry"  # the endpoint asks us to wait: 429, or Retry-After
    GONE = "gone"  # 410
    FAILED = "failed"  # all else


@dataclass(frozen=True, slots=True)
class Outcome:
    """One try: how it ended, why in one line, and the first of what the endpoint answered.

    `error` names the place, the value and the way out, and holds nothing that the endpoint wrote, so that it
    may be logged; `answer` is the endpoint's own text, which may quote the event: for the store alone.
    """

    result: Result
    error: str | None = None
    answer: str = ""
    after: timedelta | None = None  # how long the endpoint asks us to wait

    @property
    def last_error(self) -> str:
        """The whole story, as the store keeps it."""
        return _BETWEEN.join(text for text in (self.error, self.answer) if text)


def loggable(last_error: str) -> str:
    """Give what may be logged of a kept `last_error`: what the endpoint itself wrote may quote the event."""
    return last_error.partition(_BETWEEN)[0]


DELIVERED = Outcome(Result.DELIVERED)
