"""A profile changes class, event and folder, and nothing else."""

import pytest

from tests.decide.samples import HARD, policy, refused, types
from tests.decide.test_escalation import after, days, state
from watcher.escalation import Step, parse_escalation
from watcher.model import BounceClass, Kind, Level
from watcher.rules import reasons


SOFTER = [row for row in reasons() if row.kind is Kind.BOUNCE and row.bounce_class is not BounceClass.HARD]


@pytest.mark.parametrize("row", SOFTER, ids=lambda row: row.name)
def test_what_a_profile_alone_calls_hard_escalates_as_its_reason_does(row) -> None:
    asked = policy()
    assert asked.escalation(row.name, HARD) == asked.escalation(row.name, row.bounce_class)
    assert asked.escalation(row.name, HARD) == parse_escalation(row.escalation)
    decision = after([(refused(row.name, HARD, level=Level.VERIFIED), 0)])
    assert state(decision) in {None, "watch"}
    assert types(decision) == ["bounce.hard"]


def test_full_mailboxes_that_a_profile_calls_hard_still_add_up() -> None:
    assert state(after(days("mailbox_full", 0, 1, 3, bounce_class=HARD))) == "suppressed"


def test_what_is_hard_by_nature_is_at_once() -> None:
    for row in reasons():
        if row.bounce_class is BounceClass.HARD:
            assert policy().escalation(row.name, HARD).step is Step.AT_ONCE
