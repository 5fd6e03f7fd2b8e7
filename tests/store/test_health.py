"""The store remembers how each mailbox fares, and who is suppressed."""

from datetime import timedelta

from tests.store.samples import NOW, change, progress, record
from watcher.decide.history import Suppression
from watcher.store import Store
from watcher.store.records import MailboxHealth


def test_a_mailbox_fails_since_the_first_fault_and_recovers(store: Store) -> None:
    later = NOW + timedelta(hours=1)
    assert store.mark_mailbox("bounces", ok=True, now=NOW) is None
    assert store.mark_mailbox("bounces", ok=False, now=NOW, error="refused") == NOW
    assert store.mark_mailbox("bounces", ok=False, now=later, error="no route") is None
    assert store.overview(later).mailboxes == (MailboxHealth("bounces", NOW, NOW, "no route", 0),)
    assert store.mark_mailbox("bounces", ok=True, now=later) == NOW
    assert store.overview(later).mailboxes == (MailboxHealth("bounces", later, None, None, 0),)


def test_a_mailbox_that_never_worked_has_no_success(store: Store) -> None:
    assert store.mark_mailbox("bounces", ok=False, now=NOW, error="refused")
    assert store.overview(NOW).mailboxes == (MailboxHealth("bounces", None, NOW, "refused", 0),)


def test_the_standing_suppression_is_the_last_one(store: Store) -> None:
    until = NOW + timedelta(days=15)
    store.record_batch(
        [record(1, suppressions=(change(state="quarantined", until=until),))], progress(1), NOW
    )
    assert store.histories(["user@example.com"])["user@example.com"].suppression == Suppression(
        "quarantined", "mailbox_not_found", NOW, until, source="sha256:1"
    )
    assert store.overview(NOW).suppressed == 1
    assert store.overview(until).suppressed == 0  # it ran out
    store.record_batch([record(2, suppressions=(change("USER@example.com"),))], progress(2), NOW)
    assert store.histories(["user@example.com"])["user@example.com"].suppression == Suppression(
        "suppressed", "mailbox_not_found", NOW, None, source="sha256:1"
    )
    assert store.overview(until).suppressed == 1


def test_unfiled_mail_is_counted(store: Store) -> None:
    store.mark_mailbox("bounces", ok=True, now=NOW)
    store.record_batch([record(1), record(2, target=None)], progress(2), NOW)
    assert store.overview(NOW).mailboxes[0].unfiled == 1
