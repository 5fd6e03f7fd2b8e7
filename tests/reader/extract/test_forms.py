"""Delivery status, returned originals, sessions and notifications in their odder forms."""

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Action
from watcher.reader.extract import extract
from watcher.reader.extract.notification import find_notification
from watcher.reader.extract.transcript import find_refusals
from watcher.reader.findings import Extract
from watcher.reader.parse.message import parse_message


REPORT = b'From: MAILER-DAEMON@mx.example.net\nContent-Type: multipart/report; boundary="b"\n\n'


def _extract(*parts: bytes) -> Extract:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return extract(parse_message(REPORT + body + b"--b--\n"), RULES)


def _status(fields: bytes) -> bytes:
    return b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n" + fields


FIELDS = [
    # Each case: what it shows, the group, then address, original address, action, status.
    (
        "the final recipient",
        b"Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\n",
        ("a@example.com", None, "failed", "5.1.1"),
    ),
    (
        "the original one, where the final is no address",
        b"Final-Recipient: rfc822; a\nOriginal-Recipient: rfc822; b@example.com\nAction: failed\n",
        ("b@example.com", None, "failed", None),
    ),
    (
        "no action: failed",
        b"Final-Recipient: rfc822; a@example.com\nStatus: 5.1.1\n",
        ("a@example.com", None, "failed", "5.1.1"),
    ),
    (
        "no action, class 2: delivered",
        b"Final-Recipient: rfc822; a@example.com\nStatus: 2.1.5\n",
        ("a@example.com", None, "delivered", "2.1.5"),
    ),
    ("action and status alone", b"Action: failed\nStatus: 5.1.1\n", (None, None, "failed", "5.1.1")),
]


@pytest.mark.parametrize(("fields", "wanted"), [c[1:] for c in FIELDS], ids=[c[0] for c in FIELDS])
def test_fields_of_a_recipient(fields: bytes, wanted: tuple[str | None, ...]) -> None:
    finding = _extract(b"\nwords\n", _status(fields)).findings[0]
    assert (finding.address, finding.original_address, finding.action, finding.status) == wanted


@pytest.mark.parametrize(
    "field", [b'"jo@example.org" <a@example.com>', b"jo@example.org <a@example.com>", b"<a@example.com>"]
)
def test_a_name_that_is_an_address_is_no_second_recipient(field: bytes) -> None:
    status = _status(b"Final-Recipient: rfc822; " + field + b"\nAction: failed\nStatus: 5.1.1\n")
    assert [found.address for found in _extract(b"\nwords\n", status).findings] == ["a@example.com"]


COMPLAINTS = [
    # Each case: what it shows, the header of what is complained about, then who complained.
    ("it was sent to one", b"From: news@example.org\nTo: a@example.com\n", ["a@example.com"]),
    (
        "its sender wrote to himself, and hid the others",
        b"From: News@example.org\nTo: news@example.org\n",
        [],
    ),
    (
        "he did, and its return-path carries who it was for",
        b"Return-Path: <bounce+a=example.com@example.org>\nFrom: news@example.org\nTo: news@example.org\n",
        ["a@example.com"],
    ),
]


@pytest.mark.parametrize(("header", "named"), [c[1:] for c in COMPLAINTS], ids=[c[0] for c in COMPLAINTS])
def test_who_complained(header: bytes, named: list[str]) -> None:
    report = b"Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
    returned = b"Content-Type: message/rfc822\n\n" + header + b"\nnews\n"
    assert [found.address for found in _extract(b"\nabuse\n", report, returned).findings] == named


def test_a_recipient_told_of_twice_is_one_and_failed() -> None:
    group = b"Final-Recipient: rfc822; a@example.com\nAction: %s\n\n"
    fields = group % b"expanded" + group % b"failed"
    findings = _extract(b"\nwords\n", _status(fields)).findings
    assert [(f.address, f.action) for f in findings] == [("a@example.com", Action.FAILED)]


def test_a_status_comment_and_further_words_are_clues() -> None:
    fields = b"Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.2 (bad host)\n"
    fields += b"X-Notes: gone\nRemote-MTA: dns; [mx.example.com]\n"
    finding = _extract(b"\nwords\n", _status(fields)).findings[0]
    assert [(clue.where, clue.text) for clue in finding.clues][:2] == [
        ("x-notes", "gone"),
        ("status", "bad host"),
    ]
    assert finding.remote_mta == "mx.example.com"


def test_prose_names_whom_the_fields_do_not_and_leaves_the_status_that_they_give() -> None:
    found = _extract(
        b"\n<a@example.com>: 550 5.1.1 no such user\n", _status(b"Action: failed\nStatus: 5.0.0\n")
    )
    assert [(f.address, f.status, f.reply_code) for f in found.findings] == [("a@example.com", "5.0.0", 550)]


def test_prose_gives_the_status_where_the_fields_give_none() -> None:
    found = _extract(b"\n<a@example.com>: 550 5.1.1 no such user\n", _status(b"Action: failed\n"))
    assert [(f.address, f.status, f.reply_code) for f in found.findings] == [("a@example.com", "5.1.1", 550)]


def test_prose_about_nobody_is_a_clue_of_the_only_recipient() -> None:
    found = _extract(
        b"\nThe house is on fire.\n", _status(b"Final-Recipient: rfc822; a@example.com\nAction: failed\n")
    )
    assert [clue.text for clue in found.findings[0].clues] == ["The house is on fire."]


