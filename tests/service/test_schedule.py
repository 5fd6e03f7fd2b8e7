"""Mailboxes are looked at by interval or cron line; a look that comes late still comes."""

import threading
import time
from datetime import timedelta

import pytest

from tests.service.house import wait_until
from watcher.config.mailbox import Mailbox
from watcher.service.schedule import Schedule, longest_gap, make_trigger


def mailbox(**keys: object) -> Mailbox:
    given = {"name": "bounces", "host": "imap.example.com", "username": "bounces", "password": "secret"}
    return Mailbox.model_validate(given | keys)


CASES = [
    ("an interval", {"poll": "5m"}, timedelta(minutes=5)),
    ("a cron line", {"poll": None, "cron": "*/10 * * * *"}, timedelta(minutes=10)),
    ("neither: IDLE alone", {"poll": None}, None),
]


@pytest.mark.parametrize(("keys", "gap"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_gap(keys: dict[str, object], gap: timedelta | None) -> None:
    assert longest_gap(mailbox(**keys)) == gap
    assert (make_trigger(mailbox(**keys)) is None) == (gap is None)


class Sleeper:
    """Count its wake-ups, and let the first one take long."""

    def __init__(self) -> None:
        self.mailbox = mailbox(poll="1s")
        self.wakes = 0
        self.held = threading.Event()

    def wake(self) -> None:
        self.wakes += 1

    def check(self) -> None:
        pass


def test_workers_are_woken_again_and_again() -> None:
    sleeper = Sleeper()
    schedule = Schedule([sleeper], lambda: None)  # type: ignore[list-item]
    schedule.start()
    wait_until(lambda: sleeper.wakes >= 2, 10)
    schedule.stop()
    seen = sleeper.wakes
    time.sleep(1.3)
    assert sleeper.wakes == seen


@pytest.mark.failure(45)
def test_a_job_that_fails_is_logged_and_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    sleeper = Sleeper()

    def wake() -> None:
        sleeper.wakes += 1
        raise ArithmeticError

    sleeper.wake = wake  # type: ignore[method-assign]
    schedule = Schedule([sleeper], lambda: None)  # type: ignore[list-item]
    schedule.start()
    wait_until(lambda: sleeper.wakes >= 2, 10)
    schedule.stop()
    assert any(line.startswith("job_failed job=mailbox:bounces") for line in caplog.messages)


def test_stopping_what_never_began_is_no_fault() -> None:
    Schedule([], lambda: None).stop()


@pytest.mark.failure(45)
def test_a_job_that_hangs_is_counted_and_told_until_it_is_over() -> None:
    sleeper = Sleeper()

    def wake() -> None:
        sleeper.wakes += 1
        assert sleeper.held.wait(30)

    sleeper.wake = wake  # type: ignore[method-assign]
    schedule = Schedule([sleeper], lambda: None)  # type: ignore[list-item]
    schedule.start()
    wait_until(lambda: schedule.counts["mailbox:bounces", "still_running"] >= 1, 20)
    assert schedule.problems() == ["schedule: mailbox:bounces: still running"]
    sleeper.held.set()
    wait_until(lambda: schedule.problems() == [], 20)
    schedule.stop()
