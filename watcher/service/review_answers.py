"""What was set aside for a person, as rows, as JSON and in words."""

import json
from collections.abc import Iterator
from typing import Any

from watcher.decide.address import address_key
from watcher.events import moment
from watcher.store.records import ReviewItem


WHYS = {
    "low_confidence": "the reader is not sure of it",
    "undetermined": "it failed, and nobody can say why",
    "no_recipient": "it failed, and nobody can say for whom",
    "unreadable": "it cannot be read as mail",
    "unproven": "nothing proves that it is about mail of yours",
    "refused_often": "the recipient refuses mail of yours again and again",
    "person_left": "it says that a person left, or has a new address",
    "flood": "more came at once than your caps let through",
}


def item_to_row(item: ReviewItem) -> dict[str, Any]:
    """Give a row of the list."""
    report = json.loads(item.report_json)
    addresses = [each["address"] for each in report.get("recipients", ()) if each["address"]]
    return {
        "number": item.number,
        "opened": moment(item.opened),
        "why": item.reason,
        "kind": item.kind,
        "mailbox": item.mailbox,
        "folder": item.folder,
        "recipients": " ".join(addresses),
        "subject": (report.get("message") or {}).get("subject"),
        "said": None if item.resolution is None else words_said(item)[-1]["verdict"],
    }


def item_to_dict(item: ReviewItem) -> dict[str, Any]:
    """Give all that is known of an item, with the report of its message."""
    return {
        "number": item.number,
        "opened": moment(item.opened),
        "why": item.reason,
        "mailbox": item.mailbox,
        "folder": item.folder,
        "received": moment(item.received),
        "resolved": None if item.resolved is None else moment(item.resolved),
        "said": words_said(item),
        "report": json.loads(item.report_json),
    }


def words_said(item: ReviewItem) -> list[dict[str, Any]]:
    """Give what was said of an item, one word after the other."""
    found = json.loads(item.resolution or "[]")
    assert isinstance(found, list)
    return found


def item_in_words(item: ReviewItem) -> Iterator[str]:
    """Give the lines that a person reads."""
    report = json.loads(item.report_json)
    message = report.get("message") or {}
    yield f"{item.number}: {WHYS.get(item.reason, item.reason)}"
    yield f"  in       {item.mailbox}, folder {item.folder}, since {moment(item.received)}"
    yield f"  from     {message.get('from') or '-'}"
    yield f"  subject  {message.get('subject') or '-'}"
    yield f"  read as  {item.kind}{_reason(report)}, confidence {report.get('confidence', 0):.2f}"
    yield from _evidence(report)
    for recipient in report.get("recipients", ()):
        yield ""
        yield f"  {recipient['address'] or 'somebody without an address'}"
        sure = f"confidence {recipient['confidence']:.2f}"
        yield f"    read as  {recipient['class'] or '-'}{_reason(recipient)}, {sure}"
        if recipient["diagnostic"]:
            yield f"    said     {recipient['diagnostic']}"
        yield from _evidence(recipient, "  ")
    for said in words_said(item):
        about = f" of {said['recipient']}" if said["recipient"] else ""
        yield f"  {said['at']}  {said['who']} said {said['verdict']}{about}: {said['why'] or '-'}"
    if item.resolved is None:
        yield ""
        command = f"bounce-watcher review resolve {item.number}"
        yield f"say what it is: {command} --as REASON | --confirm | --dismiss"


def _reason(known: dict[str, Any]) -> str:
    return f" ({known['reason']})" if known.get("reason") else ""


def _evidence(known: dict[str, Any], indent: str = "") -> Iterator[str]:
    for each in known.get("evidence", ())[:3]:
        yield f"{indent}  by       {each['rule']}: '{each['matched']}' in {each['where']}"


def words_of(item: ReviewItem, address: str | None) -> tuple[str | None, str | None, str | None]:
    """Give the words of a server on a recipient, whom they are about, and which server it was."""
    report = json.loads(item.report_json)
    for recipient in report.get("recipients", ()):
        known = recipient["address"]
        if address is not None and (known is None or address_key(known) != address_key(address)):
            continue
        if recipient["diagnostic"]:
            return recipient["diagnostic"], known, recipient["remote_mta"] or report.get("reporting_mta")
    return None, address, None
