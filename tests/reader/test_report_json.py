"""A report is written with the names, order and nulls that users rely on."""

import json

from watcher.model import (
    Action,
    Authenticity,
    BounceClass,
    CodeClass,
    Evidence,
    Kind,
    Level,
    MessageFacts,
    Original,
    Recipient,
    Report,
    ReturnPath,
)
from watcher.reader.report_json import encode_report, report_to_dict


EVIDENCE = Evidence("mailbox_not_found.user_unknown", "User unknown", "diagnostic-code")
FULL = Report(
    kind=Kind.BOUNCE,
    message=MessageFacts(
        fingerprint="sha256:00",
        message_id="<1@mx.example.net>",
        sender="MAILER-DAEMON@mx.example.net",
        to=("bounce+user=example.com@lists.example.org",),
        subject="Unzustellbar: Grüße",
        date="2026-11-22T04:19:00Z",
        size=4312,
    ),
    confidence=0.99,
    evidence=(Evidence("dsn.rfc3464", "message/delivery-status", "content-type"),),
    format="postfix",
    language="en",
    reporting_mta="mx.example.net",
    recipients=(
        Recipient(
            address="user@example.com",
            original_address="User@example.com",
            action=Action.FAILED,
            status="5.1.1",
            reply_code=550,
            diagnostic="550 5.1.1 User unknown",
            remote_mta="mx.example.com",
            command="RCPT",
            code_class=CodeClass.PERMANENT,
            bounce_class=BounceClass.HARD,
            reason="mailbox_not_found",
            fault="recipient",
            advice="suppress",
            confidence=0.1 + 0.2,
            evidence=(EVIDENCE,),
        ),
        Recipient(address=None),
    ),
    original=Original(
        message_id="<2@lists.example.org>",
        sender="news@lists.example.org",
        to=("user@example.com",),
        headers=(("X-Campaign-ID", "7"), ("X-Campaign-ID", "8")),
    ),
    return_path=ReturnPath("bounce+user=example.com@lists.example.org", "verp", "user@example.com"),
    authenticity=Authenticity(Level.VERIFIED, (("token", "pass"), ("dkim_original", "none"))),
    notes=("text cut",),
)


def test_every_fact_has_its_name_and_place() -> None:
    assert json.dumps(report_to_dict(FULL, "mail/1.eml")) == json.dumps(
        {
            "schema": 1,
            "source": "mail/1.eml",
            "kind": "bounce",
            "reason": None,
            "advice": None,
            "confidence": 0.99,
            "evidence": [
                {"rule": "dsn.rfc3464", "matched": "message/delivery-status", "where": "content-type"}
            ],
            "format": "postfix",
            "language": "en",
            "message": {
                "fingerprint": "sha256:00",
                "message_id": "<1@mx.example.net>",
                "from": "MAILER-DAEMON@mx.example.net",
                "to": ["bounce+user=example.com@lists.example.org"],
                "subject": "Unzustellbar: Grüße",
                "date": "2026-11-22T04:19:00Z",
                "size": 4312,
            },
            "reporting_mta": "mx.example.net",
            "recipients": [
                {
                    "address": "user@example.com",
                    "original_address": "User@example.com",
                    "action": "failed",
                    "status": "5.1.1",
                    "reply_code": 550,
                    "diagnostic": "550 5.1.1 User unknown",
                    "remote_mta": "mx.example.com",
                    "command": "RCPT",
                    "code_class": "permanent",
                    "class": "hard",
                    "reason": "mailbox_not_found",
                    "fault": "recipient",
                    "advice": "suppress",
                    "confidence": 0.3,
                    "evidence": [
                        {
                            "rule": "mailbox_not_found.user_unknown",
                            "matched": "User unknown",
                            "where": "diagnostic-code",
                        }
                    ],
                },
                {
                    "address": None,
                    "original_address": None,
                    "action": None,
                    "status": None,
                    "reply_code": None,
                    "diagnostic": None,
                    "remote_mta": None,
                    "command": None,
                    "code_class": "none",
                    "class": None,
                    "reason": None,
                    "fault": None,
                    "advice": None,
                    "confidence": 0.0,
                    "evidence": [],
                },
            ],
            "original": {
                "message_id": "<2@lists.example.org>",
                "from": "news@lists.example.org",
                "to": ["user@example.com"],
                "subject": None,
                "date": None,
                "list_id": None,
                "feedback_id": None,
                "headers": {"X-Campaign-ID": "7"},
            },
            "return_path": {
                "address": "bounce+user=example.com@lists.example.org",
                "form": "verp",
                "recipient": "user@example.com",
                "id": None,
            },
            "authenticity": {"level": "verified", "checks": {"token": "pass", "dkim_original": "none"}},
            "notes": ["text cut"],
        }
    )


def test_what_is_absent_is_null_or_empty() -> None:
    report = report_to_dict(Report(kind=Kind.UNREADABLE, message=MessageFacts("sha256:00")), "-")
    assert report["original"] is None
    assert report["return_path"] is None
    assert report["recipients"] == report["evidence"] == report["notes"] == []
    assert list(report) == list(report_to_dict(FULL, "-"))


def test_it_is_one_line_in_any_script() -> None:
    line = encode_report(FULL, "mail/a\nb.eml")
    assert "\n" not in line
    assert "Grüße" in line
    assert json.loads(line) == report_to_dict(FULL, "mail/a\nb.eml")


def test_a_file_name_that_is_no_utf8_can_be_written() -> None:
    line = encode_report(FULL, "mail/\udcff.eml")
    assert json.loads(line.encode("utf-8"))["source"] == "mail/?.eml"
