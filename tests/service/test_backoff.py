"""Waits double up to the longest, vary a little, and begin anew after a success."""

import pytest

from watcher.service.backoff import Backoff


@pytest.mark.failure(10)
def test_waits_grow_to_the_longest() -> None:
    backoff = Backoff(first=5, longest=300)
    for expected in (5, 10, 20, 40, 80, 160, 300, 300):
        assert backoff.seconds() == pytest.approx(expected, rel=0.2)


def test_a_success_begins_anew() -> None:
    backoff = Backoff(first=5, longest=300)
    backoff.seconds()
    backoff.seconds()
    backoff.reset()
    assert backoff.seconds() == pytest.approx(5, rel=0.2)


def test_what_can_hardly_help_waits_longest() -> None:
    assert Backoff(first=5, longest=300).seconds(hopeful=False) == pytest.approx(300, rel=0.2)


def test_the_time_that_the_server_asked_for_is_kept() -> None:
    assert Backoff(first=5, longest=300).seconds(asked=900) == 900


def test_waits_differ() -> None:
    assert len({Backoff().seconds() for _ in range(20)}) > 1
