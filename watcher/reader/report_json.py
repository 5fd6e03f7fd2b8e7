"""Write a report as JSON, in the order and with the names that users rely on (`schema` 1).

Absent facts are null, lists empty, never missing; confidences have four digits.
"""

from collections.abc import Iterable
from typing import Any, Final

from watcher.compact_json import dump
from watcher.model import Evidence, MessageFacts, Original, Recipient, Report, ReturnPath


SCHEMA: Final = 1


def encode_report(report: Report, source: str) -> str:
    """Return the report as one line of JSON, without a newline at its end."""
    return dump(report_to_dict(report, source)).decode()


def report_to_dict(report: Report, source: str) -> dict[str, Any]:
    """Return the report as plain values."""
    return {
        "schema": SCHEMA,
        "source": source,
        "kind": report.kind,
        "reason": report.reason,
        "advice": report.advice,
        "confidence": round(report.confidence, 4),
        "evidence": _evidence(report.evidence),
        "format": report.format,
        "language": report.language,
        "message": _message(report.message),
        "reporting_mta": report.reporting_mta,
        "recipients": [recipient_to_dict(each) for each in report.recipients],
        "original": _original(report.original),
        "return_path": _return_path(report.return_path),
        "authenticity": {
            "level": report.authenticity.level,
            "checks": _object(report.authenticity.checks),
        },
        "notes": list(report.notes),
    }


def recipient_to_dict(recipient: Recipient) -> dict[str, Any]:
    """Return one recipient with its verdict as plain values."""
    return {
        "address": recipient.address,
        "original_address": recipient.original_address,
        "action": recipient.action,
        "status": recipient.status,
        "reply_code": recipient.reply_code,
        "diagnostic": recipient.diagnostic,
        "remote_mta": recipient.remote_mta,
        "command": recipient.command,
        "code_class": recipient.code_class,
        "class": recipient.bounce_class,
        "reason": recipient.reason,
        "fault": recipient.fault,
        "advice": recipient.advice,
        "confidence": round(recipient.confidence, 4),
        "evidence": _evidence(recipient.evidence),
    }


def _evidence(rows: tuple[Evidence, ...]) -> list[dict[str, str]]:
    return [{"rule": row.rule, "matched": row.matched, "where": row.where} for row in rows]


def _message(message: MessageFacts) -> dict[str, Any]:
    return {
        "fingerprint": message.fingerprint,
        "message_id": message.message_id,
        "from": message.sender,
        "to": list(message.to),
        "subject": message.subject,
        "date": message.date,
        "size": message.size,
    }


def _original(original: Original | None) -> dict[str, Any] | None:
    if original is None:
        return None
    return {
        "message_id": original.message_id,
        "from": original.sender,
        "to": list(original.to),
        "subject": original.subject,
        "date": original.date,
        "list_id": original.list_id,
        "feedback_id": original.feedback_id,
        "headers": _object(original.headers),
    }


def _return_path(return_path: ReturnPath | None) -> dict[str, str | None] | None:
    if return_path is None:
        return None
    return {
        "address": return_path.address,
        "form": return_path.form,
        "recipient": return_path.recipient,
        "id": return_path.id,
    }


def _object(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give pairs as an object; of a name that comes twice the first counts."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found
