"""What proves a report, what contradicts it, and whom a genuine return-path says that it is about."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from tests.forgery.letters import (
    BOUNCES,
    FORGER,
    KEY,
    LONG_FORGER,
    NOW,
    OURS,
    SELECTOR,
    VICTIM,
    About,
    Report,
    Written,
    complaint,
    dkim_record,
    letter,
    note,
    signed,
    token,
)
from tests.reader.rulebook import RULES
from watcher.authenticity import Answers, Ours, Questions, Sent, authenticate, questions
from watcher.config.shape import Config
from watcher.lookups import Lookups
from watcher.lookups.dns import Resolver
from watcher.model import BounceClass, Kind, Level
from watcher.model import Report as Read
from watcher.reader.analyse import analyse
from watcher.reader.parse.message import parse_message
from watcher.reader.ruleset import Rules
from watcher.service.trust import Trust


DKIM_NAME = f"{SELECTOR}._domainkey.{OURS}"
US = Ours(
    domains=(OURS,), return_path_domain=OURS, keys=(KEY,), dkim_keys={DKIM_NAME: dkim_record()},
    trusted_authserv=("mx.example.org",),
)  # fmt: skip
RELAY = "Authentication-Results: mx.example.org; spf=pass smtp.helo=mail.lists.example.org\r\n"
WRONG = token(FORGER).replace("forger", "victim")
YESTERDAY = NOW.date() - timedelta(days=1)
NONE = Answers()
FIRST = Sent(VICTIM, f"<news-1@{OURS}>", None)


class Records(Resolver):
    """Answers from a dict."""

    def __init__(self, records: dict[str, str]) -> None:
        super().__init__()
        self.records = records

    def record(self, name: str) -> str:
        return self.records.get(name, "")


@cache
def rules() -> Rules:
    return RULES


def judge(mail: Written, ours: Ours = US, answers: Answers = NONE, received: datetime = NOW) -> Read:
    return authenticate(parse_message(mail.raw), analyse(mail.raw, rules()), ours, answers, received)


def sent(*addresses: str, question: Sent = FIRST) -> Answers:
    return Answers(sent={question: addresses})


NOW_ON = [
    # Each case: what it shows, the mail, what was answered, the level.
    ("a genuine return-path", Report(to=token(VICTIM)), NONE, Level.VERIFIED),
    ("DKIM of the whole original", Report(original=signed(letter(VICTIM))), NONE, Level.VERIFIED),
    ("DKIM of its header", Report(original=signed(letter(VICTIM)), headers_only=True), NONE, Level.VERIFIED),
    ("in the send log", Report(), sent(VICTIM), Level.STRONG),
    ("in the send log for somebody else", Report(), sent(FORGER), Level.UNVERIFIED),
    ("not in the send log", Report(), sent(), Level.UNVERIFIED),
    ("by our own relay", Report(top=RELAY), NONE, Level.STRONG),
    ("by somebody else through our relay", Report(top=RELAY, mta="mx.example.com"), NONE, Level.PLAUSIBLE),
    ("nothing but its looks", Report(), NONE, Level.PLAUSIBLE),
    ("an expired return-path", Report(to=token(VICTIM, last=YESTERDAY)), NONE, Level.PLAUSIBLE),
    ("a wrong signature", Report(to=WRONG), NONE, Level.CONTRADICTED),
    ("a wrong signature, in the send log", Report(to=WRONG), sent(VICTIM), Level.CONTRADICTED),
    ("a wrong signature under a domain that is not ours", Report(
        to=WRONG.replace(OURS, "else.example")), NONE, Level.PLAUSIBLE),
    ("DKIM that fails", Report(original=signed(letter(VICTIM), key="else")), NONE, Level.CONTRADICTED),
    ("DKIM that fails, and a genuine return-path", Report(
        to=token(VICTIM), original=signed(letter(VICTIM), key="else")), NONE, Level.VERIFIED),
    ("DKIM to somebody else", Report(original=signed(letter(FORGER))), NONE, Level.UNVERIFIED),
    ("no original, no return-path", Report(original=None), NONE, Level.UNVERIFIED),
]  # fmt: skip


@pytest.mark.parametrize(("mail", "answers", "level"), [c[1:] for c in NOW_ON], ids=[c[0] for c in NOW_ON])
def test_level(mail: Report, answers: Answers, level: Level) -> None:
    assert judge(mail.written(), answers=answers).authenticity.level == level


@pytest.mark.parametrize("mail", [Report(top=RELAY), Report(original=signed(letter(VICTIM)))])
def test_domain_of_the_username_makes_plausible_and_proves_nothing(mail: Report) -> None:
    config = Config.model_validate(
        {
            "mailboxes": [{
                "name": "b", "host": "imap.example.org", "username": BOUNCES, "password": "x",
            }],
            "authenticity": {"trusted_authserv": ["mx.example.org"]},
        }
    )  # fmt: skip
    records = Records({DKIM_NAME: dkim_record()})
    for domains, level in (((), Level.PLAUSIBLE), ((OURS,), None)):
        trust = config.authenticity.model_copy(update={"domains": domains})
        judged = Trust(config.model_copy(update={"authenticity": trust}), Lookups(None, records)).judge(
            config.mailboxes[0], parse_message(mail.written().raw), analyse(mail.written().raw, rules()), NOW
        )
        found = judged.authenticity.level
        assert found is level if level else found in {Level.VERIFIED, Level.STRONG}


def test_where_nothing_may_contradict_nothing_does() -> None:
    forged = Report(to=WRONG).written()
    found = judge(forged, Ours(domains=(OURS,), keys=(KEY,), contradict=False))
    assert found.authenticity.level is Level.UNVERIFIED


def test_genuine_return_path_decides_whom_a_report_is_about() -> None:
    found = judge(
        Report(about=(About("forwarded@elsewhere.example"),), to=token("User@example.com")).written()
    )
    assert [one.address for one in found.recipients] == ["user@example.com"]
    assert found.recipients[0].reason == "mailbox_not_found"
    assert found.return_path is not None
    assert (found.return_path.form, found.return_path.recipient) == ("token", "user@example.com")
    assert found.notes[-1] == "the return-path tells the recipient; the report names 1 other"


def test_case_of_the_report_is_kept() -> None:
    found = judge(Report(about=(About("Victim@example.com"),), to=token(VICTIM)).written())
    assert [one.address for one in found.recipients] == ["Victim@example.com"]
    assert found.notes == ()


def test_of_several_others_the_mildest_is_taken() -> None:
    several = (About("a@x.example"), About("b@x.example", reply="452 4.2.2 mailbox full"))
    found = judge(Report(about=several, to=token(VICTIM)).written())
    assert [(one.address, one.bounce_class) for one in found.recipients] == [(VICTIM, BounceClass.SOFT)]


def test_report_that_names_nobody_is_about_the_return_path() -> None:
    mail = Written(
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: {token(VICTIM, name='c77')}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n\r\n"
        "Your message could not be delivered.\r\n".encode()
    )
    found = judge(mail)
    assert found.kind is Kind.BOUNCE
    assert [one.address for one in found.recipients] == [VICTIM]
    assert found.recipients[0].bounce_class is not BounceClass.HARD
    assert found.authenticity.level is Level.VERIFIED
    assert found.return_path is not None
    assert found.return_path.id == "c77"


def test_hash_in_the_return_path_finds_its_recipient_among_those_named() -> None:
    long = token(LONG_FORGER)
    assert (
        judge(Report(about=(About(LONG_FORGER), About(VICTIM)), to=long).written()).recipients[0].address
        == LONG_FORGER
    )
    assert judge(Report(about=(About("x@y.example"),), to=long, original=letter(LONG_FORGER)).written()
                 ).recipients[0].address == LONG_FORGER  # fmt: skip
    lost = Report(about=(About("x@y.example"),), to=long).written()
    assert judge(lost).authenticity.level is not Level.VERIFIED
    report = analyse(lost.raw, rules())
    asked = questions(parse_message(lost.raw), report, US, NOW)
    by_id = next(one for one in asked.sent if one.recipient is None)
    found = judge(lost, answers=sent("else@example.com", LONG_FORGER, question=by_id))
    assert (found.authenticity.level, found.recipients[0].address) == (Level.VERIFIED, LONG_FORGER)


OTHERS = [
    ("a complaint", complaint("redacted@isp.example", token(VICTIM)), Kind.COMPLAINT),
    ("an auto-reply", note(f"Other <{FORGER}>", "Out of office", "I am out of the office until Monday.",
                           token(VICTIM),
                           "Auto-Submitted: auto-replied\r\n"), Kind.AUTO_REPLY),
    ("a request", note(FORGER, "unsubscribe", "unsubscribe", token(VICTIM)), Kind.REQUEST),
]  # fmt: skip


@pytest.mark.parametrize(("mail", "kind"), [c[1:] for c in OTHERS], ids=[c[0] for c in OTHERS])
def test_other_kinds_are_bound_too(mail: Written, kind: Kind) -> None:
    found = judge(mail)
    assert (found.kind, found.authenticity.level) == (kind, Level.VERIFIED)
    assert [one.address for one in found.recipients] == [VICTIM]


def test_mail_of_a_person_is_never_rejected_nor_bound() -> None:
    for to in (token(VICTIM), WRONG):
        found = judge(note(FORGER, "Thursday", "Hello, shall we meet on Thursday?\r\n\r\nAnna", to))
        assert (found.kind, found.authenticity.level, found.recipients) == (
            Kind.ORDINARY,
            Level.UNVERIFIED,
            (),
        )


def test_signatures_are_judged_as_of_the_day_on_which_the_report_came() -> None:
    mail = Report(to=token(VICTIM, last=NOW.date())).written()
    assert judge(mail).authenticity.level is Level.VERIFIED
    later = judge(mail, received=datetime(2026, 11, 23, tzinfo=UTC)).authenticity
    assert dict(later.checks)["token"] == "expired"


def test_what_is_asked() -> None:
    mail = Report(original=signed(letter(VICTIM), selector="k2")).written()
    asked = questions(parse_message(mail.raw), analyse(mail.raw, rules()), US, NOW)
    assert asked == Questions((f"k2._domainkey.{OURS}",), (FIRST,))
    found = judge(mail, answers=Answers({f"k2._domainkey.{OURS}": dkim_record()}))
    assert found.authenticity.level is Level.VERIFIED


UNPROVEN = [
    ("expired", token(VICTIM, last=YESTERDAY, name="c77")),
    ("of an unknown key", token(VICTIM, name="c77").replace("b1a-", "b1z-")),
    ("made up", token(FORGER, name="c77").replace("forger", "victim")),
    ("of another recipient", token(LONG_FORGER)),
]


@pytest.mark.parametrize("to", [c[1] for c in UNPROVEN], ids=[c[0] for c in UNPROVEN])
def test_send_log_is_not_asked_about_a_recipient_by_an_id_that_is_not_his(to: str) -> None:
    raw = Report(to=to).written().raw
    asked = questions(parse_message(raw), analyse(raw, rules()), US, NOW).sent
    assert [one for one in asked if one.recipient is not None] == [FIRST]
    assert any(one.recipient is None for one in asked) == ("c77" not in to)  # a hash, to find whose it is


QUIET = [
    ("a genuine return-path needs no more", Report(
        to=token(VICTIM), original=signed(letter(VICTIM), selector="k2"))),
    ("a stranger's signature", Report(original=signed(letter(VICTIM), domain="evil.example")
                                      .replace(f"news-1@{OURS}".encode(), b""))),
]  # fmt: skip


@pytest.mark.parametrize("mail", [c[1] for c in QUIET], ids=[c[0] for c in QUIET])
def test_nothing_is_asked_for(mail: Report) -> None:
    raw = mail.written().raw
    assert questions(parse_message(raw), analyse(raw, rules()), US, NOW).dkim == ()


def test_an_answer_that_is_missing_proves_nothing() -> None:
    found = judge(Report().written(), answers=Answers(sent={Sent("x", "y", None): ()}))
    assert (found.authenticity.level, dict(found.authenticity.checks)["send_log"]) == (
        Level.PLAUSIBLE,
        "unknown",
    )


def test_subdomains_are_ours_and_look_alikes_are_not() -> None:
    assert US.owns(f"mail.{OURS}")
    assert US.owns(OURS.upper() + ".")
    assert not US.owns("example.org")
    assert not US.owns(f"evil-{OURS}")
    assert not US.owns(None)
    assert BOUNCES.endswith(OURS)
