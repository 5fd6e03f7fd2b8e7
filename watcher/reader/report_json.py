"""Write a report as JSON, in the order and with the names that users rely on (`schema` 1).

Absent facts are null, lists empty, never missing; confidences have four digits.  Written by hand, field by
field: to make plain values first and then encode those takes about twice as long.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring as _quote
from typing import Any, Final

from watcher.model import Evidence, MessageFacts, Original, Recipient, Report, ReturnPath


SCHEMA: Final = 1


def encode_report(report: Report, source: str) -> str:
    """Return the report as one line of JSON, without a newline at its end."""
    line = (
        f'{{"schema": {SCHEMA}, "source": {_quote(source)}, "kind": {_quote(report.kind)}, '
        f'"reason": {_text(report.reason)}, "advice": {_text(report.advice)}, '
        f'"confidence": {_number(report.confidence)}, "evidence": {_evidence(report.evidence)}, '
        f'"format": {_text(report.format)}, "language": {_text(report.language)}, '
        f'"message": {_message(report.message)}, "reporting_mta": {_text(report.reporting_mta)}, '
        f'"recipients": [{", ".join(map(_recipient, report.recipients))}], '
        f'"original": {_original(report.original)}, "return_path": {_return_path(report.return_path)}, '
        f'"authenticity": {{"level": {_quote(report.authenticity.level)}, '
        f'"checks": {_object(report.authenticity.checks)}}}, "notes": {_list(report.notes)}}}'
    )
    # A lone surrogate, from a file name that is no UTF-8, can be written nowhere.
    return line if line.isascii() else line.encode("utf-8", "replace").decode("utf-8")


def report_to_dict(report: Report, source: str) -> dict[str, Any]:
    """Return the report as plain values."""
    told: dict[str, Any] = json.loads(encode_report(report, source))
    return told


def recipient_to_dict(recipient: Recipient) -> dict[str, Any]:
    """Return one recipient with its verdict as plain values."""
    told: dict[str, Any] = json.loads(_recipient(recipient))
    return told


def _evidence(rows: tuple[Evidence, ...]) -> str:
    shown = [
        f'{{"rule": {_quote(row.rule)}, "matched": {_quote(row.matched)}, "where": {_quote(row.where)}}}'
        for row in rows
    ]
    return f"[{', '.join(shown)}]"


def _message(message: MessageFacts) -> str:
    return (
        f'{{"fingerprint": {_quote(message.fingerprint)}, "message_id": {_text(message.message_id)}, '
        f'"from": {_text(message.sender)}, "to": {_list(message.to)}, "subject": {_text(message.subject)}, '
        f'"date": {_text(message.date)}, "size": {message.size}}}'
    )


def _recipient(recipient: Recipient) -> str:
    code = recipient.reply_code
    return (
        f'{{"address": {_text(recipient.address)}, "original_address": {_text(recipient.original_address)}, '
        f'"action": {_text(recipient.action)}, "status": {_text(recipient.status)}, '
        f'"reply_code": {"null" if code is None else code}, "diagnostic": {_text(recipient.diagnostic)}, '
        f'"remote_mta": {_text(recipient.remote_mta)}, "command": {_text(recipient.command)}, '
        f'"code_class": {_quote(recipient.code_class)}, "class": {_text(recipient.bounce_class)}, '
        f'"reason": {_text(recipient.reason)}, "fault": {_text(recipient.fault)}, '
        f'"advice": {_text(recipient.advice)}, "confidence": {_number(recipient.confidence)}, '
        f'"evidence": {_evidence(recipient.evidence)}}}'
    )


def _original(original: Original | None) -> str:
    if original is None:
        return "null"
    return (
        f'{{"message_id": {_text(original.message_id)}, "from": {_text(original.sender)}, '
        f'"to": {_list(original.to)}, "subject": {_text(original.subject)}, "date": {_text(original.date)}, '
        f'"list_id": {_text(original.list_id)}, "feedback_id": {_text(original.feedback_id)}, '
        f'"headers": {_object(original.headers)}}}'
    )


def _return_path(return_path: ReturnPath | None) -> str:
    if return_path is None:
        return "null"
    return (
        f'{{"address": {_quote(return_path.address)}, "form": {_quote(return_path.form)}, '
        f'"recipient": {_text(return_path.recipient)}, "id": {_text(return_path.id)}}}'
    )


def _object(pairs: tuple[tuple[str, str], ...]) -> str:
    """Write pairs as an object; of a name that comes twice the first counts."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return f"{{{', '.join([f'{_quote(name)}: {_quote(value)}' for name, value in found.items()])}}}"


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quote, texts))}]"


def _text(text: str | None) -> str:
    return "null" if text is None else _quote(text)


@lru_cache(maxsize=256)  # there are few levels of confidence
def _number(number: float) -> str:
    return repr(round(float(number), 4))
