"""Deliveries are leased, marked, and come back if nobody marks them."""

from dataclasses import replace
from datetime import timedelta

from tests.store.samples import NOW, event, progress, record
from watcher.store import Keep, Store
from watcher.store.delivery_records import DeliveryFilter


LEASE = timedelta(seconds=60)
WEEK = timedelta(days=7)


def test_due_deliveries_are_taken_oldest_first_and_once(store: Store) -> None:
    later = NOW + timedelta(hours=1)
    store.queue_events([event(1), event(2, due=NOW - LEASE), event(3, due=later)], NOW)
    assert [taken.event_id for taken in store.take_due(NOW, 10, LEASE)] == ["event-2", "event-1"]
    assert store.take_due(NOW, 10, LEASE) == []
    assert [taken.event_id for taken in store.take_due(later, 1, LEASE)] == ["event-2"]  # its lease ran out


def test_no_more_are_taken_than_asked_for_and_only_of_the_endpoint(store: Store) -> None:
    store.queue_events([event(1), event(2), event(1, endpoint="other")], NOW)
    assert [taken.endpoint for taken in store.take_due(NOW, 1, LEASE, endpoint="app")] == ["app"]
    assert [taken.endpoint for taken in store.take_due(NOW, 9, LEASE, endpoint="other")] == ["other"]
    assert [taken.endpoint for taken in store.take_due(NOW, 9, LEASE)] == ["app"]


def test_bodies_are_taken_octet_for_octet_each_with_its_own_event(store: Store) -> None:
    bodies = [b"", b"{}", b"\x00\xff\x00", "ü\u2028".encode(), b"x" * 200_000, b'"]', b""]
    rows = [
        replace(event(number, due=NOW - number * LEASE), body=body, type=f"type {number}", format="template")
        for number, body in enumerate(bodies)
    ]
    store.queue_events(rows, NOW)
    taken = store.take_due(NOW, 9, LEASE)
    assert [(each.event_id, each.endpoint, each.type, each.body, each.format) for each in taken] == [
        (row.event_id, row.endpoint, row.type, row.body, row.format) for row in reversed(rows)
    ]


def test_many_are_settled_at_once_each_at_its_own_moment(store: Store) -> None:
    store.queue_events([event(number) for number in range(5)], NOW)
    rows = [taken.id for taken in store.take_due(NOW, 9, LEASE)]
    store.settle({row: NOW + row * LEASE for row in rows[:3]}, rows[3:4])
    found = list(store.find_deliveries(DeliveryFilter()))
    assert [(row.state, row.attempts, row.finished) for row in found] == [
        *(("delivered", 1, NOW + row * LEASE) for row in rows[:3]),
        ("due", 0, None),
        ("due", 0, None),
    ]
    assert [taken.id for taken in store.take_due(NOW, 9, LEASE)] == rows[3:4]  # the last is still leased
    store.settle({}, rows[:3])
    assert store.waiting() == {"app": 2}  # what was delivered stays so


def test_next_due_counts_with_leases_and_retries(store: Store) -> None:
    assert store.next_due() is None
    store.queue_events([event(1), event(2, endpoint="other", due=NOW + timedelta(hours=3))], NOW)
    assert store.next_due() == NOW
    (taken,) = store.take_due(NOW, 1, LEASE)
    assert store.next_due(endpoint="app") == NOW + LEASE
    store.mark_retry(taken.id, NOW + timedelta(hours=2), "500", NOW)
    assert store.next_due(endpoint="app") == NOW + timedelta(hours=2)
    assert store.next_due(endpoint="other") == NOW + timedelta(hours=3)
    assert store.next_due() == NOW + timedelta(hours=2)


def test_tries_are_counted_and_the_body_stays(store: Store) -> None:
    store.queue_events([event(1)], NOW)
    (first,) = store.take_due(NOW, 1, LEASE)
    store.mark_retry(first.id, NOW, "connection refused", NOW)
    (second,) = store.take_due(NOW, 1, LEASE)
    assert (first.attempts, second.attempts) == (0, 1)
    assert second.body == first.body == b"{}"


def test_delivered_and_dead_ones_are_not_taken_again(store: Store) -> None:
    store.queue_events([event(1), event(2)], NOW)
    first, second = store.take_due(NOW, 2, LEASE)
    store.mark_delivered(first.id, NOW)
    store.mark_dead(second.id, "410 gone", NOW)
    assert store.next_due() is None
    assert (store.overview(NOW).due, store.overview(NOW).dead) == (0, 1)
    store.queue_events([event(1), event(2)], NOW)  # met again
    assert store.next_due() is None


def test_endpoints_that_failed_are_told(store: Store) -> None:
    rows = [event(number, endpoint=f"app{number}") for number in range(1, 6)]
    store.queue_events(rows, NOW)
    waits, took, died, died_before, _untried = sorted(
        store.take_due(NOW, 9, LEASE), key=lambda delivery: delivery.endpoint
    )
    store.mark_retry(waits.id, NOW, "500", NOW)
    store.mark_delivered(took.id, NOW)
    store.mark_dead(died.id, "410", NOW)
    store.mark_dead(died_before.id, "410", NOW - LEASE)
    assert store.failures(NOW) == {"app1": "500", "app3": "410"}


def test_claiming_ends_the_leases_of_a_process_that_is_gone(store: Store) -> None:
    store.queue_events([event(1)], NOW)
    store.take_due(NOW, 1, LEASE)
    store.claim()
    assert store.next_due() == NOW


def test_a_delivered_event_whose_body_was_dropped_is_not_sent_again(store: Store) -> None:
    store.record_batch([record(1)], progress(1), NOW)
    (taken,) = store.take_due(NOW, 1, LEASE)
    store.mark_delivered(taken.id, NOW)
    keep = Keep(facts=timedelta(days=400), delivered_events=timedelta(days=30), dead_events=None)
    assert store.purge(keep, NOW + timedelta(days=31)) == 1
    store.record_batch([record(1, uidvalidity=8)], progress(1, uidvalidity=8), NOW)
    assert store.next_due() is None


def test_what_a_clock_that_was_ahead_queued_is_pulled_back(store: Store) -> None:
    tomorrow = NOW + timedelta(days=1)
    store.queue_events([event(1, due=tomorrow)], tomorrow)
    store.queue_events([event(2, due=tomorrow)], NOW)  # waits as it should
    assert store.take_due(NOW, 9, LEASE) == []
    assert store.pull_back(NOW, WEEK) == 1
    assert [delivery.event_id for delivery in store.take_due(NOW, 9, LEASE)] == ["event-1"]
    assert store.pull_back(NOW, WEEK) == 0


def test_what_a_clock_that_was_years_ahead_put_off_or_leased_is_pulled_back(store: Store) -> None:
    then = NOW + timedelta(days=1000)
    store.queue_events([event(1), event(2), event(3)], NOW)
    for taken in store.take_due(NOW, 2, LEASE):
        store.mark_retry(taken.id, then if taken.event_id == "event-1" else NOW + WEEK, "500", NOW)
    assert [taken.event_id for taken in store.take_due(then - LEASE, 9, LEASE)] == ["event-3", "event-2"]
    assert store.take_due(NOW, 9, LEASE) == []
    assert store.pull_back(NOW, WEEK) == 1  # event 1; the second waits no longer than it may
    found = store.take_due(NOW, 9, LEASE)
    assert [(taken.event_id, taken.attempts) for taken in found] == [("event-1", 1), ("event-3", 0)]
    assert store.next_due() == NOW + LEASE
    assert [taken.event_id for taken in store.take_due(NOW + WEEK, 9, LEASE)][-1] == "event-2"
