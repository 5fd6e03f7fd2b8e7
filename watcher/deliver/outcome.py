"""What one try at an endpoint came to."""

import shlex
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


_BETWEEN = " — "
_WAITING = frozenset({408, 425, 429})  # of the 4xx, those that say "later" rather than "no"

_ABOUT_US = frozenset({401, 403, 404, 405, 407})  # credentials, and the path


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
    status: int | None = None  # of an HTTP answer

    @property
    def last_error(self) -> str:
        """The whole story, as the store keeps it."""
        return _BETWEEN.join(text for text in (self.error, self.answer) if text)

    @property
    def refuses(self) -> bool:
        """Tell whether the endpoint said no to what was sent: a wrong secret or form, say."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in _WAITING | {410}

    @property
    def blames_the_event(self) -> bool:
        """Tell whether it may be one event of a list that is refused, rather than us or the address."""
        return self.refuses and self.status not in _ABOUT_US

    @property
    def strains(self) -> bool:
        """Tell whether the endpoint is in trouble or asks for less: 429, 5xx, no answer."""
        if self.result in {Result.DELIVERED, Result.GONE}:
            return False
        return self.status is None or self.status >= 500 or self.status in _WAITING


def loggable(last_error: str) -> str:
    """Give what may be logged of a kept `last_error`: what the endpoint itself wrote may quote the event."""
    return last_error.partition(_BETWEEN)[0]


def way_to_resume(name: str) -> str:
    """Give the command that sends again to a webhook that wanted no more."""
    return f"bounce-watcher events resume {shlex.quote(name)}"


DELIVERED = Outcome(Result.DELIVERED)
