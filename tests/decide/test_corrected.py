"""The same message met again, read otherwise than before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.samples import NOW, fact
from watcher.decide.history import Fact, History, corrected
from watcher.model import Level


SURE = replace(fact(1), level=Level.VERIFIED)
LIKELY = replace(fact(1), level=Level.PLAUSIBLE)
HELD = replace(fact(1), level=Level.PLAUSIBLE, held=True)
SAID = replace(fact(1), level=Level.STRONG, word=True)
DISMISSED = replace(SAID, held=True)

CASES = [
    # Each case: what it shows, what is known, what is read, what is known then.
    ("less sure corrects nothing", SURE, replace(LIKELY, reason="mailbox_full"), SURE),
    ("nor does it wait again", SURE, HELD, SURE),
    ("what counted counts, at the same level too", LIKELY, HELD, LIKELY),
    ("surer corrects", LIKELY, replace(SURE, reason="mailbox_full"), replace(SURE, reason="mailbox_full")),
    ("surer waits for nobody again", LIKELY, replace(SURE, held=True), SURE),
    ("what waited may count", HELD, SURE, SURE),
    ("what waited may wait on", HELD, HELD, HELD),
    ("a person takes it back", SURE, DISMISSED, DISMISSED),
    ("a person's word stands", DISMISSED, SURE, DISMISSED),
    ("until the next", DISMISSED, SAID, SAID),
]


@pytest.mark.parametrize(
    ("known", "read", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_message_met_again(known: Fact, read: Fact, expected: Fact) -> None:
    assert corrected(known, read) == expected
    history = History((known,))
    assert history.having(read).facts == (expected,)
    assert history.says(read) is (expected == known and not read.word)


def test_it_is_dated_when_it_first_came() -> None:
    earlier = NOW - timedelta(days=1)
    assert corrected(SURE, replace(LIKELY, received=earlier)) == replace(SURE, received=earlier)
