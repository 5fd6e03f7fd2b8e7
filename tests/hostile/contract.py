"""Hold a report to what users rely on, whatever the mail was."""

import json
import re

from tests.reader.rulebook import RULES
from watcher.model import Report
from watcher.reader.report_json import encode_report


MESSAGE = ("fingerprint", "message_id", "from", "to", "subject", "date", "size")
TOP = (
    "schema", "source", "kind", "reason", "advice", "confidence", "evidence", "format", "language", "message",
    "reporting_mta", "recipients", "original", "return_path", "authenticity", "notes",
)  # fmt: skip
RECIPIENT = (
    "address", "original_address", "action", "status", "reply_code", "diagnostic", "remote_mta", "command",
    "code_class", "class", "reason", "fault", "advice", "confidence", "evidence",
)  # fmt: skip
KINDS = frozenset({
    "bounce", "delay", "delivery", "auto_reply", "challenge", "complaint", "feedback", "receipt", "request",
    "notice", "ordinary", "unreadable",
})  # fmt: skip
CLASSES = frozenset({"hard", "soft", "block", "undetermined"})
ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})
UNREADABLE = frozenset({"empty mail", "no header field"})
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{64}")


def find_faults(report: Report, raw: bytes) -> list[str]:
    """Name all that the contract does not allow."""
    line = encode_report(report, "-")
    line.encode()
    told = json.loads(line)
    faults = [] if "\n" not in line else ["more than one line"]
    faults += _of_message(told, raw)
    for recipient in told["recipients"]:
        faults += _of_recipient(recipient, told["kind"])
    return faults


def is_hard(report: Report) -> bool:
    """Say whether a report calls any address dead."""
    return any(recipient.bounce_class == "hard" for recipient in report.recipients)


def _of_message(told: dict, raw: bytes) -> list[str]:
    kind, notes, message = told["kind"], told["notes"], told["message"]
    dates = [message["date"], told["original"] and told["original"]["date"]]
    checks = {
        "keys": tuple(told) == TOP and tuple(message) == MESSAGE,
        f"kind {kind}": kind in KINDS,
        f"unreadable: {notes}": kind != "unreadable" or not UNREADABLE.isdisjoint(notes),
        "empty, and read": bool(raw.strip()) or kind == "unreadable",
        f"reason {told['reason']}": told["reason"] is None or told["reason"] in RULES.taxonomy,
        "reason of a bounce": told["reason"] is None or kind not in {"bounce", "delay"},
        "confidence": 0 <= told["confidence"] <= 1,
        "fingerprint": _FINGERPRINT.fullmatch(message["fingerprint"]) is not None,
        "size": message["size"] == len(raw),
        f"dates {dates}": all(date is None or _DATE.fullmatch(date) for date in dates),
        "sender": _is_address(message["from"]) and all(map(_is_address, message["to"])),
        "no evidence": kind in {"ordinary", "unreadable"} or told["evidence"],
        "recipients": not told["recipients"] or kind not in {"ordinary", "unreadable", "notice"},
    }
    return [fault for fault, holds in checks.items() if not holds]


def _of_recipient(one: dict, kind: str) -> list[str]:
    failed = one["action"] == "failed"
    checks = {
        "keys of a recipient": tuple(one) == RECIPIENT,
        f"address {one['address']!r}": _is_address(one["address"]) and _is_address(one["original_address"]),
        f"action {one['action']}": one["action"] in ACTIONS or kind not in {"bounce", "delay"},
        f"status {one['status']}": one["status"] is None or _STATUS.fullmatch(one["status"]),
        f"reply code {one['reply_code']}": one["reply_code"] is None or 200 <= one["reply_code"] < 600,
        f"class {one['class']}": (one["class"] in CLASSES) == failed
        if one["action"]
        else one["class"] is None,
        f"reason {one['reason']}": one["reason"] in RULES.taxonomy or not one["action"],
        "confidence of a recipient": 0 <= one["confidence"] <= 1,
        "sure without evidence": one["class"] is None or one["confidence"] < 0.5 or one["evidence"],
        "a long diagnostic": len(one["diagnostic"] or "") <= 2_000,
    }
    return [fault for fault, holds in checks.items() if not holds]


def _is_address(text: str | None) -> bool:
    return text is None or (0 < len(text) <= 2_048 and not any(c < " " or "\x7f" <= c < "\xa0" for c in text))
