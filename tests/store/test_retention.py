"""What is past its time goes; what is still to be done stays."""

from datetime import timedelta

from tests.store.samples import NOW, event, progress, record
from watcher.store import Keep, Store


KEEP = Keep(facts=timedelta(days=400), delivered_events=timedelta(days=30), dead_events=None)
LATER = NOW + timedelta(days=401)


def test_what_is_done_goes(store: Store) -> None:
    store.record_batch([record(1)], progress(1), NOW)
    store.mark_moved([move.id for move in store.wanted_moves("bounces", "INBOX", 7)], NOW)
    (taken,) = store.take_due(NOW, 1, timedelta(seconds=1))
    store.mark_delivered(taken.id, NOW)
    assert store.purge(KEEP, LATER) == 4  # body, fact, event, message
    assert store.histories(["user@example.com"])["user@example.com"].facts == ()
    assert store.purge(KEEP, LATER) == 0


def test_what_is_to_be_done_stays(store: Store) -> None:
    unfiled, unsent = record(1, events=()), record(2, target=None)
    store.record_batch([unfiled, unsent], progress(2), NOW)
    store.record_batch([record(3, target=None, events=(), facts=())], progress(3), NOW, results=True)
    store.record_batch([record(4, target=None, events=(), review="undetermined")], progress(4), NOW)
    store.purge(KEEP, LATER)
    assert len(store.wanted_moves("bounces", "INBOX", 7)) == 1
    assert store.waiting() == {"app": 1}
    assert len(store.pending_results(9)) == 1
    assert store.overview(LATER).review == 1


def test_dead_events_are_kept_until_told_otherwise(store: Store) -> None:
    store.queue_events([event(1)], NOW)
    (taken,) = store.take_due(NOW, 1, timedelta(seconds=1))
    store.mark_dead(taken.id, "gone", NOW)
    store.purge(KEEP, LATER)
    assert store.overview(LATER).dead == 1
    assert store.purge(Keep(None, None, timedelta(days=1)), LATER) == 1


def test_null_keeps_for_good(store: Store) -> None:
    store.record_batch([record(1, target=None)], progress(1), NOW)
    assert store.purge(Keep(None, None, None), LATER) == 0
