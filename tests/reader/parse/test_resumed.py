"""An empty line amid a header ends it only where the rest is no header."""

import pytest

from watcher.reader.parse.message import parse_message


MIME = b"MIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n"
CASES = [
    # Each case: what it shows, the mail, then the type of its body.
    ("Date below", b"From: a@example.com\n\nDate: x\n" + MIME + b"\n--b--\n", "multipart/report"),
    (
        "From and Date below",
        b"Subject: s\n\nFrom: a@example.com\nDate: x\n" + MIME + b"\n",
        "multipart/report",
    ),
    ("From nobody, MIME below", b"Return-Path: <>\nFrom: a\nDate: x\n\n" + MIME + b"\n", "multipart/report"),
    ("From somebody", b"Return-Path: <a@example.com>\nFrom: a\nDate: x\n\n" + MIME + b"\n", "text/plain"),
    ("a whole header", b"From: a@example.com\nDate: x\n\n" + MIME + b"\n", "text/plain"),
    ("another's header", b"From: a\n\nFrom: b\nDate: x\n" + MIME + b"\n", "text/plain"),
    ("nothing of the body", b"From: a\n\nDate: x\nSubject: s\n\nHello\n", "text/plain"),
    ("no Date at all", b"From: a\n\nX-Mailer: m\n" + MIME + b"\n", "text/plain"),
    ("words below", b"From: a\n\nDate: x\nhello there\n\n" + MIME + b"\n", "text/plain"),
]


@pytest.mark.parametrize(("raw", "content_type"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_resume_header(raw: bytes, content_type: str) -> None:
    assert parse_message(raw).root.content_type == content_type


def test_it_is_said() -> None:
    mail = parse_message(b"From: a@example.com\n\nDate: x\n" + MIME + b"\n--b\n\nHello\n--b--\n")
    assert mail.notes == ("empty line amid the header",)
    assert [part.body for part in mail.root.children] == ["Hello"]
