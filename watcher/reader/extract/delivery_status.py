"""Read the delivery status of a report: RFC 3464, and RFC 6533 for international addresses.

Groups of fields, the first about the message, each further one about one recipient.  Seen in the wild and
accepted here: a status part in multipart/mixed (OpenSMTPD), as text/plain, as an attachment, in the plain
text of a mail without MIME, or inside a report that a mailing list passed on; several status parts in one
mail; one group for both message and recipient.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from watcher.model import Action, Evidence
from watcher.reader.extract.notice import split_original
from watcher.reader.extract.status_fields import parse_host, parse_recipients
from watcher.reader.findings import Finding
from watcher.reader.parse.fields import FieldGroup, decode_fields, parse_groups
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import Part
from watcher.reader.ruleset.dialects import Prose


MAX_RECIPIENTS = 1_000
CROWDED = f"more than {MAX_RECIPIENTS} recipients; the rest was not read"
MAX_NESTING = 2
STATUS_TYPES = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/delivery-report",
        "application/delivery-status",
        "text/delivery-status",
    }
)
_RECIPIENT = frozenset({"final-recipient", "original-recipient"})
_FATE = frozenset({"action", "status"})
_FIELDS = ("Final-Recipient:", "Original-Recipient:", "Action:")


class StatusReport(NamedTuple):
    """What the status parts of a mail say."""

    groups: tuple[FieldGroup, ...]
    findings: tuple[Finding, ...]
    reporting_mta: str | None
    evidence: Evidence
    nested: bool = False  # found inside a mail that was passed on
    crowded: bool = False  # more recipients than are read


def find_status(message: Message, prose: Prose, is_delay: Callable[[], bool]) -> StatusReport | None:
    """Read every status part of a mail; `is_delay` says what a missing Action field means."""
    for level, parts in _levels(message):
        groups = tuple([group for part in parts for group in parse_groups(_status_text(part, prose))])
        told = [group for group in groups if _is_about_recipient(group)]
        if told:
            read = (row for group in told for row in parse_recipients(group, is_delay))
            rows = list(islice(read, MAX_RECIPIENTS + 1))
            return StatusReport(
                groups=groups,
                findings=merge_findings(rows[:MAX_RECIPIENTS]),
                reporting_mta=_reporting_mta(groups),
                evidence=_evidence(parts[0], message),
                nested=level > 0,
                crowded=len(rows) > MAX_RECIPIENTS,
            )
    return None


def _levels(message: Message) -> Iterator[tuple[int, list[Part]]]:
    """Yield the status parts of the mail, then of the reports inside it."""
    level = [message]
    for depth in range(MAX_NESTING + 1):
        parts = [part for mail in level for part in _status_parts(mail)]
        if parts:
            yield depth, parts
        inner = (part.embedded() for mail in level for part in mail.walk() if _is_message(part))
        level = [mail for mail in inner if mail is not None and _is_report(mail)]
        if not level:
            return


def _status_parts(mail: Message) -> list[Part]:
    may_quote = "Final-Recipient:" in mail.text  # outside of such a part, few mails have it
    return [
        part
        for part in mail.walk()
        if part.content_type in STATUS_TYPES or (may_quote and _holds_fields(part))
    ]


def _holds_fields(part: Part) -> bool:
    if part.children or not part.content_type.startswith(("text/plain", "application/octet-stream")):
        return False
    return "Final-Recipient:" in part.body and "Action:" in part.body


def _is_message(part: Part) -> bool:
    return part.content_type in {"message/rfc822", "message/global"}


def _is_report(mail: Message) -> bool:
    root = mail.root
    return root.content_type == "multipart/report" or any(
        p.content_type in STATUS_TYPES for p in root.children
    )


def _status_text(part: Part, prose: Prose) -> str:
    if part.content_type in STATUS_TYPES:
        return decode_fields(part.content(), part.params.get("charset"))
    # QUIRK: fields within prose, with the returned original below, which may quote an older report.
    text = split_original(part.as_text(), prose).text()
    start = min((at for name in ("Reporting-MTA:", *_FIELDS) if (at := text.find(name)) >= 0), default=0)
    return text[start:]


def _is_about_recipient(group: FieldGroup) -> bool:
    names = group.names()
    return not _RECIPIENT.isdisjoint(names) or names >= _FATE


def _reporting_mta(groups: tuple[FieldGroup, ...]) -> str | None:
    for group in groups:
        if (named := group.first("Reporting-MTA")) and (mta := parse_host(named)):
            return mta
    return None


def merge_findings(rows: list[Finding]) -> tuple[Finding, ...]:
    """Keep one finding an address: the first, or the failed one where an expanded list is told of too."""
    if len(rows) == 1:
        return tuple(rows)
    kept: dict[str, Finding] = {}
    for number, row in enumerate(rows):
        key = row.address or f"#{number}"
        if key not in kept or (row.action is Action.FAILED and kept[key].action is not Action.FAILED):
            kept[key] = row
    return tuple(kept.values())


def _evidence(part: Part, message: Message) -> Evidence:
    place = "content-type" if part.content_type in STATUS_TYPES else "body"
    rule = "dsn.rfc3464" if message.root.content_type == "multipart/report" else "dsn.status_part"
    return Evidence(rule, part.content_type, place)
