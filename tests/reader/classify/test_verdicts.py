"""What a recipient's facts are taken to mean: the reason, and what follows from it."""

import pytest

from tests.reader.classify.asking import explain, finding, verdict
from tests.reader.rulebook import RULES
from watcher.model import Action, BounceClass, CodeClass
from watcher.reader.classify import Tier, classify
from watcher.reader.findings import Clue, Extract, Finding


HARD, SOFT, BLOCK = BounceClass.HARD, BounceClass.SOFT, BounceClass.BLOCK
UNDETERMINED = BounceClass.UNDETERMINED

CASES = [
    # Each case: what it shows, the diagnostic, other facts, then reason and class.
    ("words and code agree", "550 5.1.1 <user@example.com>: User unknown", {}, "mailbox_not_found", HARD),
    ("for now is soft", "450 4.1.1 <user@example.com>: User unknown", {}, "mailbox_not_found", SOFT),
    ("dead for now is soft", "550 account has been temporarily suspended", {}, "mailbox_disabled", SOFT),
    ("so in German", "550 Konto vorübergehend deaktiviert", {}, "mailbox_disabled", SOFT),
    (
        "a list of causes says nothing",
        "Causas posibles: buzón lleno o cerrado",
        {},
        "undetermined",
        UNDETERMINED,
    ),
    (
        "what is denied is not said",
        "550 L'indirizzo non è inesistente",
        {},
        "undetermined_permanent",
        UNDETERMINED,
    ),
    ("a date ends no clause", "Frau Ost hat unser Haus zum 30.06. verlassen", {}, "mailbox_disabled", HARD),
    ("for now in another clause", "550 No such user. Temporary failure", {}, "mailbox_not_found", HARD),
    (
        "the recipient's domain is missing",
        "550 Il dominio del destinatario non esiste",
        {},
        "domain_not_found",
        HARD,
    ),
    ("so in French", "550 le domaine du destinataire n'existe pas", {}, "domain_not_found", HARD),
    ("he is, in his domain", "550 Il destinatario non esiste nel dominio", {}, "mailbox_not_found", HARD),
    ("words beat a code", "550 5.7.1 No such user here", {}, "mailbox_not_found", HARD),
    ("a bare 550 is not hard", "550 go away", {}, "undetermined_permanent", UNDETERMINED),
    ("a bare 553 is not hard", "553 go away", {}, "undetermined_permanent", UNDETERMINED),
    ("a bare 4xx that failed has expired", "450 not now", {}, "delivery_expired", SOFT),
    ("no code and no words", "it bounced", {}, "undetermined", UNDETERMINED),
    ("an enhanced code alone", "550 5.1.1 sic", {}, "mailbox_not_found", HARD),
    ("x.0.0 is no code", "550 5.0.0 sic", {}, "undetermined_permanent", UNDETERMINED),
    ("a made-up 5.1.1 yields to words", "550 mailbox is full", {"status": "5.1.1"}, "mailbox_full", SOFT),
    ("a made-up 5.1.1 shows nothing", "550 sic", {"status": "5.1.1"}, "undetermined_permanent", UNDETERMINED),
    (
        "nor where the server said 5.0.0",
        "550 5.0.0 sic",
        {"status": "5.1.1"},
        "undetermined_permanent",
        UNDETERMINED,
    ),
    (
        "a made-up 5.1.2 likewise",
        "554 sic transit",
        {"status": "5.1.2"},
        "undetermined_permanent",
        UNDETERMINED,
    ),
    (
        "a made-up 5.5.0 says nothing",
        "554 sic transit",
        {"status": "5.5.0"},
        "undetermined_permanent",
        UNDETERMINED,
    ),
    ("the MTA's own 5.1.1 counts", "unknown to me", {"status": "5.1.1"}, "mailbox_not_found", HARD),
    ("a status without words counts", None, {"status": "5.1.1"}, "mailbox_not_found", HARD),
    ("the server's code before the report's", "550 5.7.23 sic", {"status": "5.1.1"}, "auth_failed", BLOCK),
    ("a vague 5.1.0 with unknown words", "550 5.1.0 sic", {}, "undetermined_permanent", UNDETERMINED),
    ("a vague 5.7.1", "550 5.7.1 sic", {}, "policy_rejected", BLOCK),
    (
        "a weak phrase yields to a code that says more",
        "550 5.2.2 mailbox unavailable",
        {},
        "mailbox_full",
        SOFT,
    ),
    ("a weak phrase beats a code that says nothing", "550 5.7.1 our policy", {}, "policy_rejected", BLOCK),
    ("NXDOMAIN is proof", "550 5.4.4 NXDOMAIN", {}, "domain_not_found", HARD),
    (
        "a lookup that may be tried again is not",
        "Name service error for name=example.com type=MX: Host not found, try again",
        {"status": "4.4.3"},
        "dns_failure",
        SOFT,
    ),
    ("5.2.1 alone is not shown by other words", "550 5.2.1 sic", {}, "undetermined_permanent", UNDETERMINED),
    ("5.2.1 with its own words", "550 5.2.1 account disabled", {}, "mailbox_disabled", HARD),
    ("a name in HELO", "550 unknown host in HELO", {}, "rdns_failed", BLOCK),
    (
        "an address said to be the sender's",
        "550 sender news@example.org: no such user",
        {},
        "sender_invalid",
        BLOCK,
    ),
    ("a sender in another clause", "550 no such user. Dear sender", {}, "mailbox_not_found", HARD),
    ("5.1.2 for good is proof", "550 5.1.2 sic", {}, "domain_not_found", HARD),
    ("4.1.2 is not", "450 4.1.2 sic", {}, "dns_failure", SOFT),
    ("5.4.4 alone is not", "550 5.4.4 sic", {}, "unroutable", SOFT),
    ("the sender's domain", "550 5.1.7 No such domain example.org", {}, "sender_invalid", BLOCK),
    ("the sender's address", "550 5.1.0 Sender address rejected: User unknown", {}, "sender_invalid", BLOCK),
    (
        "an answer of 5xx is no network fault",
        "550 User unknown; 421 Connection timed out",
        {},
        "mailbox_not_found",
        HARD,
    ),
    ("quota named with size", "552 5.2.2 message size exceeds remaining quota", {}, "mailbox_full", SOFT),
    (
        "rate and quota over a comma",
        "550 5.7.1 sending rate over, quota page",
        {},
        "sender_rate_limited",
        SOFT,
    ),
    ("greylisted to the end", "450 4.2.0 Greylisted, see https://example.com/", {}, "greylisted", SOFT),
    ("gave up, cause unknown", "550 4.4.7 message expired", {"status": "4.4.7"}, "delivery_expired", SOFT),
    ("gave up, cause known", "retry timeout exceeded; mailbox is full", {}, "mailbox_full", SOFT),
    ("Cisco's 5.1.0", "550 #5.1.0 Address rejected.", {}, "address_rejected", HARD),
    (
        "another MTA's 5.1.0 wrapped around",
        "5.1.0 - Unknown address error 550-'5.7.1 <x>... Access denied'",
        {},
        "policy_rejected",
        BLOCK,
    ),
    ("a compact code alone", "511", {}, "mailbox_not_found", HARD),
    ("a compact code beside other words", "511 hello world", {}, "undetermined_permanent", UNDETERMINED),
    (
        "512 in SMTP is not 5.1.2 with other words",
        "512 hello world",
        {},
        "undetermined_permanent",
        UNDETERMINED,
    ),
    ("550 is never 5.5.0", "550", {}, "undetermined_permanent", UNDETERMINED),
    ("521 is never 5.2.1", "521", {}, "remote_not_accepting", SOFT),
    ("556 takes no mail", "556", {}, "domain_no_mail", HARD),
    ("515 is never hard", "515 5.1.5 sic", {}, "undetermined_permanent", UNDETERMINED),
    ("too many recipients is soft as 5xx", "550 5.5.3 Too many recipients", {}, "too_many_recipients", SOFT),
    ("the recipient's domain named", "553 example.com does not exist", {}, "domain_not_found", HARD),
    ("another domain named", "553 example.org does not exist", {}, "undetermined_permanent", UNDETERMINED),
    ("the recipient named", "550 <user@example.com> does not exist", {}, "mailbox_not_found", HARD),
    ("an IP named", "554 [192.0.2.7] blocked", {}, "ip_blocked", BLOCK),
    ("an IPv6 named", "554 2001:db8::7 is listed", {}, "ip_blocked", BLOCK),
    (
        "typographic apostrophe",
        "553 5.1.2 We weren’t able to find the recipient domain",
        {},
        "domain_not_found",
        HARD,
    ),
    ("Japanese, no spaces", "552 このメールボックスがいっぱいです", {}, "mailbox_full", SOFT),
    ("Korean word ends", "550 사용자가 존재하지 않습니다.", {}, "mailbox_not_found", HARD),
    ("either of two faults", "550 user unknown or mailbox full", {}, "mailbox_unavailable", SOFT),
]


