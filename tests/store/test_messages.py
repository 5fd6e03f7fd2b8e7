"""A batch is written whole or not at all, and what is still to be done with each message is remembered."""

import threading
from dataclasses import replace

import pytest

from tests.store.samples import NOW, change, event, fact, progress, record
from watcher.errors import StoreError
from watcher.model import Authenticity, Kind, Level
from watcher.store import Store
from watcher.store.records import MessageKey


def test_a_batch_sets_the_progress(store: Store) -> None:
    assert store.progress("bounces", "INBOX") is None
    store.record_batch([record(1), record(3)], progress(5), NOW)
    assert store.progress("bounces", "INBOX") == (7, 5)
    assert store.progress("other", "INBOX") is None


def test_what_is_to_be_filed_is_asked_for_oldest_first(store: Store) -> None:
    store.record_batch([record(3), record(1, target="delete"), record(2, target=None)], progress(3), NOW)
    moves = store.wanted_moves("bounces", "INBOX", 7)
    assert [(move.key.uid, move.target) for move in moves] == [(1, "delete"), (3, "Bounces/Hard")]
    store.mark_moved([moves[0].id], NOW)
    assert [move.key.uid for move in store.wanted_moves("bounces", "INBOX", 7)] == [3]


def test_a_message_fetched_again_is_filed_again_and_not_notified_again(store: Store) -> None:
    store.record_batch([record(1)], progress(1), NOW)
    store.mark_moved([move.id for move in store.wanted_moves("bounces", "INBOX", 7)], NOW)
    store.record_batch([record(1, target="Review")], progress(1), NOW)
    assert [move.target for move in store.wanted_moves("bounces", "INBOX", 7)] == ["Review"]
    assert store.waiting() == {"app": 1}


def test_the_same_message_under_another_uid_is_filed_and_not_notified_again(store: Store) -> None:
    store.record_batch([record(1)], progress(1), NOW)
    store.record_batch([record(1, uidvalidity=8)], progress(1, uidvalidity=8), NOW)
    store.record_batch([record(9, fingerprint=1, mailbox="second")], progress(9, mailbox="second"), NOW)
    assert len(store.wanted_moves("bounces", "INBOX", 8)) == 1
    assert len(store.wanted_moves("second", "INBOX", 7)) == 1
    assert store.waiting() == {"app": 1}
    assert store.histories(["user@example.com"])["user@example.com"].hard == 1


def test_moves_of_an_epoch_that_is_gone_are_given_up(store: Store) -> None:
    store.record_batch([record(1), record(2, target=None)], progress(2), NOW)
    assert store.abandon_moves("bounces", "INBOX") == 1
    assert store.wanted_moves("bounces", "INBOX", 7) == []


def test_what_is_recorded_and_may_be_in_the_folder_yet(store: Store) -> None:
    store.record_batch([record(1), record(2, target=None), record(3), record(4)], progress(0), NOW)
    store.mark_moved([move.id for move in store.wanted_moves("bounces", "INBOX", 7, 3, 3)], NOW)
    assert store.unfiled_uids("bounces", "INBOX", 7, 0) == {1, 2, 4}
    assert store.unfiled_uids("bounces", "INBOX", 7, 1) == {2, 4}
    assert store.unfiled_uids("bounces", "INBOX", 8, 0) == set()
    assert store.highest_uid("bounces", "INBOX", 7) == 4
    assert store.highest_uid("bounces", "INBOX", 8) == 0


def test_uids_that_are_given_once_more_are_not_taken_for_recorded(store: Store) -> None:
    store.record_batch([record(1), record(2, target=None), record(3, target=None)], progress(3), NOW)
    store.abandon_moves("bounces", "INBOX")
    assert store.unfiled_uids("bounces", "INBOX", 7, 0) == set()
    store.record_batch([record(2, target=None)], progress(3), NOW)
    assert store.unfiled_uids("bounces", "INBOX", 7, 0) == {2}


def test_a_batch_that_fails_leaves_nothing(store: Store) -> None:
    broken = replace(record(2), report_json=None)  # type: ignore[arg-type]  # the column refuses it
    with pytest.raises(StoreError):
        store.record_batch([record(1), broken], progress(2), NOW, results=True)
    assert store.progress("bounces", "INBOX") is None
    assert store.wanted_moves("bounces", "INBOX", 7) == []
    assert store.next_due() is None
    assert store.pending_results(9) == []


