"""Read feedback reports (ARF, RFC 5965) and disposition notifications (MDN, RFC 8098): whom they are about.

Receivers redact the complainer more often than not; the returned message's own To stands in where it names
exactly one address.  Hotmail sends the bare message with X-HmXmrOriginalRecipient and no report part.
"""

from collections.abc import Iterable

from watcher.reader.findings import Finding
from watcher.reader.parse.address import normalise_address, parse_mailboxes
from watcher.reader.parse.fields import FieldGroup, parse_groups
from watcher.reader.parse.header import Headers
from watcher.reader.parse.message import Message


FEEDBACK_TYPE = "message/feedback-report"
DISPOSITION_TYPES = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_COMPLAINERS = ("Original-Rcpt-To", "Removal-Recipient", "Redacted-Address")
COMPLAINER_FIELD = "X-HmXmrOriginalRecipient"
_RETURNED = (COMPLAINER_FIELD, "X-Original-To", "Delivered-To", "To")
_READERS = ("Final-Recipient", "Original-Recipient")


def find_feedback(message: Message) -> FieldGroup | None:
    """Return the fields of the feedback report."""
    return _first_group(message, frozenset({FEEDBACK_TYPE}))


def find_disposition(message: Message) -> FieldGroup | None:
    """Return the fields of the disposition notification."""
    return _first_group(message, DISPOSITION_TYPES)


def find_complainer(group: FieldGroup | None, returned: Headers | None) -> tuple[Finding, ...]:
    """Say who complained: as the report says, else whom the returned message was for."""
    named = _addresses(group.first(name) for name in _COMPLAINERS) if group is not None else ()
    if not named and returned is not None:
        for name in _RETURNED:
            found = tuple(dict.fromkeys(parse_mailboxes(returned.first(name) or "")))
            if len(found) == 1:
                named = _addresses(found)
                break
    return tuple(Finding(address) for address in named)


def find_reader(group: FieldGroup) -> tuple[Finding, ...]:
    """Say whose mail program wrote the notification."""
    return tuple(Finding(address) for address in _addresses(group.first(name) for name in _READERS)[:1])


def _first_group(message: Message, types: frozenset[str]) -> FieldGroup | None:
    if types.isdisjoint(message.types):
        return None
    for part in message.walk():
        if part.content_type in types:
            groups = parse_groups(part.content().decode("utf-8", "replace"))
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
