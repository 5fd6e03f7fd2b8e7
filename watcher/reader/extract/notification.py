"""Read Amazon SES notifications that SNS sends by mail: JSON with `notificationType` or `eventType`.

A bounce or delivery lists its recipients with status and diagnostic; a complaint lists the complainers.
"""

import json
from typing import Any

from watcher.model import Action, Evidence, Original
from watcher.reader.extract.delivery_status import MAX_RECIPIENTS
from watcher.reader.extract.diagnosis import clean_diagnostic, find_reply, settle_status
from watcher.reader.extract.stage import find_command
from watcher.reader.findings import Clue, Extract, Finding
from watcher.reader.parse.address import normalise_address, parse_mailbox
from watcher.reader.parse.dates import parse_date
from watcher.reader.parse.message import Message


_MARKS = ("notificationType", "eventType")
_LISTS = {
    "Bounce": ("bounce", "bouncedRecipients", Action.FAILED),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients", Action.DELAYED),
    "Delivery": ("delivery", "recipients", Action.DELIVERED),
    "Complaint": ("complaint", "complainedRecipients", None),
}


def find_notification(message: Message) -> Extract | None:
    """Read the notification, where the mail's text is one."""
    if not message.root.content_type.startswith("text/plain") or not any(
        name in message.text for name in _MARKS
    ):
        return None
    # QUIRK: sendmail breaks lines of more than 990 octets with "!", newline, blank.
    told = _parse(message.root.as_text().replace("!\n ", ""))
    if "Message" in told and "notificationType" not in told:
        told = _parse(_text(told["Message"]))
    name = _text(told.get("notificationType")) or _text(told.get("eventType"))
    return _read(told, name) if name in _LISTS else None


def _parse(text: str) -> dict[str, Any]:
    try:
        told, _ = json.JSONDecoder(strict=False).raw_decode(text.strip())
    except (ValueError, RecursionError):
        return {}
    return _table(told)


def _read(told: dict[str, Any], name: str) -> Extract:
    section, listed, action = _LISTS[name]
    details = _table(told.get(section))
    rows = details.get(listed)
    findings = [
        finding
        for row in (rows if isinstance(rows, list) else [])[:MAX_RECIPIENTS]
        if (finding := _finding(row, action, details)) is not None
    ]
    return Extract(
        format="amazonses",
        reporting_mta=_text(details.get("reportingMTA", "")).rpartition(";")[2].strip() or None,
        findings=tuple(findings),
        original=_original(_table(told.get("mail"))),
        evidence=(Evidence("notification.amazonses", name, "body"),),
    )


def _finding(row: object, action: Action | None, details: dict[str, Any]) -> Finding | None:
    entry = {"emailAddress": row} if isinstance(row, str) else _table(row)
    address = normalise_address(_text(entry.get("emailAddress")))
    if not address or "@" not in address:
        return None
    diagnostic = clean_diagnostic(_text(entry.get("diagnosticCode")) or _text(details.get("smtpResponse")))
    reply = find_reply(diagnostic or "")
    words = " ".join(_text(details.get(key)) for key in ("bounceType", "bounceSubType", "delayType")).strip()
    clues = [Clue(diagnostic, "diagnostic-code")] if diagnostic else []
    if words:
        clues.append(Clue(words, "body"))
    return Finding(
        address=address,
        action=action,
        status=settle_status(_text(entry.get("status")) or None, reply),
        reply_code=reply.reply_code,
        diagnostic=diagnostic,
        command=find_command(diagnostic),
        clues=tuple(clues),
    )


def _original(mail: dict[str, Any]) -> Original:
    common = _table(mail.get("commonHeaders"))
    to = common.get("to")
    named = (parse_mailbox(_text(entry)) for entry in (to if isinstance(to, list) else []))
    return Original(
        message_id=_text(common.get("messageId")) or _text(mail.get("messageId")) or None,
        sender=parse_mailbox(_text(mail.get("source"))),
        to=tuple(address for address in named if address)[:50],
        subject=_text(common.get("subject"))[:500] or None,
        date=parse_date(_text(common.get("date"))),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