ORIGINALS = [
    ("whole", b"Content-Type: message/rfc822\n\nMessage-ID: <m@x>\nSubject: s\n\nbody\n"),
    (
        "whole, in base64",
        (
            b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
            b"TWVzc2FnZS1JRDogPG1AeD4KU3ViamVjdDogcwoKYm9keQo=\n"
        ),
    ),
    ("its header", b"Content-Type: text/rfc822-headers\n\nMessage-ID: <m@x>\nSubject: s\n"),
    ("its header, misspelled type", b"Content-Type: text/rfc822-header\n\nMessage-ID: <m@x>\nSubject: s\n"),
    ("within the text", b"\n--- Original message follows ---\nMessage-ID: <m@x>\nSubject: s\n\nbody\n"),
]


@pytest.mark.parametrize("part", [c[1] for c in ORIGINALS], ids=[c[0] for c in ORIGINALS])
def test_the_original_comes_in_many_forms(part: bytes) -> None:
    original = _extract(_status(b"Final-Recipient: rfc822; a@example.com\nAction: failed\n"), part).original
    assert original is not None
    assert (original.message_id, original.subject) == ("<m@x>", "s")


@pytest.mark.parametrize(
    "body", [b"", b"Message removed", b"X-Only: this"], ids=["empty", "words", "no fact"]
)
def test_a_returned_part_without_a_header_is_none(body: bytes) -> None:
    status = _status(b"Final-Recipient: rfc822; a@example.com\nAction: failed\n")
    assert _extract(status, b"Content-Type: message/rfc822\n\n" + body).original is None


def test_extension_fields_of_the_original_are_kept_within_bounds() -> None:
    fields = b"".join(b"X-Tag-%d: %s\n" % (n, b"v" * 900) for n in range(80))
    part = b"Content-Type: message/rfc822\n\nMessage-ID: <m@x>\nFeedback-ID: f\n" + fields
    original = _extract(_status(b"Final-Recipient: rfc822; a@example.com\nAction: failed\n"), part).original
    assert original is not None
    assert (len(original.headers), len(original.headers[0][1]), original.feedback_id) == (40, 500, "f")


def test_the_only_recipient_of_the_original_is_a_last_resort() -> None:
    head = b"From: MAILER-DAEMON@mx.example.net\nSubject: Mail delivery failed\n\n"
    head += b"Your message could not be delivered.\n\n"
    for to, wanted in (
        (b"To: a@example.com", "a@example.com"),
        (b"To: a@example.com\nCc: b@example.com", None),
    ):
        raw = head + b"--- Original message follows ---\nReceived: x\nSubject: s\n" + to + b"\n"
        assert [f.address for f in extract(parse_message(raw), RULES).findings] == [wanted]


SESSIONS = [
    # Each case: what it shows, the session, then (address, first words, command) of each refusal.
    ("arrows", ">>> RCPT TO:<a@example.com>\n<<< 550 5.1.1 no", [("a@example.com", "550 5.1.1 no", "RCPT")]),
    ("no arrows", " RCPT To:<a@example.com>\n 550 no", [("a@example.com", "550 no", "RCPT")]),
    (
        "words for arrows",
        "Sent <<< RCPT TO:<a@example.com>\nReceived >>> 550 no",
        [("a@example.com", "550 no", "RCPT")],
    ),
    ("another command", ">>> DATA\n<<< 554 no", [(None, "554 no", "DATA")]),
    (
        "several lines",
        ">>> RCPT TO:<a@example.com>\n<<< 550-one\n<<< 550 two",
        [("a@example.com", "550-one 550 two", "RCPT")],
    ),
    (
        "Sendmail calls a user unknown for any 550",
        ">>> RCPT To:<a@example.com>\n<<< 550 5.7.1 members only\n550 5.1.1 <a@example.com>... User unknown",
        [("a@example.com", "550 5.7.1 members only", "RCPT")],
    ),
    (
        "and says why itself where the server did not",
        ">>> RCPT To:<a@example.com>\n<<< 550\n550 5.1.1 <a@example.com>... User unknown",
        [
            ("a@example.com", "550", "RCPT"),
            ("a@example.com", "550 5.1.1 <a@example.com>... User unknown", "RCPT"),
        ],
    ),
    ("a reply that is no refusal", ">>> RCPT TO:<a@example.com>\n<<< 250 ok", []),
    ("a number far from any command", "The year\n550 was quiet", []),
    ("an empty line ends it", ">>> DATA\n\n550 no", []),
]


@pytest.mark.parametrize(("text", "wanted"), [c[1:] for c in SESSIONS], ids=[c[0] for c in SESSIONS])
def test_find_refusals(text: str, wanted: list[tuple[str | None, str, str]]) -> None:
    assert [(r.address, r.text, r.command) for r in find_refusals(text.split("\n"))] == wanted


def test_refusals_are_bounded() -> None:
    lines = [line for n in range(500) for line in (f"RCPT TO:<u{n}@example.com>", "550 no")]
    assert len(find_refusals(lines)) == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"notificationType": "Bounce", "bounce": 7}',
        b'{"notificationType": "Bounce", "bounce": {"bouncedRecipients": ["x", {"emailAddress": 5}]}}',
    ],
)
def test_a_notification_with_odd_values_names_nobody(body: bytes) -> None:
    found = find_notification(parse_message(b"From: x\n\n" + body))
    assert found is not None
    assert found.findings == ()


@pytest.mark.parametrize(
    "body", [b'["notificationType"]', b'"eventType"', b'{"eventType": 5}', b"eventType: none"]
)
def test_other_json_is_no_notification(body: bytes) -> None:
    assert find_notification(parse_message(b"From: x\n\n" + body)) is None
