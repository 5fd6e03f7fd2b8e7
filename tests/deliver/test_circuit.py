"""An endpoint that keeps failing is left alone, one try at a time, and taken back gently when it is back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from watcher.deliver.circuit import RAMP_ENDS, WIDEST, Circuit
from watcher.deliver.outcome import DELIVERED, Outcome, Result


FAILED = Outcome(Result.FAILED, "answered 500", status=500)
REFUSED = Outcome(Result.FAILED, "answered 400", status=400)
WIDE = Circuit(width=WIDEST)


def after(count: int, now: float = 0.0, circuit: Circuit = WIDE, outcome: Outcome = FAILED) -> Circuit:
    for _ in range(count):
        circuit = circuit.after(outcome, now)
    return circuit


def test_it_begins_with_one_event_at_a_time_and_widens_with_every_success() -> None:
    circuit, widths = Circuit(), []
    for _ in range(20):
        widths.append(circuit.slots(0.0, WIDEST))
        circuit = circuit.after(DELIVERED, 0.0)
    assert widths == [*range(1, 17), 16, 16, 16, 16]


SLOWS = [
    ("500", FAILED, 8),
    ("503", replace(FAILED, status=503), 8),
    ("429", Outcome(Result.RETRY, "answered 429", status=429), 8),
    ("no answer", Outcome(Result.FAILED, "no answer"), 8),
    ("400 says nothing about load", REFUSED, 16),
]


@pytest.mark.parametrize(("outcome", "width"), [case[1:] for case in SLOWS], ids=[case[0] for case in SLOWS])
def test_trouble_halves_how_much_is_sent_at_once(outcome: Outcome, width: int) -> None:
    assert WIDE.after(outcome, 0.0).slots(0.0, WIDEST) == width


def test_it_never_narrows_to_nothing() -> None:
    assert after(4).slots(0.0, WIDEST) == 1


def test_the_fifth_failure_opens_it_for_a_minute() -> None:
    circuit = after(5)
    assert [circuit.slots(now, 16) for now in (0.0, 59.9, 60.0)] == [0, 0, 1]


def test_a_success_between_failures_starts_the_count_anew() -> None:
    assert after(4, circuit=after(4).after(DELIVERED, 0.0)).slots(0.0, 16) == 1
    assert not after(4, circuit=after(4).after(DELIVERED, 0.0)).is_open


def test_pauses_grow_to_ten_minutes_with_every_probe_that_fails() -> None:
    circuit, pauses = after(5), []
    for _ in range(6):
        now = circuit.paused_until
        circuit = circuit.after(FAILED, now)
        pauses.append(circuit.paused_until - now)
    assert pauses == [120.0, 300.0, 600.0, 600.0, 600.0, 600.0]


def test_events_that_were_under_way_when_it_opened_do_not_lengthen_the_pause() -> None:
    assert after(16).paused_until == 60.0


def test_one_success_of_a_probe_closes_it_and_recovery_is_bounded() -> None:
    circuit = after(5).after(DELIVERED, 60.0)
    assert not circuit.is_open
    assert circuit.slots(60.0, 16) == 1
    rates = [circuit.rate(60.0 + seconds) for seconds in (0, 5.9, 6, 12, RAMP_ENDS - 0.1, RAMP_ENDS)]
    assert rates == [10.0, 10.0, 20.0, 40.0, 5_120.0, None]


def test_an_endpoint_that_was_never_away_is_not_bounded() -> None:
    assert after(4).after(DELIVERED, 0.0).rate(0.0) is None


def test_an_endpoint_that_asks_for_time_gets_it() -> None:
    asked = Outcome(Result.RETRY, "answered 429", after=timedelta(minutes=30), status=429)
    circuit = WIDE.after(asked, 0.0)
    assert [circuit.slots(now, 16) for now in (0.0, 1_799.0, 1_800.0)] == [0, 0, 8]


@pytest.mark.parametrize("failures", [1, 5])
def test_a_success_that_was_under_way_does_not_cut_short_the_time_that_was_asked_for(failures: int) -> None:
    asked = Outcome(Result.RETRY, "answered 429", after=timedelta(minutes=30), status=429)
    circuit = after(failures, outcome=asked).after(DELIVERED, 1.0)
    assert [circuit.slots(now, 16) > 0 for now in (1.0, 1_799.0, 1_800.0)] == [False, False, True]
    assert not circuit.is_open
