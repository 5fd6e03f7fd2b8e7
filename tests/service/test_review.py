"""A person's word sends what was held back, once; it counts as proven, and no reading anew changes it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.service.reviewed import LEFT, NOW, bounce, config_of, meet
from watcher.decide.history import History
from watcher.decide.word import Word
from watcher.errors import AbsentError, RuleError, UsageError
from watcher.model import BounceClass
from watcher.rules import load_rules, reasons
from watcher.rules.teaching import Lesson, find_phrase, sample_of, teach
from watcher.service.policy import policy_of
from watcher.service.review import Bench
from watcher.store import Store


LATER = NOW + timedelta(days=3)
USER, OTHER = "user@example.com", "other@example.com"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state.db") as opened:
        yield opened


@pytest.fixture
def bench(store: Store, tmp_path: Path) -> Bench:
    config = config_of(tmp_path / "state.db", review_below=0.9)
    meet(store, config, bounce(USER, OTHER))
    return Bench(store, policy_of(config, reasons()), reasons(), config.webhooks)


def history(store: Store, address: str = USER) -> History:
    return store.histories([address])[address]


def state(store: Store, address: str = USER) -> str | None:
    found = history(store, address).suppression
    return None if found is None else found.state


def told(store: Store) -> list[str]:
    taken = store.take_due(NOW + timedelta(days=30), 100, timedelta(seconds=1))
    return sorted(f"{row.type}" for row in taken)


def test_what_waits_is_listed_and_counts_for_nothing(store: Store, bench: Bench) -> None:
    (item,) = store.reviews()
    assert (item.reason, item.kind, item.mailbox, item.folder) == (
        "low_confidence",
        "bounce",
        "bounces",
        "INBOX",
    )
    assert told(store) == ["review.needed", "review.needed"]
    assert state(store) is None


def test_a_word_sends_what_was_held_back(store: Store, bench: Bench) -> None:
    told(store)
    outcome = bench.hear(1, Word("mailbox_not_found", who="ann"), LATER)
    assert (outcome.done, outcome.known) == (True, False)
    assert sorted(outcome.events) == ["bounce.hard"] * 2 + ["suppression.added"] * 2
    assert state(store) == state(store, OTHER) == "suppressed"
    known = history(store)
    assert (known.hard, known.facts[0].word, known.facts[0].received) == (1, True, NOW)
    assert store.reviews() == []
    assert store.reviews(resolved=True)[0].who == "ann"


def test_the_same_word_again_changes_nothing_and_another_is_refused(store: Store, bench: Bench) -> None:
    bench.hear(1, Word("mailbox_full", who="ann"), LATER)
    before = store.waiting()
    assert bench.hear(1, Word("mailbox_full", who="bob"), LATER).known
    assert store.waiting() == before
    with pytest.raises(
        UsageError, match=r"1: ann said 'mailbox_full' at 2026-11-25T.*; add --again to overrule"
    ):
        bench.hear(1, Word("dismiss", who="bob"), LATER)
    assert bench.hear(1, Word("mailbox_not_found", who="bob"), LATER, again=True).events
    assert state(store) == "suppressed"


def test_one_of_several_is_spoken_of_and_the_others_wait(store: Store, bench: Bench) -> None:
    outcome = bench.hear(1, Word("mailbox_not_found", USER), LATER)
    assert (outcome.done, sorted(outcome.events)) == (False, ["bounce.hard", "suppression.added"])
    assert (state(store), state(store, OTHER)) == ("suppressed", None)
    assert len(store.reviews()) == 1
    assert history(store, OTHER).facts[0].held
    assert bench.hear(1, Word("mailbox_full", OTHER), LATER).done
    assert (state(store), state(store, OTHER)) == ("suppressed", "watch")
    assert store.reviews() == []


def test_what_is_confirmed_is_as_it_was_read(store: Store, bench: Bench) -> None:
    read = history(store).facts[0]
    outcome = bench.hear(1, Word("confirm"), LATER)
    assert outcome.events == (f"bounce.{read.bounce_class}",) * 2
    now = history(store).facts[0]
    assert (now.reason, now.held, now.word) == (read.reason, False, True)


def test_what_is_dismissed_is_told_to_nobody(store: Store, bench: Bench) -> None:
    told(store)
    assert bench.hear(1, Word("dismiss"), LATER).events == ()
    assert (store.reviews(), state(store)) == ([], None)


def test_reading_it_anew_does_not_change_a_word(store: Store, bench: Bench, tmp_path: Path) -> None:
    bench.hear(1, Word("dismiss"), LATER)
    path = tmp_path / "own.toml"
    lesson = Lesson(
        "own.jam", "mailbox_not_found", "frobnicator of this box", "x", "554 the frobnicator of this box"
    )
    teach(path, lesson)
    config = config_of(tmp_path / "state.db").model_copy(update={"rules": (str(path),)})
    told(store)
    meet(store, config, bounce(USER, OTHER), first=2)  # now it reads as hard
    assert told(store) == []
    assert (state(store), store.reviews()) == (None, [])
    meet(store, config, bounce(USER, number=3), first=3)
    assert state(store) == "quarantined"


def test_nobody_is_named_until_a_person_does(store: Store, tmp_path: Path) -> None:
    config = config_of(tmp_path / "state.db")
    meet(store, config, b"\r\n")
    bench = Bench(store, policy_of(config, reasons()), reasons(), config.webhooks)
    assert store.reviews()[0].reason == "unreadable"
    with pytest.raises(UsageError, match="1: it names nobody; say who it is about: --recipient ADDRESS"):
        bench.hear(1, Word("mailbox_not_found"), LATER)
    assert bench.hear(1, Word("mailbox_not_found", USER), LATER).events == (
        "bounce.hard",
        "suppression.added",
    )
    assert state(store) == "suppressed"


def test_who_left_is_told_and_waits_for_a_word(store: Store, tmp_path: Path) -> None:
    config = config_of(tmp_path / "state.db")
    meet(store, config, LEFT.replace("\n", "\r\n").encode())
    assert store.reviews()[0].reason == "person_left"
    assert told(store) == ["auto_reply.received"]
    bench = Bench(store, policy_of(config, reasons()), reasons(), config.webhooks)
    outcome = bench.hear(1, Word("mailbox_moved", "ann@example.com"), LATER)
    assert outcome.events == ("bounce.hard", "suppression.added")


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        (Word("mailbox_ful"), "mailbox_ful: no such reason"),
        (
            Word("mailbox_full", "stranger@example.com"),
            "stranger@example.com: not a recipient of this message",
        ),
    ],
)
def test_a_word_that_cannot_be_carried_out_changes_nothing(
    store: Store, bench: Bench, word: Word, fault: str
) -> None:
    with pytest.raises(UsageError, match=fault):
        bench.hear(1, word, LATER)
    with pytest.raises(AbsentError, match="7: no such item"):
        bench.hear(7, word, LATER)
    assert len(store.reviews()) == 1


REPLIES = [
    ("554 the frobnicator of this box is jammed", "the frobnicator of this box is jammed"),
    ("550 5.7.1 <user@example.com>: went fishing at mx.example.com (in reply to RCPT)", "went fishing at"),
    (
        "554 5.0.0 Delivery error: dd This account has been put to sleep. 4aBc12",
        "account has been put to sleep",
    ),
    ("550 5.1.1", None),
    ("", None),
    ("550 no", None),
]


@pytest.mark.parametrize(("reply", "phrase"), REPLIES)
def test_the_words_that_say_most(reply: str, phrase: str | None) -> None:
    found = find_phrase(reply)
    assert (found is None) == (phrase is None)
    assert phrase is None or phrase in (found or "")


def test_a_rule_is_written_with_its_sample_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    reply = '554 Ann.Berg@example.com: the "frobnicator" \\ of\x1b[1m this box\r\n is jammed'
    sample = sample_of(reply, "ann.berg@example.com")
    assert "Ann" not in sample
    lesson = Lesson("own.jam", "mailbox_disabled", "this box is jammed", "mx.example.com", sample)
    assert teach(path, lesson)
    written = path.read_text()
    assert not teach(path, lesson)  # it is there already
    assert teach(path, Lesson("own.nap", "mailbox_full", "box takes a nap", "x", "552 box takes a nap"))
    assert path.read_text().startswith(written.rstrip())
    assert "own.jam" in {row.id for row in load_rules([path]).phrases.rows}
    kept = path.read_text()
    for bad, fault in [
        (
            Lesson("own.wide", "mailbox_not_found", "over quota", "x", "552 over quota"),
            "is found in .* too, which is",
        ),
        (
            Lesson("own.lost", "mailbox_full", "box is asleep", "x", "552 something else"),
            "is not found by it",
        ),
        (Lesson("own.what", "mailbox_ful", "box is asleep", "x", "552 box is asleep"), "mailbox_ful"),
    ]:
        with pytest.raises(RuleError, match=fault):
            teach(path, bad)
        assert path.read_text() == kept
    assert [each.name for each in tmp_path.iterdir()] == ["own.toml"]


def test_the_class_of_a_word_is_that_of_its_reason(store: Store, bench: Bench) -> None:
    bench.hear(1, Word("spam_rejected"), LATER)
    assert history(store).facts[0].bounce_class is BounceClass.BLOCK


@pytest.mark.parametrize(
    ("reply", "address", "sample"),
    [
        ("550 User d.lund not found", "d.lund@example.org", "550 User user not found"),
        (
            "550 <D.Lund@Example.org>: no d.lund here",
            "d.lund@example.org",
            "550 <user@example.com>: no user here",
        ),
        ("550 xd.lundy is not d.lund", "d.lund@example.org", "550 xd.lundy is not user"),
        ("550 mailbox full", "mailbox@example.org", "550 mailbox full"),
    ],
)
def test_a_sample_names_nobody(reply: str, address: str, sample: str) -> None:
    assert sample_of(reply, address) == sample
