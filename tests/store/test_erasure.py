"""An erased address leaves no trace in the file but a keyed hash, by which it is still not mailed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.service.reviewed import NOW, bounce, config_of, meet
from watcher.decide.history import Act, Verb
from watcher.decide.word import Word
from watcher.rules import reasons
from watcher.service.listing import Keeper
from watcher.service.policy import policy_of
from watcher.service.releases import release_lapsed
from watcher.service.review import Bench
from watcher.service.review_answers import item_to_dict, item_to_row, words_of
from watcher.store import Store
from watcher.store.delivery_records import OutboxRow


USER, OTHER = "Erase_Me@example.com", "other@example.com"
KEY = bytes(range(32))
LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "state.db")
    # Read as hard, told and filed; one of them waits for a person.
    config = config_of(tmp_path / "state.db")
    meet(opened, config, bounce(USER, words="550 5.1.1 user unknown"), bounce(USER, OTHER, number=2))
    yield opened
    opened.close()


def keeper(store: Store, tmp_path: Path) -> Keeper:
    return Keeper(store, policy_of(config_of(tmp_path / "state.db"), reasons()))


def deliver_all(store: Store) -> None:
    for row in store.take_due(LATER, 1000, timedelta(minutes=1)):
        store.mark_delivered(row.id, LATER)


def blocked(store: Store, address: str, *, days: int = 1) -> bool:
    ((_, found),) = store.check([address], NOW + timedelta(days=days))
    return found is not None and found.blocks


def test_nothing_of_it_is_left_in_the_file(store: Store, tmp_path: Path) -> None:
    deliver_all(store)
    assert blocked(store, USER)
    traces = (tmp_path / "state.db").read_bytes() + (tmp_path / "state.db-wal").read_bytes()
    assert USER.encode() in traces
    gone = store.erase(USER, KEY)
    assert (gone.facts, gone.messages >= 2, gone.events > 0, gone.still_due, gone.suppressed) == (
        2, True, True, 0, True,
    )  # fmt: skip
    store.close()
    for path in tmp_path.iterdir():
        assert b"erase_me" not in path.read_bytes().lower(), path.name
    with Store.open(tmp_path / "state.db") as again:
        assert blocked(again, "erase_me@EXAMPLE.com")
        assert not blocked(again, "somebody@example.com")
        assert len(again.histories([OTHER])[OTHER].facts) == 1
        assert again.histories([USER])["erase_me@example.com"].facts == ()


def test_neither_its_place_in_an_order_nor_an_answer_that_quotes_it_is_left(
    store: Store, tmp_path: Path
) -> None:
    body = f'{{"to":"{USER}"}}'.encode()
    queued = [
        OutboxRow(f"e{number}", "app", "bounce.hard", body, NOW, order_key=USER.lower()) for number in (1, 2)
    ]
    queued.append(OutboxRow("e3", "app", "bounce.hard", b"{}", NOW))
    store.queue_events(queued, NOW)
    for _ in queued:
        for row in store.take_due(LATER, 1000, timedelta(minutes=1)):
            if row.event_id == "e3":  # about somebody else, and to be tried again
                store.mark_retry(row.id, LATER + timedelta(days=9), f"answered 400 — and {USER}", LATER)
            else:
                store.mark_dead(row.id, f"answered 400 — who is {USER}?", LATER)
    assert store.erase(USER, KEY).still_due == 0
    store.close()
    for path in tmp_path.iterdir():
        assert b"erase_me" not in path.read_bytes().lower(), path.name


def test_what_waits_for_others_still_waits_without_it(store: Store, tmp_path: Path) -> None:
    (before,) = store.reviews(resolved=False, limit=9)
    store.erase(USER, KEY)
    (item,) = store.reviews(resolved=False, limit=9)
    assert (item.number, item_to_row(item)["recipients"]) == (before.number, OTHER)
    assert USER.lower() not in json.dumps(item_to_dict(item)).lower()
    words, about, _ = words_of(item, OTHER)
    assert (words, about) == ("554 the frobnicator of this box is jammed", OTHER)
    config = config_of(tmp_path / "state.db")
    bench = Bench(store, policy_of(config, reasons()), reasons(), config.webhooks)
    outcome = bench.hear(item.number, Word("mailbox_not_found"), LATER)
    assert (outcome.events, outcome.suppressions) == (
        ("bounce.hard", "suppression.added"), ((OTHER, "suppressed"),),
    )  # fmt: skip
    assert outcome.done
    assert store.reviews(resolved=False, limit=9) == []


def test_what_waits_for_nobody_else_is_gone(store: Store) -> None:
    store.erase(OTHER, KEY)
    store.erase(USER, KEY)
    assert store.reviews(resolved=False, limit=9) == []
    assert {json.loads(row["report"]).get("erased") for name, row in store.dump() if name == "messages"} == {
        True
    }


def test_words_on_the_others_stay_said(store: Store, tmp_path: Path) -> None:
    third = "third@example.com"
    config = config_of(tmp_path / "state.db", review_below=0.9)
    meet(store, config, bounce(USER, OTHER, third, number=3), first=3)
    (item,) = (each for each in store.reviews(resolved=False, limit=9) if third in each.report_json)
    bench = Bench(store, policy_of(config, reasons()), reasons(), config.webhooks)
    for address in (USER, OTHER):
        bench.hear(item.number, Word("mailbox_full", address, "ann"), LATER)
    store.erase(USER, KEY)
    again = store.review(item.number)
    assert again is not None
    assert [each["recipient"] for each in json.loads(again.resolution or "")] == [OTHER]
    assert bench.hear(item.number, Word("confirm", third, "ann"), LATER).done


def test_what_is_still_to_be_delivered_is_said_and_sent(store: Store) -> None:
    assert store.erase(USER, KEY).still_due > 0
    assert all(row.body for row in store.take_due(LATER, 1000, timedelta(minutes=1)))


def test_what_was_sent_meanwhile_is_found_by_any_spelling_of_the_domain(store: Store, tmp_path: Path) -> None:
    written, shown = "erase_me@xn--mnchen-3ya.example", "Erase_Me@m\u00fcnchen.example"
    meet(
        store,
        config_of(tmp_path / "state.db"),
        bounce(shown, number=3, words="550 5.1.1 user unknown"),
        first=3,
    )
    assert store.erase(shown, KEY).still_due > 0
    for row in store.take_due(LATER + timedelta(days=9), 1000, timedelta(minutes=1)):
        store.mark_delivered(row.id, LATER)
    assert store.erase(written, KEY).events > 0
    assert store.erase(shown, KEY).events == 0


def test_a_release_takes_the_hash_away(store: Store, tmp_path: Path) -> None:
    store.erase(USER, KEY)
    release = Act(USER, Verb.RELEASE, "manual", "manual", "manual", "ann", LATER)
    assert keeper(store, tmp_path).act(release, LATER) is not None
    assert not blocked(store, USER)


def test_the_hash_ends_with_its_time_and_tells_nobody(store: Store, tmp_path: Path) -> None:
    store.erase(USER, KEY)
    assert not blocked(store, USER, days=16)  # it was in quarantine
    waiting = store.waiting()
    policy = policy_of(config_of(tmp_path / "state.db"), reasons())
    release_lapsed(store, config_of(tmp_path / "state.db").webhooks, policy, NOW + timedelta(days=30))
    assert store.waiting() == waiting
    assert store.lapsed(NOW + timedelta(days=30), 10) == []


def test_who_was_never_on_the_list_leaves_no_hash(store: Store) -> None:
    assert not store.erase("stranger@example.com", KEY).suppressed


LONGER = (
    "jim.erase_me@example.com",
    "jim-erase_me@example.com",
    "jimerase_me@example.com",
    "erase_me@example.com.au",
)


@pytest.mark.parametrize("longer", LONGER)
def test_of_a_longer_address_nothing_is_taken(longer: str, tmp_path: Path) -> None:
    """What it waits for, and the result that is yet to be written, are of somebody else."""
    with Store.open(tmp_path / "own.db") as store:
        meet(store, config_of(tmp_path / "own.db"), bounce(longer))
        deliver_all(store)
        before = list(store.dump())
        gone = store.erase(USER, KEY)
        assert (gone.facts, gone.messages, gone.events, gone.still_due) == (0, 0, 0, 0)
        assert list(store.dump()) == before


@pytest.mark.parametrize(
    "words",
    ["<{}>", "rfc822;{}", "to={}", "x\t{}", "x %20{}", "x {}.Gone", "x {}, gone", "{}", "JIM.{0} {0}"],
)
def test_an_address_is_found_wherever_it_is_named(words: str, tmp_path: Path) -> None:
    with Store.open(tmp_path / "own.db") as store:
        meet(store, config_of(tmp_path / "own.db"), bounce(OTHER, words=f"no {words.format(USER)}"))
        assert store.erase(USER, KEY).messages == 1


def test_an_export_holds_every_row_and_no_secret(store: Store) -> None:
    store.erase(OTHER, KEY)
    rows = list(store.dump())
    tables = {table for table, _ in rows}
    assert {"messages", "facts", "outbox", "suppressions", "schema_version"} <= tables
    assert "store_keys" not in tables
    assert KEY.hex() not in json.dumps(rows)
    assert sum(table == "messages" for table, _ in rows) == 2
