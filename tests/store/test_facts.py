"""Facts of a message that is met again."""

from dataclasses import replace

import pytest

from tests.decide.test_corrected import CASES
from tests.store.samples import NOW, fact, progress, record
from watcher.decide.history import Fact
from watcher.model import Authenticity, Level
from watcher.store import Store
from watcher.store.records import MessageRecord


KEY = "user@example.com"


def of(uid: int, *facts: Fact, level: Level) -> MessageRecord:
    entry = record(uid, fingerprint=1, facts=facts, events=())
    return replace(entry, report=replace(entry.report, authenticity=Authenticity(level)))


@pytest.mark.parametrize(
    ("known", "read", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_store_keeps_what_the_history_keeps(
    store: Store, known: Fact, read: Fact, expected: Fact
) -> None:
    for uid, each in enumerate((known, read), 1):
        store.record_batch([of(uid, each, level=each.level)], progress(uid), NOW)
    assert store.histories([KEY])[KEY].facts == (expected,)


@pytest.mark.parametrize(
    ("level", "kept"), [(Level.UNVERIFIED, 1), (Level.PLAUSIBLE, 0), (Level.VERIFIED, 0)]
)
def test_a_reading_that_names_nobody_takes_back_only_what_is_no_surer(
    store: Store, level: Level, kept: int
) -> None:
    store.record_batch([of(1, fact(1), level=Level.PLAUSIBLE)], progress(1), NOW)
    store.record_batch([of(2, level=level)], progress(2), NOW)
    assert len(store.histories([KEY])[KEY].facts) == kept