@pytest.mark.parametrize(
    ("text", "facts", "reason", "bounce_class"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_verdict(text: str | None, facts: dict[str, str], reason: str, bounce_class: BounceClass) -> None:
    given = verdict(finding(text, **facts))
    assert (given.reason, given.bounce_class) == (reason, bounce_class)


STAGES = [
    # Each case: what it shows, the reply, the SMTP command, then the reason and the class.
    (
        "a dead address at MAIL",
        "553 5.1.0 <a@example.org>: address does not exist",
        "MAIL",
        "sender_invalid",
        BLOCK,
    ),
    ("a dead domain at MAIL", "550 5.1.2 Domain not found", "MAIL", "sender_invalid", BLOCK),
    ("a code at MAIL", "550 5.1.1 sic", "MAIL", "sender_invalid", BLOCK),
    ("for now at MAIL", "450 4.1.1 User unknown", "MAIL", "sender_invalid", SOFT),
    ("words that decide at MAIL", "550 5.7.1 blocked using zen.spamhaus.org", "MAIL", "ip_blocked", BLOCK),
    ("no words that decide at MAIL", "550 sic", "MAIL", "undetermined_permanent", UNDETERMINED),
    ("a name at EHLO", "550 mail.example.com: host not found", "EHLO", "rdns_failed", BLOCK),
    ("a dead address at the greeting", "554 5.1.1 User unknown", "CONNECT", "policy_rejected", BLOCK),
    (
        "a host that takes no mail",
        "521 mx.example.com does not accept mail",
        "CONNECT",
        "domain_no_mail",
        HARD,
    ),
    ("a user at AUTH", "535 5.1.1 No such user here", "AUTH", "submission_auth", BLOCK),
    ("a dead address at RCPT", "550 5.1.1 User unknown", "RCPT", "mailbox_not_found", HARD),
]


@pytest.mark.parametrize(
    ("text", "command", "reason", "bounce_class"),
    [case[1:] for case in STAGES],
    ids=[case[0] for case in STAGES],
)
def test_who_was_meant_when_the_server_refused(
    text: str, command: str, reason: str, bounce_class: BounceClass
) -> None:
    given = verdict(finding(text, command=command))
    assert (given.reason, given.bounce_class) == (reason, bounce_class)


RECEIVERS = [
    # Each case: what it shows, the reply, who refused, the SMTP command, then the reason.
    (
        "Microsoft's 5.4.1",
        "550 5.4.1 Recipient address rejected: Access denied",
        "x.protection.outlook.com",
        None,
        "mailbox_not_found",
    ),
    ("Microsoft's 5.1.10", "550 5.1.10 sic", "x.protection.outlook.com", None, "mailbox_not_found"),
    ("anybody's 5.1.10", "550 5.1.10 sic", "mx.example.com", None, "domain_no_mail"),
    ("Microsoft's run of codes", "550 5.7.613 sic", "x.protection.outlook.com", None, "ip_blocked"),
    ("Google's 5.4.5", "550 5.4.5 sic", "smtp-in.google.com", None, "sender_quota_exceeded"),
    ("anybody's 5.4.5", "550 5.4.5 sic", "mx.example.com", None, "remote_busy"),
    (
        "Hotmail's general words",
        "550 Requested action not taken: mailbox unavailable",
        "mx1.hotmail.com",
        None,
        "mailbox_not_found",
    ),
    (
        "anybody's general words",
        "550 Requested action not taken: mailbox unavailable",
        "mx.example.com",
        None,
        "mailbox_unavailable",
    ),
    (
        "DOCOMO at RCPT",
        "550 Unknown user user@example.com",
        "mfsmax.docomo.ne.jp",
        "RCPT",
        "mailbox_not_found",
    ),
    (
        "DOCOMO after DATA",
        "550 Unknown user user@example.com",
        "mfsmax.docomo.ne.jp",
        "DATA",
        "recipient_refused",
    ),
    (
        "Symantec's register",
        "542 user@example.com Rejected",
        "cluster1.eu.messagelabs.com",
        None,
        "mailbox_not_found",
    ),
    ("a name that only ends alike", "550 5.4.5 sic", "notgoogle.com", None, "remote_busy"),
]


@pytest.mark.parametrize(
    ("text", "host", "command", "reason"),
    [case[1:] for case in RECEIVERS],
    ids=[case[0] for case in RECEIVERS],
)
def test_a_receivers_own_meaning(text: str, host: str, command: str | None, reason: str) -> None:
    asked = finding(text, remote_mta=host, **({"command": command} if command else {}))
    assert verdict(asked).reason == reason


def test_a_receiver_is_known_by_the_recipients_domain() -> None:
    asked = finding("550 5.5.0 Requested action not taken: mailbox unavailable", address="user@hotmail.com")
    assert verdict(asked).reason == "mailbox_not_found"


def test_a_delayed_recipient_has_no_class_and_the_cause_if_known() -> None:
    known = verdict(finding("connect to mx.example.com: Connection refused", action=Action.DELAYED))
    vague = verdict(finding("451 4.3.0 sic", action=Action.DELAYED))
    silent = verdict(finding(action=Action.DELAYED, status="4.0.0"))
    given_up = verdict(finding("4.4.7 message expired", action=Action.DELAYED))
    assert [(each.reason, each.bounce_class) for each in (known, vague, silent, given_up)] == [
        ("connection_failed", None),
        ("delay_warning", None),
        ("delay_warning", None),
        ("delay_warning", None),
    ]


def test_without_an_action_a_temporary_code_keeps_its_own_reason() -> None:
    assert verdict(finding("451 4.3.0 sic", action=None)).reason == "remote_system_error"
    assert verdict(finding("471", action=None)).reason == "undetermined_temporary"
    assert verdict(finding("499", action=None)).reason == "undetermined_temporary"


@pytest.mark.parametrize(
    ("status", "reply_code", "expected"),
    [
        ("5.1.1", 550, CodeClass.PERMANENT),
        ("4.2.2", 452, CodeClass.TEMPORARY),
        ("5.0.0", 450, CodeClass.TEMPORARY),  # the server's reply, whatever the report made of it
        ("4.2.2", 550, CodeClass.PERMANENT),
        ("4.4.7", None, CodeClass.TEMPORARY),
        (None, None, CodeClass.NONE),
        ("2.0.0", None, CodeClass.NONE),
        (None, 911, CodeClass.NONE),
    ],
)
def test_code_class(status: str | None, reply_code: int | None, expected: CodeClass) -> None:
    assert verdict(finding(status=status, reply_code=reply_code)).code_class is expected


def test_words_alone_that_say_try_again_are_temporary() -> None:
    now = verdict(finding("No such user; try again later"))
    ever = verdict(finding("No such user"))
    assert (now.bounce_class, now.advice) == (SOFT, "retry")
    assert (ever.bounce_class, ever.advice) == (HARD, "suppress")


def test_the_servers_words_come_before_the_reports() -> None:
    around = "Your message was not delivered because the mailbox is full."
    assert verdict(finding("550 5.1.1 User unknown", around=around)).reason == "mailbox_not_found"
    assert verdict(finding("550 5.1.1 sic", around=around)).reason == "mailbox_not_found"
    assert verdict(finding("550 sic", around=around)).reason == "mailbox_full"


def test_a_diagnostic_that_is_no_clue_is_read_all_the_same() -> None:
    asked = Finding("user@example.com", action=Action.FAILED, diagnostic="550 User unknown", reply_code=550)
    assert verdict(asked).reason == "mailbox_not_found"


def test_a_transcript_is_the_servers_own() -> None:
    clues = (Clue("550 sic", "diagnostic-code"), Clue("<<< 550 User unknown", "transcript"))
    asked = Finding("user@example.com", action=Action.FAILED, reply_code=550, clues=clues)
    assert explain(asked).candidates[0].tier is Tier.PHRASE


def test_an_address_that_its_own_host_cannot_route_is_not_there() -> None:
    local = Extract(reporting_mta="mx.example.com")
    assert verdict(finding("Unrouteable address"), local).reason == "mailbox_not_found"
    assert (
        verdict(finding("Unrouteable address"), Extract(reporting_mta="out.example.org")).reason
        == "unroutable"
    )
    assert verdict(finding("Unrouteable address", remote_mta="mx.example.net"), local).reason == "unroutable"


def test_weak_words_say_nothing_in_a_long_text() -> None:
    short = "550 message rejected"
    assert explain(finding(short)).candidates[0].rule == "policy_rejected.message_rejected"
    assert verdict(finding(f"550 {'so ' * 300} message rejected")).reason == "undetermined_permanent"


def test_every_fact_of_the_reason_is_handed_on() -> None:
    given = verdict(finding("550 5.7.23 SPF check failed"))
    assert (given.fault, given.advice, given.code_class) == ("sender", "fix_sender", CodeClass.PERMANENT)


@pytest.mark.parametrize(
    ("words", "reason", "bounce_class"),
    [("User unknown, go away", "recipient_refused", BLOCK), ("The mailbox is full", "mailbox_full", SOFT)],
)
def test_a_mailbox_that_filters_is_there(words: str, reason: str, bounce_class: BounceClass) -> None:
    """RFC 5429: the words are the user's own, and some pretend that nobody lives there."""
    failed = Finding("a@example.com", action=Action.FAILED, clues=(Clue(words, "body"),))
    given = classify(failed, Extract(format="mdn"), RULES)
    assert (given.reason, given.bounce_class) == (reason, bounce_class)
