"""A message is filed as suspicious, else for review, else by its kind."""

from dataclasses import replace

import pytest

from tests.decide.samples import BLOCK, HARD, SOFT, UNDETERMINED, bounce, decided, failed, message
from watcher.config.mailbox import Folders
from watcher.model import Action, BounceClass, Kind, Level, Recipient, Report


DELAYED = Recipient("late@example.com", action=Action.DELAYED, reason="delay_warning", confidence=0.9)
RELAYED = Recipient("list@example.com", action=Action.RELAYED)

CASES = [
    ("a hard bounce", bounce(failed(HARD)), "bounce.hard"),
    ("a soft bounce", bounce(failed(SOFT)), "bounce.soft"),
    ("hard is graver than all", bounce(failed(SOFT), failed(UNDETERMINED), failed(HARD)), "bounce.hard"),
    ("undetermined is graver than block", bounce(failed(BLOCK), failed(UNDETERMINED)), "bounce.undetermined"),
    ("block is graver than soft", bounce(failed(SOFT), failed(BLOCK)), "bounce.block"),
    ("a delayed recipient does not count", bounce(failed(SOFT), DELAYED), "bounce.soft"),
    ("a bounce that names nobody", bounce(), "bounce.undetermined"),
    ("one recipient in doubt", bounce(failed(HARD), failed(SOFT, confidence=0.5)), "review"),
    ("the whole bounce in doubt", bounce(failed(HARD), confidence=0.5), "review"),
    ("a bounce in doubt that names nobody", bounce(confidence=0.5), "review"),
    ("a complaint in doubt", message(Kind.COMPLAINT, "complaint_abuse", confidence=0.5), "review"),
    ("a request in doubt", message(Kind.REQUEST, "unsubscribe_request", confidence=0.5), "review"),
    ("a delay in doubt", message(Kind.DELAY, None, DELAYED, confidence=0.1), "delay"),
    ("ordinary mail in doubt", message(Kind.ORDINARY, "unclassified", confidence=0.1), "ordinary"),
    ("an unreadable one", message(Kind.UNREADABLE), "review"),
    ("a contradicted one", bounce(failed(HARD, confidence=0.1), level=Level.CONTRADICTED), "suspicious"),
]


@pytest.mark.parametrize(("report", "key"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_filing(report: Report, key: str) -> None:
    assert decided(report).filing == key


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.BOUNCE, Kind.UNREADABLE}])
def test_other_kinds_have_a_folder_of_their_name(kind: Kind) -> None:
    assert decided(message(kind)).filing == kind.value


@pytest.mark.parametrize(
    "key",
    [
        "suspicious",
        "review",
        *(f"bounce.{name}" for name in BounceClass),
        *(k for k in Kind if k != "unreadable"),
    ],
)
def test_every_key_is_a_folder_of_the_config(key: str) -> None:
    if key != "bounce":
        Folders().target(key)


REVIEWS = [
    ("sure of all", bounce(failed(HARD)), None),
    ("in doubt", bounce(failed(HARD, confidence=0.59)), "low_confidence"),
    ("as sure as asked", bounce(failed(HARD, confidence=0.6)), None),
    ("undetermined", bounce(failed(UNDETERMINED)), "undetermined"),
    ("no recipient", bounce(), "no_recipient"),
    ("unreadable", message(Kind.UNREADABLE), "unreadable"),
    ("ordinary mail", message(Kind.ORDINARY, confidence=0.0), None),
    ("an auto-reply", message(Kind.AUTO_REPLY, confidence=0.0), None),
    ("a relayed recipient has no verdict to doubt", bounce(failed(HARD), RELAYED), None),
    ("contradicted", replace(bounce(failed(UNDETERMINED), level=Level.CONTRADICTED)), None),
]


@pytest.mark.parametrize(
    ("report", "reason"), [case[1:] for case in REVIEWS], ids=[case[0] for case in REVIEWS]
)
def test_review(report: Report, reason: str | None) -> None:
    assert decided(report).review == reason
