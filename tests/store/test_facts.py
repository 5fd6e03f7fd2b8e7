"""Facts of a message that is met again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.decide.test_corrected import CASES
from tests.store.samples import NOW, fact, progress, record
from watcher.decide.history import Fact
from watcher.model import Authenticity, Level
from watcher.store import Store, histories
from watcher.store.facts import add_facts
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


FLOOD = histories.MOST_FACTS + 50
DOMAIN = "@example.com"


def write(store: Store, *facts: Fact) -> None:
    with store._database.transaction() as sql:
        for each in facts:
            add_facts(sql, each.fingerprint, [each])


def test_a_flood_of_what_may_be_forged_pushes_out_nothing_that_is_proven(store: Store) -> None:
    proven = [replace(fact(n, received=NOW - timedelta(days=n)), level=Level.STRONG) for n in (2, 1)]
    forged = [fact(100 + n, received=NOW + timedelta(seconds=n)) for n in range(FLOOD)]
    write(store, *proven, *forged)
    kept = store.histories([KEY])[KEY].facts
    assert list(kept[:2]) == proven
    assert list(kept[2:]) == forged[50:]


def test_nor_of_a_domain(store: Store) -> None:
    def of_domain(number: int, level: Level, *, proof: bool) -> Fact:
        found = fact(number, received=NOW + timedelta(seconds=number))
        return replace(found, level=level, proof=proof, domain="example.com", reason="domain_not_found")

    proven = [of_domain(n, Level.VERIFIED, proof=n == 1) for n in range(2)]
    forged = [of_domain(100 + n, Level.PLAUSIBLE, proof=n % 2 == 0) for n in range(2 * FLOOD)]
    write(store, *proven, *forged)
    kept = store.histories([DOMAIN])[DOMAIN].facts
    assert list(kept[:2]) == proven
    assert len(kept) == 2 + histories.MOST_FACTS + histories.MOST_PROOFS


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (histories._OF_ADDRESS, "facts_proven "),
        (histories._OF_DOMAIN, "facts_proven_of_domain "),
        (histories._PROOFS_OF_DOMAIN, "facts_proven_of_domain "),
    ],
)
def test_what_is_proven_is_found_by_an_index_of_its_own(store: Store, query: str, index: str) -> None:
    with store._database.reading() as sql:
        asked = f"EXPLAIN QUERY PLAN {query.format(proven=histories._PROVEN)}"
        plan = " ".join(row["detail"] for row in sql.execute(asked, {"key": "x", "limit": 1}))
    assert f"USING INDEX {index}" in plan
