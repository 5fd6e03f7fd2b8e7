"""Read the delivery status of a report: RFC 3464, and RFC 6533 for international addresses.

Groups of fields, the first about the message, each further one about one recipient.  Seen in the wild and
accepted here: a status part in multipart/mixed (OpenSMTPD), as text/plain, as an attachment, in the plain
text of a mail without MIME, or inside a report that a mailing list passed on; several status parts in one
mail; one group for both message and recipient; one field that lists several recipients.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from watcher.model import Action, Evidence
from watcher.reader.extract.diagnosis import (
    clean_diagnostic,
    find_reply,
    infer_action,
    parse_action,
    settle_status,
)
from watcher.reader.extract.foreign import read_foreign
from watcher.reader.extract.notice import split_original
from watcher.reader.extract.stage import find_command
from watcher.reader.extract.sysexits import words_of_exit
from watcher.reader.findings import Clue, Finding
from watcher.reader.parse.address import normalise_address
from watcher.reader.parse.fields import FieldGroup, decode_fields, parse_groups
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import Part
from watcher.reader.ruleset.dialects import Prose


MAX_RECIPIENTS = 1_000
CROWDED = f"more than {MAX_RECIPIENTS} recipients; the rest was not read"
MAX_LISTED = 100  # in one field
MAX_NESTING = 2
MAX_FIELD = 2_048  # characters of an address field
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
# Further fields that carry the refusing server's words; the standard one first.
_WORDS = (
    "Diagnostic-Code",
    "X-Supplementary-Info",
    "X-Notes",
    "X-Error",
    "X-PowerMTA-BounceCategory",
)
_REMOTES = ("Remote-MTA", "X-Remote-MTA", "DSN-Gateway", "X-Unix-Host")


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


def parse_recipients(group: FieldGroup, is_delay: Callable[[], bool]) -> list[Finding]:
    """Read the fields about one recipient, or about several that one field lists."""
    row = parse_recipient(group, is_delay)
    field = group.first("Final-Recipient") or ""
    several = field.count("@") > 1 and not _PIPE.match(field)
    listed = _LISTED.split(field, MAX_LISTED)[:MAX_LISTED] if several else []
    pieces = [each for each in listed if each and each.lower() not in _ADDRESS_TYPES]
    named = [_address(each) for each in pieces]
    if None in named or len(named) < 2 or _has_names(pieces):
        return [row]
    return [row._replace(address=address, original_address=None) for address in named]


def _has_names(pieces: list[str]) -> bool:
    """Say whether one piece may be what another is called: `"jo@example.org" <jo.poe@example.com>`."""
    angled = sum(piece.startswith("<") for piece in pieces)
    return 0 < angled < len(pieces)


def parse_recipient(group: FieldGroup, is_delay: Callable[[], bool]) -> Finding:
    """Read the fields about one recipient."""
    first = group.first
    final = _address(first("Final-Recipient"))
    original = _address(first("Original-Recipient")) or _address(first("X-Original-Recipient"))
    field = first("Status")
    texts = [(name, text) for name in _WORDS if (given := first(name)) and (text := clean_diagnostic(given))]
    action = parse_action(first("Action"))
    if ended := words_of_exit(first("Diagnostic-Code") or ""):
        texts.append(("Diagnostic-Code", ended))
    if action in _NOT_ARRIVED:  # QUIRK: Sendmail gives the farewell of a server that refused: `221 Bye`
        texts = [(name, text) for name, text in texts if not text.startswith(_FAREWELL)]
    diagnostic = texts[0][1] if texts and texts[0][0] == "Diagnostic-Code" else None
    reply = find_reply(diagnostic or "")
    status = settle_status(field, reply)
    comment = field.partition("(")[2].rstrip(") ") if field else ""
    clues = [Clue(text, name.lower()) for name, text in texts]
    if comment:
        clues.append(Clue(comment, "status"))
    remote = None
    for name in _REMOTES:
        if (named := first(name)) and (remote := _host(named)):
            break
    return Finding(
        address=final or original or read_foreign(first("Final-Recipient")),
        original_address=original if final else None,
        action=action or infer_action(status, delayed=is_delay()),
        status=status,
        reply_code=reply.reply_code,
        diagnostic=diagnostic,
        remote_mta=remote,
        command=find_command(diagnostic),
        clues=tuple(clues),
    )


_NOT_ARRIVED = frozenset({Action.FAILED, Action.DELAYED})
_ADDRESS_TYPES = frozenset({"rfc822", "utf-8", "smtp", "unknown"})
_LISTED = re.compile(r"[\s,;]+")
_COMMENT = re.compile(r"(?<=\S)[ \t]{1,9}\([^()\n]{0,200}\)\s{0,9}$")
_FAREWELL = ("221 ", "221-")


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


_PIPE = re.compile(r"(?:[\w-]{1,16}[ \t]{0,3};)?[ \t]{0,9}[\"'<]{0,2}\|")
_FIELDS = ("Final-Recipient:", "Original-Recipient:", "Action:")


def _is_about_recipient(group: FieldGroup) -> bool:
    names = group.names()
    return not _RECIPIENT.isdisjoint(names) or names >= _FATE


def _address(field: str | None) -> str | None:
    if not field:
        return None
    # A comment may name a second address: `a@b (relayed to c@d)`.
    address = normalise_address(_COMMENT.sub("", field[:MAX_FIELD]) if "(" in field else field[:MAX_FIELD])
    if address and "|" not in address and _PIPE.match(field):
        return None  # an argument of a command: `"|/usr/bin/forward jo@example.com"`
    return address if address and "@" in address else None


def _host(field: str) -> str | None:
    host = field.rpartition(";")[2].strip() if ";" in field else field.strip()
    return host.split()[0].strip("[]()<>") or None if host else None


def _reporting_mta(groups: tuple[FieldGroup, ...]) -> str | None:
    for group in groups:
        if (named := group.first("Reporting-MTA")) and (mta := _host(named)):
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
