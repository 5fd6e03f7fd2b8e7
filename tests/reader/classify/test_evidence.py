"""Which rule decided, on which words, and how sure that makes us."""

import pytest

from tests.reader.classify.asking import explain, finding, verdict
from tests.reader.rulebook import RULES
from watcher.model import Evidence
from watcher.reader.classify import classify, find_reason
from watcher.reader.findings import Extract


def test_the_evidence_is_the_rule_and_the_words_as_the_mail_has_them() -> None:
    given = verdict(finding("550 5.1.1 <user@example.com>: User  Unknown in table"))
    assert given.evidence == (Evidence("mailbox_not_found.user_unknown", "User  Unknown", "diagnostic-code"),)


def test_words_with_an_apostrophe_are_quoted_whole() -> None:
    given = verdict(finding("554 delivery error: dd This user doesn’t have a yahoo.test account"))
    assert given.evidence[0].matched == "This user doesn’t have a"


def test_words_about_the_recipient_are_quoted_without_it() -> None:
    assert verdict(finding("553 example.com does not exist")).evidence[0].matched == "does not exist"
    blocked = verdict(finding("554 Client host [192.0.2.7] blocked"))
    assert blocked.evidence[0].matched == "Client host [192.0.2.7] blocked"


def test_a_code_is_evidence_with_its_place() -> None:
    said = verdict(finding("550 5.2.2 sic"))
    filed = verdict(finding(status="5.2.2"))
    bare = verdict(finding("550 sic"))
    assert said.evidence == (Evidence("status.5.2.2", "5.2.2", "diagnostic-code"),)
    assert filed.evidence == (Evidence("status.5.2.2", "5.2.2", "status"),)
    assert bare.evidence == (Evidence("reply.550", "550", "reply-code"),)


def test_what_contradicts_is_kept_and_lowers_the_confidence() -> None:
    agreed = verdict(finding("550 5.1.1 User unknown"))
    silent = verdict(finding("550 User unknown"))
    against = verdict(finding("550 5.2.2 User unknown"))
    both = verdict(finding("550 User unknown. Blocked using bl.example.net, known spam source"))
    assert agreed.confidence > silent.confidence > against.confidence
    assert silent.confidence > both.confidence
    assert [each.rule for each in against.evidence] == ["mailbox_not_found.user_unknown", "status.5.2.2"]
    assert len(both.evidence) == 2


def test_reply_and_status_of_different_classes_lower_the_confidence() -> None:
    same = verdict(finding("552 5.2.2 mailbox is full"))
    other = verdict(finding("552 4.2.2 mailbox is full"))
    assert other.confidence < same.confidence


def test_nothing_known_is_little_sure_and_has_no_evidence() -> None:
    given = verdict(finding("it bounced"))
    assert given.evidence == ()
    assert given.confidence < 0.5


def test_the_explanation_ranks_every_rule_that_spoke() -> None:
    told = explain(finding("550 5.2.2 Mailbox is full. User unknown"))
    ranked = [(each.rule, each.matched, each.position) for each in told.candidates]
    assert ranked[:2] == [
        ("mailbox_full.mailbox_is_full", "Mailbox is full", 10),
        ("mailbox_not_found.user_unknown", "User unknown", 27),
    ]
    assert [each[0] for each in ranked[-2:]] == ["status.5.2.2", "reply.550"]
    assert told.verdict.reason == "mailbox_full"


def test_each_rule_speaks_once() -> None:
    told = explain(finding("550 User unknown. User unknown", around="User unknown"))
    rules = [each.rule for each in told.candidates]
    assert len(rules) == len(set(rules))


AROUND = [
    # Each case: what it shows, the server's words, its status, then the report's own words around them.
    ("the server's words decide", "550 5.1.1 User unknown", None, "Your mailbox is full, try again later."),
    ("its code decides", "550 sic", "5.2.2", "The user is unknown here."),
    ("only the words around say why", "550 sic", None, "The user is unknown here."),
    ("weak words yield to those around", "550 message rejected", None, "The user is unknown here."),
    ("a doubt about the address", "550 host unknown: your IP has no reverse name", None, "User unknown."),
    ("no words of the server's at all", None, None, "The mailbox is full."),
]


@pytest.mark.parametrize(
    ("said", "status", "around"), [case[1:] for case in AROUND], ids=[case[0] for case in AROUND]
)
def test_the_verdict_is_the_same_whether_all_rows_are_asked_for_or_not(
    said: str | None, status: str | None, around: str
) -> None:
    asked = finding(said, status=status, around=around)
    assert classify(asked, Extract(), RULES) == verdict(asked)
    assert find_reason(asked, Extract(), RULES) == verdict(asked).reason
