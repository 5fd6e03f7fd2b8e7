"""Write a report as JSON, in the order and with the names that users rely on (`schema` 1).

Absent facts are null, lists empty, never missing; confidences have four digits.
"""

from collections.abc import Mapping
from json import JSONEncoder
from typing import Final

from watcher.model import Evidence, MessageFacts, Original, Recipient, Report, ReturnPath


SCHEMA: Final = 1
_ENCODER: Final = JSONEncoder(ensure_ascii=False, check_circular=False)


def encode_report(report: Report, source: str) -> str:
    """Return the report as one line of JSON, without a newline at its end."""
    line = _ENCODER.encode(report_to_dict(report, source))
    # A lone surrogate, from a file name that is no UTF-8, can be written nowhere.
    return line if line.isascii() else line.encode("utf-8", "replace").decode("utf-8")


def report_to_dict(report: Report, source: str) -> dict[str, object]:
    """Return the report as plain values."""
    authenticity = report.authenticity
    return {
        "schema": SCHEMA,
        "source": source,
        "kind": report.kind.value,
        "reason": report.reason,
        "advice": report.advice,
        "confidence": round(report.confidence, 4),
        "evidence": [evidence_to_dict(evidence) for evidence in report.evidence],
        "format": report.format,
        "language": report.language,
        "message": message_to_dict(report.message),
        "reporting_mta": report.reporting_mta,
        "recipients": [recipient_to_dict(recipient) for recipient in report.recipients],
        "original": original_to_dict(report.original),
        "return_path": return_path_to_dict(report.return_path),
        "authenticity": {"level": authenticity.level.value, "checks": _to_object(authenticity.checks)},
        "notes": list(report.notes),
    }


def evidence_to_dict(evidence: Evidence) -> dict[str, object]:
    """Return one piece of evidence as plain values."""
    return {"rule": evidence.rule, "matched": evidence.matched, "where": evidence.where}


def message_to_dict(message: MessageFacts) -> dict[str, object]:
    """Return the facts about the report's own mail as plain values."""
    return {
        "fingerprint": message.fingerprint,
        "message_id": message.message_id,
        "from": message.sender,
        "to": list(message.to),
        "subject": message.subject,
        "date": message.date,
        "size": message.size,
    }


def recipient_to_dict(recipient: Recipient) -> dict[str, object]:
    """Return one recipient with its verdict as plain values."""
    action, bounce_class = recipient.action, recipient.bounce_class
    return {
        "address": recipient.address,
        "original_address": recipient.original_address,
        "action": None if action is None else action.value,
        "status": recipient.status,
        "reply_code": recipient.reply_code,
        "diagnostic": recipient.diagnostic,
        "remote_mta": recipient.remote_mta,
        "command": recipient.command,
        "code_class": recipient.code_class.value,
        "class": None if bounce_class is None else bounce_class.value,
        "reason": recipient.reason,
        "fault": recipient.fault,
        "advice": recipient.advice,
        "confidence": round(recipient.confidence, 4),
        "evidence": [evidence_to_dict(evidence) for evidence in recipient.evidence],
    }


def original_to_dict(original: Original | None) -> dict[str, object] | None:
    """Return the facts about the returned message as plain values."""
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
        "headers": _to_object(original.headers),
    }


def return_path_to_dict(return_path: ReturnPath | None) -> dict[str, object] | None:
    """Return the return-path as plain values."""
    if return_path is None:
        return None
    return {
        "address": return_path.address,
        "form": return_path.form,
        "recipient": return_path.recipient,
        "id": return_path.id,
    }


def _to_object(pairs: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return pairs as a JSON object; of a name that comes twice the first counts."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found
