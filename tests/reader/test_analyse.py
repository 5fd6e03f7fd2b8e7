"""The whole reader: it answers any bytes, within bounds, and knows what it cannot read."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader import analyse


HEADER = b"From: MAILER-DAEMON@mx.example.net\nReturn-Path: <>\nSubject: Mail delivery failed\n"


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_answered(raw: bytes) -> None:
    assert analyse(raw, RULES).kind in set(Kind)


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_body_of_a_report_is_answered(raw: bytes) -> None:
    assert (
        analyse(HEADER + b"\nYour message could not be delivered to\n" + raw, RULES).kind
        is not Kind.UNREADABLE
    )


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"  ", b"words without a field"])
def test_what_is_unreadable(raw: bytes) -> None:
    report = analyse(raw, RULES)
    assert report.kind is Kind.UNREADABLE
    assert report.notes
    assert report.message.fingerprint.startswith("sha256:")


def test_a_failure_inside_is_a_note_and_no_exception() -> None:
    report = analyse(b"Subject: hello\n\nhi\n", None)  # type: ignore[arg-type]
    assert report.kind is Kind.UNREADABLE
    assert report.notes[0].startswith("the reader failed: ")
    assert (report.message.size, report.message.subject) == (19, "hello")


def test_a_report_that_names_nobody_has_one_recipient_without_address() -> None:
    report = analyse(HEADER + b"\nYour message could not be delivered: 552 5.2.2 mailbox full\n", RULES)
    assert [(r.address, r.status) for r in report.recipients] == [(None, "5.2.2")]


HOSTILE = [
    ("addresses without end", b"\na@b.example " * 60_000),
    ("one line of at signs", b"\n" + b"a@" * 400_000),
    ("equal signs before at signs", b"\n" + b"a=b=c=" * 100_000 + b"@x"),
    ("labels without end", b"\nReason: x" * 60_000),
    ("sessions without end", b"\n>>> RCPT TO:<a@b.example>\n<<< 550 5.1.1 no" * 20_000),
    ("fields without end", b"\nReceived: x\nFrom: y" * 40_000),
    ("blanks", b"\n" + b" " * 500_000 + b"a@b.example"),
    ("brackets", b"\n" + b"(" * 300_000 + b"generated from a@b.example"),
    ("separators", b"\n--- " + b"- " * 200_000),
    ("json", b'\n{"notificationType": ' + b"[" * 100_000),
]


@pytest.mark.parametrize("body", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_hostile_bodies_take_bounded_time(body: bytes) -> None:
    started = time.process_time()
    report = analyse(HEADER + body, RULES)
    assert time.process_time() - started < 3
    assert len(report.recipients) <= 1_000


def test_recipients_of_one_report_are_bounded() -> None:
    groups = b"".join(
        b"Final-Recipient: rfc822; u%d@example.com\nAction: failed\n\n" % n for n in range(1_500)
    )
    raw = HEADER + b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n" + groups
    report = analyse(raw, RULES)
    assert len(report.recipients) == 1_000
    assert any("more than 1000 recipients" in note for note in report.notes)


def test_failed_recipients_field_is_bounded() -> None:
    listed = b",\n ".join(b"user%d@example.com" % n for n in range(1_200))
    report = analyse(
        b"X-Failed-Recipients: " + listed + b"\n" + HEADER + b"\nIt could not be delivered.\n", RULES
    )
    assert len(report.recipients) == 1_000
    assert any("more than 1000 recipients" in note for note in report.notes)
