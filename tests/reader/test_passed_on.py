"""What a list manager passes on to the keepers of a list is read as what it is."""

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Action, Kind
from watcher.reader import analyse


HEAD = b"From: news-bounces@lists.example.org\nSubject: %s\nContent-Type: multipart/mixed; boundary=b\n\n"
HEAD += b"--b\n\n%s\n"
SAID = b"The attached messages were received as bounces, but the format was not recognized."
BOUNCE = b"""--b
Content-Type: message/rfc822

From: MAILER-DAEMON@mx.example.net
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<%s>:
%s
"""
UNKNOWN = b"Sorry, no mailbox here by that name. (#5.1.1)"
LETTER = b"--b\nContent-Type: message/rfc822\n\nFrom: jo@example.com\nSubject: hello\n\nHow are you?\n"


def _mail(*parts: bytes, subject: bytes = b"Uncaught bounce notification", said: bytes = SAID) -> bytes:
    return HEAD % (subject, said) + b"".join(parts) + b"--b--\n"


def test_each_is_read() -> None:
    full = BOUNCE % (b"kim@example.com", b"mailbox full (#4.2.2)")
    report = analyse(_mail(BOUNCE % (b"jo@example.com", UNKNOWN), full), RULES)
    assert report.kind is Kind.BOUNCE
    assert [(r.address, r.reason, r.action) for r in report.recipients] == [
        ("jo@example.com", "mailbox_not_found", Action.FAILED),
        ("kim@example.com", "mailbox_full", Action.FAILED),
    ]
    assert report.evidence[0].rule == "list.passed_on"


@pytest.mark.parametrize(
    ("subject", "said", "part"),
    [
        (b"Fwd: Uncaught bounce notification", SAID, BOUNCE % (b"jo@example.com", UNKNOWN)),
        (b"Uncaught bounce notification", b"What is this?", BOUNCE % (b"jo@example.com", UNKNOWN)),
        (b"Uncaught bounce notification", SAID, LETTER),
    ],
)
def test_what_does_not_say_so_or_holds_no_report_is_none(subject: bytes, said: bytes, part: bytes) -> None:
    assert analyse(_mail(part, subject=subject, said=said), RULES).kind is Kind.ORDINARY


def test_an_address_is_told_of_once_and_what_is_cut_is_said() -> None:
    report = analyse(_mail(*[BOUNCE % (b"jo@example.com", UNKNOWN)] * 21), RULES)
    assert [r.address for r in report.recipients] == ["jo@example.com"]
    assert report.notes == ("more than 20 reports; the rest was not read",)


def test_an_answer_of_a_machine_is_about_its_own_sender() -> None:
    away = b"From: jo@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away.\n"
    report = analyse(_mail(b"--b\nContent-Type: message/rfc822\n\n" + away), RULES)
    assert (report.kind, report.reason) == (Kind.AUTO_REPLY, "out_of_office")
    assert [r.address for r in report.recipients] == ["jo@example.com"]


DIGEST = b"From: %s\nSubject: Digest\n%sContent-Type: multipart/digest; boundary=b\n\n"
REPORT = BOUNCE.replace(b"Content-Type: message/rfc822\n", b"")


@pytest.mark.parametrize(
    ("writer", "fields", "parts", "kind"),
    [
        (b"news-request@lists.example.org", b"Precedence: list\n", (b"jo", b"kim"), Kind.BOUNCE),
        (b"news-request@lists.example.org", b"Precedence: list\n", (b"jo",), Kind.ORDINARY),
        (b"news-request@lists.example.org", b"", (b"jo", b"kim"), Kind.ORDINARY),
        (b"jo@example.org", b"Precedence: list\n", (b"jo", b"kim"), Kind.ORDINARY),
        (
            b"news-request@lists.example.org",
            b"Precedence: list\nReferences: <a@b>\n",
            (b"jo", b"kim"),
            Kind.ORDINARY,
        ),
    ],
)
def test_a_digest_of_reports_comes_from_the_list(
    writer: bytes, fields: bytes, parts: tuple[bytes, ...], kind: Kind
) -> None:
    told = b"".join(REPORT % (name + b"@example.com", UNKNOWN) for name in parts)
    report = analyse(DIGEST % (writer, fields) + told + b"--b--\n", RULES)
    assert report.kind is kind
    assert len(report.recipients) == (len(parts) if kind is Kind.BOUNCE else 0)
