"""All copies of a message have one fingerprint; two messages have two."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from tests.reader.parse.samples import REPORT
from watcher.reader.parse.fingerprint import fingerprint
from watcher.reader.parse.message import parse_message


def of(raw: bytes) -> str:
    return fingerprint(parse_message(raw))


def test_it_is_the_hash_of_what_is_left_with_crlf() -> None:
    raw = b"Received: a\n by b\nSubject: x\nReturn-Path: <>\nTo: y\n\nReceived: no\n"
    assert of(raw) == "sha256:" + sha256(b"Subject: x\r\nTo: y\r\n\r\nReceived: no\r\n").hexdigest()
    assert of(b"\nbody") == "sha256:" + sha256(b"\r\nbody").hexdigest()
    assert of(b"") == "sha256:" + sha256(b"").hexdigest()


def test_line_ends_and_trace_make_no_difference() -> None:
    trace = (
        b"Delivered-To: box@example.org\nX-Original-To: a@example.org\nRETURN-PATH: <>\nReceived: x\n\ty\n"
    )
    assert of(trace + REPORT) == of(REPORT)
    assert of(REPORT.replace(b"\n", b"\r\n")) == of(REPORT)
    assert of(b"From MAILER-DAEMON Sun Nov 22 04:19:00 2026\n" + REPORT) == of(REPORT)


def test_any_other_field_or_letter_makes_a_difference() -> None:
    assert of(REPORT.replace(b"Hello.", b"Hello!")) != of(REPORT)
    assert of(b"X-Received: x\n" + REPORT) != of(REPORT)
    assert of(b"Received-SPF: x\n" + REPORT) != of(REPORT)


def test_two_bounces_under_one_message_id_are_two_and_one_by_two_addresses_is_one() -> None:
    first = b"Message-ID: <1@mx>\nTo: bounces+a=example.com@example.org\n\n<a@example.com>: gone\n"
    other = first.replace(b"a=example.com", b"b=example.com").replace(b"<a@", b"<b@")
    assert of(first) != of(other)
    assert of(b"Delivered-To: one@example.org\n" + first) == of(b"Delivered-To: two@example.org\n" + first)


def test_the_first_mebibyte_counts() -> None:
    start = b"Subject: x\r\n\r\n" + b"y" * (1 << 20)
    assert of(start) == of(start + b"z")
    assert of(start) != of(start.replace(b"y", b"z", 1))
    assert of(start) == of(b"Received: x\r\n" + start)


@given(st.binary(max_size=300))
def test_any_bytes_have_one(raw: bytes) -> None:
    assert len(of(raw)) == len("sha256:") + 64