def test_a_transaction_joins_calls(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.record_batch([record(1)], progress(1), NOW)
            store.queue_events([event(5)], NOW)
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert store.progress("bounces", "INBOX") is None
    assert store.waiting() == {}


def test_already_recorded(store: Store) -> None:
    store.record_batch([record(1)], progress(1), NOW)
    known, unknown = MessageKey("bounces", "INBOX", 7, 1), MessageKey("bounces", "INBOX", 8, 1)
    assert store.already_recorded([known, unknown]) == {known}


def test_results_wait_until_they_are_marked(store: Store) -> None:
    store.record_batch([record(1), record(2)], progress(2), NOW, results=True)
    store.record_batch([record(3)], progress(3), NOW)
    pending = store.pending_results(10)
    assert [entry.report_json for entry in pending] == ['{"uid":1}', '{"uid":2}']
    store.mark_results([pending[0].id])
    assert [entry.report_json for entry in store.pending_results(10)] == ['{"uid":2}']


def test_a_message_read_anew_corrects_its_facts_at_the_time_it_first_came(store: Store) -> None:
    other = replace(fact(1), place=1, address="other@example.com")
    store.record_batch([record(1, facts=(fact(1), other))], progress(1), NOW)
    later = replace(fact(1, address="new@example.com"), received=NOW.replace(year=2027))
    store.record_batch([record(1, facts=(later,))], progress(1), NOW)
    found = store.histories(["user@example.com", "other@example.com", "new@example.com"])
    assert {key: len(history.facts) for key, history in found.items()} == {
        "user@example.com": 0, "other@example.com": 0, "new@example.com": 1,
    }  # fmt: skip
    assert found["new@example.com"].first_seen == NOW


def test_a_message_that_stands_twice_in_a_batch_corrects_itself(store: Store) -> None:
    sure = replace(fact(1), level=Level.VERIFIED, reason="mailbox_disabled")
    record_1, record_2 = record(1, facts=(sure,)), record(2, fingerprint=1, facts=(fact(1),))
    surely = replace(record_1, report=replace(record_1.report, authenticity=Authenticity(Level.VERIFIED)))
    store.record_batch([record(3), surely, record_2, record(4)], progress(4), NOW)
    facts = store.histories(["user@example.com"])["user@example.com"].facts
    assert {each.fingerprint: each.reason for each in facts} == {
        "sha256:1": "mailbox_disabled", "sha256:3": "mailbox_not_found", "sha256:4": "mailbox_not_found",
    }  # fmt: skip


def test_an_address_may_go_on_and_off_the_list_within_a_batch(store: Store) -> None:
    other = change("other@example.com")
    steps = [change(), replace(change(state="active"), before="suppressed"), change(state="quarantined")]
    records = [record(uid, suppressions=(step, other)) for uid, step in enumerate(steps, 1)]
    store.record_batch(records, progress(3), NOW)
    standing = store.histories(["user@example.com", "other@example.com"])
    states = {key: history.suppression and history.suppression.state for key, history in standing.items()}
    assert states == {"user@example.com": "quarantined", "other@example.com": "suppressed"}
    logged = [each.after for each in store.suppression_log("user@example.com")]
    assert logged == ["suppressed", "active", "quarantined"]
    store.record_batch([record(4, suppressions=(steps[1],))], progress(4), NOW)
    assert store.histories(["user@example.com"])["user@example.com"].suppression is None


def test_histories_of_many_addresses_are_those_of_each(store: Store) -> None:
    names = [f"user{number}@example.com" for number in range(1_200)]
    facts = [fact(number, name) for number, name in enumerate(names) if number % 3 == 0]
    store.record_batch(
        [record(uid, facts=(said,)) for uid, said in enumerate(facts, 1)], progress(len(facts)), NOW
    )
    found = store.histories([*names, "@example.com", "odd", "odd"])
    assert {key for key, history in found.items() if history.facts} == set(names[::3])
    assert len(found) == len(names) + 2


def test_histories_are_found_in_any_spelling(store: Store) -> None:
    store.record_batch([record(1, facts=(fact(1, "User@bücher.example"),))], progress(1), NOW)
    found = store.histories(["user@BÜCHER.example"])
    assert found["user@xn--bcher-kva.example"].facts == (fact(1, "User@bücher.example"),)


def test_threads_share_a_store(store: Store) -> None:
    def write(mailbox: str) -> None:
        for uid in range(1, 21):
            store.record_batch(
                [record(uid, mailbox=mailbox, events=(event(uid, endpoint=mailbox),))],
                progress(uid, mailbox=mailbox),
                NOW,
            )

    threads = [threading.Thread(target=write, args=(f"box{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.waiting() == {f"box{number}": 20 for number in range(4)}


def test_review_is_queued_once_a_message(store: Store) -> None:
    store.record_batch([record(1, review="low_confidence"), record(2, review=None)], progress(2), NOW)
    store.record_batch([record(1, uidvalidity=8, review="low_confidence")], progress(1, uidvalidity=8), NOW)
    assert store.overview(NOW).review == 1


def test_kinds_are_counted(store: Store) -> None:
    old = NOW.replace(day=20)
    store.record_batch([record(1), record(2, kind=Kind.ORDINARY), record(3)], progress(3), NOW)
    store.record_batch([record(4, kind=Kind.DELAY)], progress(4), old)
    overview = store.overview(NOW)
    assert overview.today == (("bounce", 2), ("ordinary", 1))
    assert overview.week == (("bounce", 2), ("delay", 1), ("ordinary", 1))
