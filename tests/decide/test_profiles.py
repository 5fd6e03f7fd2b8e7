"""A profile changes class, event and folder, and nothing else."""

from dataclasses import replace

import pytest

from tests.decide.samples import HARD, policy, refused, types
from tests.decide.test_escalation import after, days, state
from tests.reader.rulebook import RULES
from watcher.escalation import Step, parse_escalation
from watcher.model import Authenticity, BounceClass, Kind, Level
from watcher.reader.analyse import analyse
from watcher.reader.ruleset.taxonomy import Reason
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


AT_ONCE = [row for row in reasons() if row.bounce_class is BounceClass.HARD]


@pytest.mark.parametrize("row", AT_ONCE, ids=lambda row: row.name)
@pytest.mark.parametrize("called", list(BounceClass))
def test_a_refusal_for_good_is_one_whatever_a_profile_calls_it(row: Reason, called: BounceClass) -> None:
    assert policy().escalation(row.name, called, row.advice).step is Step.AT_ONCE
    later = policy().escalation(row.name, called, row.advice_if_temporary)
    assert later == parse_escalation(row.escalation_if_temporary)


REPLIES = [
    # Each case: what it shows, profile, the server's reply, the class by the profile, how the address stands.
    ("for good, called soft", "martech", "550 5.2.1 mailbox disabled", "soft", "suppressed"),
    ("for now, called hard", "martech", "432 4.1.1 user unknown", "soft", "watch"),
    ("by words, for now, called hard", "martech", "user unknown, please try again later", "hard", "watch"),
    ("for good, called hard", "strict_code", "550 5.1.1 user unknown", "hard", "suppressed"),
    ("for now, called soft", "strict_code", "450 4.1.1 user unknown", "soft", "watch"),
    ("full, called hard", "strict_code", "552 5.2.2 mailbox full", "hard", "watch"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "reply", "called", "expected"), [c[1:] for c in REPLIES], ids=[c[0] for c in REPLIES]
)
def test_what_a_server_said_counts_as_it_was_meant(
    profile: str, reply: str, called: str, expected: str
) -> None:
    raw = bounce_of(reply)
    report = analyse(raw, RULES, profile)
    report = replace(report, authenticity=Authenticity(Level.VERIFIED))
    assert report.recipients[0].bounce_class == called
    assert state(after([(report, 0)])) == expected


def bounce_of(reply: str) -> bytes:
    """Give a bounce by which a server said this of user@example.com."""
    lines = [
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example.net",
        "To: bounces@lists.example.org",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
        "",
        "--b1",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.net",
        "",
        "Final-Recipient: rfc822; user@example.com",
        "Action: failed",
        f"Diagnostic-Code: smtp; {reply}",
        "",
        "--b1--",
        "",
    ]
    return "\r\n".join(lines).encode()
