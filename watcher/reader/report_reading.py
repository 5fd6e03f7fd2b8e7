"""Read a report back from its JSON: what `report_json` wrote, by this release or an older one."""

import json
from collections.abc import Mapping
from typing import Any

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


def decode_report(text: str) -> tuple[Report, str]:
    """Give the report and the source of its message; ValueError where the text is no report."""
    try:
        found = json.loads(text)
        return report_from_dict(found), found["source"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no report: {error}") from error


def report_from_dict(value: Mapping[str, Any]) -> Report:
    """Give the report of plain values."""
    authenticity = value["authenticity"]
    return Report(
        kind=Kind(value["kind"]),
        message=_message(value["message"]),
        reason=value["reason"],
        advice=value["advice"],
        confidence=value["confidence"],
        evidence=_evidence(value["evidence"]),
        format=value["format"],
        language=value["language"],
        reporting_mta=value["reporting_mta"],
        recipients=tuple(map(_recipient, value["recipients"])),
        original=None if value["original"] is None else _original(value["original"]),
        return_path=None if value["return_path"] is None else ReturnPath(**value["return_path"]),
        authenticity=Authenticity(Level(authenticity["level"]), tuple(authenticity["checks"].items())),
        notes=tuple(value["notes"]),
    )


def _message(value: Mapping[str, Any]) -> MessageFacts:
    return MessageFacts(
        fingerprint=value["fingerprint"],
        message_id=value["message_id"],
        sender=value["from"],
        to=tuple(value["to"]),
        subject=value["subject"],
        date=value["date"],
        size=value["size"],
    )


def _recipient(value: Mapping[str, Any]) -> Recipient:
    action, bounce_class = value["action"], value["class"]
    return Recipient(
        address=value["address"],
        original_address=value["original_address"],
        action=None if action is None else Action(action),
        status=value["status"],
        reply_code=value["reply_code"],
        diagnostic=value["diagnostic"],
        remote_mta=value["remote_mta"],
        command=value["command"],
        code_class=CodeClass(value["code_class"]),
        bounce_class=None if bounce_class is None else BounceClass(bounce_class),
        reason=value["reason"],
        fault=value["fault"],
        advice=value["advice"],
        confidence=value["confidence"],
        evidence=_evidence(value["evidence"]),
    )


def _original(value: Mapping[str, Any]) -> Original:
    return Original(
        message_id=value["message_id"],
        sender=value["from"],
        to=tuple(value["to"]),
        subject=value["subject"],
        date=value["date"],
        list_id=value["list_id"],
        feedback_id=value["feedback_id"],
        headers=tuple(value["headers"].items()),
    )


def _evidence(value: list[Mapping[str, str]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(each["rule"], each["matched"], each["where"]) for each in value)
