"""When the next try is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deliver.samples import webhook
from watcher.config.webhook import Webhook
from watcher.deliver.schedule import bound_asked, longest_wait, next_wait, parse_retry_after


RETRY: tuple[timedelta, ...] = Webhook.model_fields["retry"].default
NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

WAITS = [
    # Each case: what it shows, tries made, jitter, what the endpoint asked for, the wait.
    ("after the first try", 1, 0.0, None, timedelta(seconds=5)),
    ("with all of the jitter", 1, 1.0, None, timedelta(seconds=6)),
    ("after the second", 2, 0.0, None, timedelta(minutes=5)),
    ("after the ninth", 9, 0.0, None, timedelta(hours=24)),
    ("after the tenth it is dead", 10, 0.0, None, None),
    ("dead even if the endpoint asks for later", 10, 0.0, HOUR, None),
    ("asked for more than the list says", 1, 0.0, HOUR, HOUR),
    ("asked for less than the list says", 4, 0.0, HOUR, timedelta(hours=2)),
]


@pytest.mark.parametrize(
    ("tries", "jitter", "asked", "wait"), [case[1:] for case in WAITS], ids=[case[0] for case in WAITS]
)
def test_next_wait(tries: int, jitter: float, asked: timedelta | None, wait: timedelta | None) -> None:
    assert next_wait(RETRY, tries, jitter, asked) == wait


@given(st.integers(1, 9), st.floats(0, 1))
def test_jitter_only_ever_adds_and_at_most_a_fifth(tries: int, jitter: float) -> None:
    wait = next_wait(RETRY, tries, jitter)
    assert wait is not None
    assert RETRY[tries] <= wait <= RETRY[tries] * 1.2


FIELDS = [
    ("seconds", "120", 2 * MINUTE),
    ("an HTTP date", "Sun, 22 Nov 2026 05:19:00 GMT", HOUR),
    ("a date without a zone", "Sun, 22 Nov 2026 05:19:00", HOUR),
    ("a date gone by", "Sat, 21 Nov 2026 05:19:00 GMT", timedelta(0)),
    ("too many seconds", "9" * 40, DAY),
    ("a date too far away", "Sun, 22 Nov 2037 05:19:00 GMT", DAY),
    ("absent", None, None),
    ("empty", "", None),
    ("below zero", "-5", None),
    ("words", "later, please", None),
]


@pytest.mark.parametrize(("field", "asked"), [case[1:] for case in FIELDS], ids=[case[0] for case in FIELDS])
def test_parse_retry_after(field: str | None, asked: timedelta | None) -> None:
    assert parse_retry_after(field, NOW) == asked


@given(st.text(max_size=80))
def test_parse_retry_after_takes_any_text(field: str) -> None:
    asked = parse_retry_after(field, NOW)
    assert asked is None or timedelta(0) <= asked <= DAY


@pytest.mark.parametrize(
    ("asked", "left_alone"),
    [(None, MINUTE), (timedelta(0), MINUTE), (HOUR, HOUR), (2 * DAY, DAY)],
    ids=["429 without a time", "at once", "an hour", "two days"],
)
def test_an_endpoint_that_asks_is_left_alone_a_minute_to_a_day(
    asked: timedelta | None, left_alone: timedelta
) -> None:
    assert bound_asked(asked) == left_alone


def test_no_wait_is_longer_than_the_longest() -> None:
    assert longest_wait(()) > bound_asked(timedelta(days=9))
    for retry in (["5s"], ["0s", "30d"], ["36500d"]):
        hook = webhook("http://localhost/", retry=retry)
        wait = next_wait(hook.retry, len(retry) - 1, 1.0, bound_asked(timedelta(days=9)))
        assert wait is not None
        assert wait <= longest_wait([hook]) <= wait + timedelta(days=1)
