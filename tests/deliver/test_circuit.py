"""An endpoint that keeps failing is left alone, one try at a time, and taken back at its first success."""

from datetime import timedelta

from watcher.deliver.circuit import GONE_PAUSE, Circuit
from watcher.deliver.outcome import DELIVERED, Outcome, Result


FAILED = Outcome(Result.FAILED, "answered 500")


def after(count: int, now: float = 0.0, circuit: Circuit | None = None) -> Circuit:
    circuit = circuit or Circuit()
    for _ in range(count):
        circuit = circuit.after(FAILED, now)
    return circuit


def test_four_failures_change_nothing() -> None:
    assert after(4).slots(0.0, 16) == 16


def test_the_fifth_opens_it_for_a_minute() -> None:
    circuit = after(5)
    assert [circuit.slots(now, 16) for now in (0.0, 59.9, 60.0)] == [0, 0, 1]


def test_a_success_between_failures_starts_the_count_anew() -> None:
    assert after(4, circuit=after(4).after(DELIVERED, 0.0)).slots(0.0, 16) == 16


def test_pauses_grow_to_ten_minutes_with_every_probe_that_fails() -> None:
    circuit, pauses = after(5), []
    for _ in range(6):
        now = circuit.paused_until
        circuit = circuit.after(FAILED, now)
        pauses.append(circuit.paused_until - now)
    assert pauses == [120.0, 300.0, 600.0, 600.0, 600.0, 600.0]


def test_events_that_were_under_way_when_it_opened_do_not_lengthen_the_pause() -> None:
    assert after(16).paused_until == 60.0


def test_one_success_of_a_probe_closes_it() -> None:
    assert after(5).after(DELIVERED, 60.0) == Circuit()


def test_an_endpoint_that_asks_for_time_gets_it() -> None:
    asked = Outcome(Result.RETRY, "answered 429", after=timedelta(minutes=30))
    circuit = Circuit().after(asked, 0.0)
    assert [circuit.slots(now, 16) for now in (0.0, 1_799.0, 1_800.0)] == [0, 0, 16]


def test_410_pauses_for_a_day() -> None:
    circuit = Circuit().after(Outcome(Result.GONE, "answered 410"), 0.0)
    assert [circuit.slots(now, 16) for now in (0.0, GONE_PAUSE - 1, GONE_PAUSE)] == [0, 0, 16]
