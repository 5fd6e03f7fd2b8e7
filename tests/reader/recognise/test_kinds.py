"""One sign more or less decides between a report and mail that only looks like one."""

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader import analyse


BODY = b"\nYour message could not be delivered to:\n\n  a@example.com\n    550 5.1.1 no such user\n"
KINDS = [
    # Each case: what it shows, the header, the body, the kind.
    (
        "a daemon that says so",
        b"From: MAILER-DAEMON@x.example\nSubject: Mail delivery failed",
        BODY,
        Kind.BOUNCE,
    ),
    (
        "a daemon that begins with a greeting",
        b"From: MAILER-DAEMON@x.example\nSubject: Mail delivery failed",
        b"\nHello,\n" + BODY,
        Kind.BOUNCE,
    ),
    (
        "a postmaster who begins with a greeting",
        b"From: Postmaster <postmaster@x.example>\nSubject: Mail delivery failed",
        b"\nHello,\n" + BODY,
        Kind.ORDINARY,
    ),
    ("a daemon without a subject", b"From: MAILER-DAEMON@x.example", BODY, Kind.BOUNCE),
    (
        "a null sender and a subject",
        b"Return-Path: <>\nFrom: a@x.example\nSubject: Undeliverable: hi",
        BODY,
        Kind.BOUNCE,
    ),
    (
        "a person who asks",
        b"From: jo@x.example\nSubject: Mail delivery failed?\nIn-Reply-To: <1@x>",
        BODY,
        Kind.ORDINARY,
    ),
    (
        "a person who passes it on",
        b"From: jo@x.example\nSubject: Fwd: Mail delivery failed",
        BODY,
        Kind.ORDINARY,
    ),
    (
        "a post to a list",
        b"From: jo@x.example\nSubject: Mail delivery failed\nList-Post: <mailto:l@x>",
        BODY,
        Kind.ORDINARY,
    ),
    (
        "a daemon that says nothing of the kind",
        b"From: postmaster@x.example\nSubject: Lunch",
        b"\nAt one?\n",
        Kind.ORDINARY,
    ),
    (
        "a subject alone",
        b"From: jo@x.example\nSubject: Undeliverable parcel",
        b"\nIt is here.\n",
        Kind.ORDINARY,
    ),
    (
        "a delay by its words",
        b"From: MAILER-DAEMON@x.example\nSubject: Warning: could not send message for past 4 hours",
        b"\nYour message to a@example.com has not yet been delivered. Delivery attempts will continue.\n",
        Kind.DELAY,
    ),
    (
        "a delay that has ended",
        b"From: MAILER-DAEMON@x.example\nSubject: Delivery delayed",
        b"\nYour message to a@example.com could not be delivered. The queue lifetime expired.\n",
        Kind.BOUNCE,
    ),
    (
        "an auto-reply that quotes a report",
        b"From: jo@x.example\nSubject: Automatic reply: Mail delivery failed\nReturn-Path: <>",
        BODY,
        Kind.AUTO_REPLY,
    ),
    (
        "a subject about leave, from a person",
        b"From: jo@x.example\nSubject: on vacation next week?",
        b"\nWhere?\n",
        Kind.ORDINARY,
    ),
    (
        "a subject about leave, from a machine",
        b"From: jo@x.example\nSubject: Jo is on vacation\nPrecedence: junk",
        b"\nBye\n",
        Kind.AUTO_REPLY,
    ),
    (
        "a thank-you in a list",
        b"From: jo@x.example\nSubject: thank you for contacting us\nPrecedence: bulk\nList-Id: <l.x>",
        b"\nhi\n",
        Kind.ORDINARY,
    ),
    (
        "a request within a list",
        b"From: jo@x.example\nSubject: unsubscribe\nList-Id: <l.x>",
        b"\n\n",
        Kind.ORDINARY,
    ),
    (
        "a challenge's words from a person",
        b"From: jo@x.example\nSubject: robots",
        b"\nDid you prove that you are human?\n",
        Kind.ORDINARY,
    ),
    (
        "an answer to a DMARC report",
        b"From: jo@x.example\nSubject: Re: DMARC forensic report",
        b"\nwhat?\n",
        Kind.ORDINARY,
    ),
    (
        "a report's name without an archive",
        b"From: jo@x.example\nSubject: Report Domain: example.org",
        b"\nsee\n",
        Kind.ORDINARY,
    ),
    (
        "a complaint's name without the mail",
        b"From: jo@x.example\nSubject: abuse report",
        b"\nsee\n",
        Kind.ORDINARY,
    ),
    (
        "bait that names its own reader",
        b"From: Mail Delivery System <x@x.example>\nTo: a@example.com\nSubject: Mail delivery failed",
        b"\n5 mails could not be delivered to a@example.com. Click here.\n",
        Kind.ORDINARY,
    ),
    (
        "bait about its own reader with a code",
        b"From: MAILER-DAEMON@x.example\nTo: a@example.com\nSubject: Mail delivery failed: returned mail",
        b"\nMail to a@example.com could not be delivered because your storage is full.\n550 5.1.1\n",
        Kind.ORDINARY,
    ),
    (
        "what a mail system tells its keeper",
        b"From: MAILER-DAEMON@x.example\nReturn-Path: <>\nSubject: Postfix SMTP server: errors from x",
        b"\nTranscript of session follows.\n\nRCPT TO:<a@example.com>\n554 5.7.1 Relay access denied\n",
        Kind.ORDINARY,
    ),
    (
        "a complaint with the mail below it",
        b"From: abuse@x.example\nReturn-Path: <>\nSubject: spam complaint",
        b"\nSee below.\n--- Original message follows ---\nReceived: x\nFrom: y@example.org\nSubject: z\n",
        Kind.COMPLAINT,
    ),
    (
        "a TLS report by its header",
        b"From: jo@x.example\nSubject: r\nTLS-Report-Domain: example.org",
        b"\nsee\n",
        Kind.NOTICE,
    ),
]


@pytest.mark.parametrize(("header", "body", "kind"), [c[1:] for c in KINDS], ids=[c[0] for c in KINDS])
def test_kind(header: bytes, body: bytes, kind: Kind) -> None:
    assert analyse(header + b"\n" + body, RULES).kind is kind


def test_a_status_report_without_a_reply_that_asks_for_proof_is_a_challenge() -> None:
    raw = (
        b'From: filter@x.example\nContent-Type: multipart/report; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nTo have your message delivered, prove that you are human.\n"
        b"--b\nContent-Type: message/delivery-status\n\n"
        b"Final-Recipient: rfc822; a@example.com\nAction: delayed\n--b--\n"
    )
    assert analyse(raw, RULES).kind is Kind.CHALLENGE


def test_an_answer_is_a_persons() -> None:
    assert analyse(b"From: jo@x.example\nSubject: Re: hello\n\nYes.\n", RULES).reason == "human_reply"
    assert analyse(b"From: jo@x.example\nSubject: hello\n\nYes.\n", RULES).reason == "unclassified"
