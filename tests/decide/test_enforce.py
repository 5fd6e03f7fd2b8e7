"""Where only proven reports count, what is not proven is told to nobody as true, and changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from watcher.decide.decision import Arrival, Decision, decide
from watcher.decide.policy import Policy
from watcher.model import (
    Action,
    Authenticity,
    BounceClass,
    Kind,
    Level,
    MessageFacts,
    Recipient,
    Report,
)


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)
ENFORCE = Policy(enforce=True)
FAILED = Recipient("user@example.com", action=Action.FAILED, bounce_class=BounceClass.HARD, confidence=0.99,
                   reason="mailbox_not_found", advice="suppress")  # fmt: skip
BOUNCE = Report(Kind.BOUNCE, MessageFacts("sha256:1"), confidence=0.99, recipients=(FAILED,))
PERSON = Recipient("user@example.com", confidence=0.99)


def at(level: Level, report: Report = BOUNCE, policy: Policy = ENFORCE) -> Decision:
    return decide(
        replace(report, authenticity=Authenticity(level)), {}, policy, Arrival("box", "-", NOW, NOW)
    )


@pytest.mark.parametrize("level", [Level.PLAUSIBLE, Level.UNVERIFIED])
def test_what_is_not_proven_waits_for_a_person(level: Level) -> None:
    made = at(level)
    assert [event.type for event in made.events] == ["review.needed"]
    assert (made.filing, made.review, made.suppressions) == ("review", "unproven", ())
    history = made.histories["user@example.com"]
    assert (history.hard, history.first_seen, history.last_seen) == (0, None, None)


@pytest.mark.parametrize("level", [Level.VERIFIED, Level.STRONG])
def test_what_is_proven_suppresses_at_once(level: Level) -> None:
    made = at(level)
    assert [event.type for event in made.events] == ["bounce.hard", "suppression.added"]
    assert (made.filing, made.review) == ("bounce.hard", None)


@pytest.mark.parametrize("policy", [ENFORCE, Policy()])
def test_what_is_contradicted_is_rejected_in_both_modes(policy: Policy) -> None:
    made = at(Level.CONTRADICTED, policy=policy)
    assert [event.type for event in made.events] == ["authenticity.rejected"]
    assert (made.filing, made.review, made.suppressions) == ("suspicious", None, ())


OTHERS = [
    (Kind.DELAY, Recipient("user@example.com", action=Action.DELAYED, confidence=0.99)),
    (Kind.DELIVERY, Recipient("user@example.com", action=Action.DELIVERED, confidence=0.99)),
    (Kind.AUTO_REPLY, PERSON),
    (Kind.CHALLENGE, PERSON),
    (Kind.COMPLAINT, PERSON),
    (Kind.RECEIPT, PERSON),
    (Kind.REQUEST, None),
]


@pytest.mark.parametrize(("kind", "recipient"), OTHERS, ids=[kind for kind, _ in OTHERS])
def test_the_same_holds_for_all_that_is_told_of_an_address(kind: Kind, recipient: Recipient | None) -> None:
    people = () if recipient is None else (recipient,)
    report = Report(kind, MessageFacts("sha256:1"), confidence=0.99, recipients=people)
    made = at(
        Level.PLAUSIBLE, replace(report, reason="unsubscribe_request" if kind is Kind.REQUEST else None)
    )
    assert [event.type for event in made.events] == ["review.needed"]
    assert made.review == "unproven"


@pytest.mark.parametrize("kind", [Kind.ORDINARY, Kind.NOTICE, Kind.FEEDBACK])
def test_mail_that_says_nothing_of_an_address_is_left_alone(kind: Kind) -> None:
    made = at(Level.UNVERIFIED, Report(kind, MessageFacts("sha256:1"), confidence=0.99))
    assert (made.events, made.filing, made.review) == ((), kind.value, None)


def test_before_there_were_keys_plausible_ones_count() -> None:
    assert [event.type for event in at(Level.PLAUSIBLE, policy=Policy()).events] == [
        "bounce.hard", "suppression.added",
    ]  # fmt: skip


@pytest.mark.parametrize("reason", ["not_spam", "auth_failure_report"])
def test_feedback_that_is_not_proven_changes_no_history(reason: str) -> None:
    feedback = Report(Kind.FEEDBACK, MessageFacts("sha256:1"), reason=reason, recipients=(PERSON,))
    made = at(Level.PLAUSIBLE, feedback)
    assert [fact.held for fact in made.facts] == [True]
    assert (made.events, made.review, made.histories["user@example.com"].last_seen) == ((), None, None)
    assert at(Level.VERIFIED, feedback).histories["user@example.com"].last_seen == NOW
