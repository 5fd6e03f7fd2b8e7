"""Read feedback reports (ARF, RFC 5965) and disposition notifications (MDN, RFC 8098): whom they are about.

Receivers redact the complainer more often than not; the returned message's own To stands in where it names
exactly one address, and not its sender's own, else the recipient that its return-path carries (VERP), which
the receiver had from us, or the one that a host on the way wrote down.
Hotmail sends the bare message with X-HmXmrOriginalRecipient and no report part.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from watcher.reader.extract.returned import find_traced
from watcher.reader.findings import Finding
from watcher.reader.parse.address import normalise_address, parse_mailboxes, parse_writer
from watcher.reader.parse.fields import FieldGroup, decode_fields, parse_groups
from watcher.reader.parse.header import Headers
from watcher.reader.parse.message import Message
from watcher.reader.parse.return_path import parse_form


FEEDBACK_TYPE = "message/feedback-report"
DISPOSITION_TYPES = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_COMPLAINERS = ("Original-Rcpt-To", "Removal-Recipient", "Redacted-Address")
COMPLAINER_FIELD = "X-HmXmrOriginalRecipient"
_RETURNED = (COMPLAINER_FIELD, "X-Original-To", "Delivered-To", "To")
MAX_NAMED = 1_000  # fields that name who complained
_READERS = ("Final-Recipient", "Original-Recipient")


def find_feedback(message: Message) -> FieldGroup | None:
    """Return the fields of the feedback report."""
    return _first_group(message, frozenset({FEEDBACK_TYPE}))


def find_disposition(message: Message) -> FieldGroup | None:
    """Return the fields of the disposition notification."""
    return _first_group(message, DISPOSITION_TYPES)


def find_complainer(group: FieldGroup | None, returned: Headers | None) -> tuple[Finding, ...]:
    """Say who complained: as the report says, else whom the returned message was for."""
    named = _addresses(_read_fields(group, _COMPLAINERS)) if group is not None else ()
    if not named and returned is not None:
        sender = parse_writer(returned).lower()
        for name in _RETURNED:
            found = tuple(dict.fromkeys(parse_mailboxes(returned.first(name) or "")))
            if len(found) == 1 and (name != "To" or found[0].lower() != sender):
                named = _addresses(found)
                break
    if not named:
        named = _addresses(_read_carried(group, returned))
    if not named and returned is not None and len(traced := find_traced(returned)) == 1:
        named = _addresses(traced.values())
    return tuple(Finding(address) for address in named[:MAX_NAMED])


def find_reader(group: FieldGroup) -> tuple[Finding, ...]:
    """Say whose mail program wrote the notification."""
    return tuple(Finding(address) for address in _addresses(group.first(name) for name in _READERS)[:1])


def _read_fields(group: FieldGroup, names: Iterable[str]) -> Iterator[str]:
    """Yield the addresses of some fields; each may stand once for each recipient (RFC 5965 section 3.2)."""
    fields = (field for name in names for field in group.all(name))
    for field in islice(fields, MAX_NAMED):
        yield from parse_mailboxes(field) if "," in field else (field,)


def _read_carried(group: FieldGroup | None, returned: Headers | None) -> Iterator[str]:
    """Yield the recipient that our return-path carries, as the report and the returned message give it."""
    given = group.first("Original-Mail-From") if group is not None else None
    for field in (given, returned.first("Return-Path") if returned is not None else None):
        address = normalise_address(field)
        carried = parse_form(address).recipient if address and "@" in address else None
        if carried:
            yield carried
            return


def _first_group(message: Message, types: frozenset[str]) -> FieldGroup | None:
    if types.isdisjoint(message.types):
        return None
    for part in message.walk():
        if part.content_type in types:
            groups = parse_groups(decode_fields(part.content(), part.params.get("charset")))
            if groups:
                return groups[0]
    return None


def _addresses(fields: Iterable[str | None]) -> tuple[str, ...]:
    found = []
    for field in fields:
        address = normalise_address(field) if field else None
        if address and "@" in address and not address.endswith("@") and "redacted" not in address.lower():
            found.append(address)
    return tuple(dict.fromkeys(found))
