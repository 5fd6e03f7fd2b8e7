"""Read the returned original: whole, or its header only, as a part or within the report's text.

What it says is kept as facts about our own mail.  No address or code of a failed recipient is ever taken
from it, with one last resort: where the report names nobody and the original went to exactly one address.
"""

import re
from itertools import islice

from watcher.model import Original
from watcher.reader.extract.notice import MAX_ORIGINAL, RETURNED_TYPES, Notice
from watcher.reader.parse.address import normalise_address, parse_mailbox, parse_mailboxes, parse_writer
from watcher.reader.parse.dates import parse_date
from watcher.reader.parse.header import Headers, parse_headers
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import Part


MAX_FIELDS = 40
MAX_VALUE = 500
MAX_TO = 50
MAX_TRACED = 50  # Received fields
_FOR = re.compile(r"\sfor\s{1,3}<?([^\s<>;()]{3,320})>?\s{0,3}(?:;|\()")
_WHOLE = frozenset({"message/rfc822", "message/global"})
_FACTS = frozenset({"message-id", "from", "to", "subject", "date", "received", "return-path"})


def find_returned(message: Message, notice: Notice) -> Headers | None:
    """Find the header of the returned original."""
    for part in message.walk():
        if part.content_type in RETURNED_TYPES:
            headers = _headers(part)
            if headers is not None:
                return headers
    if notice.original:
        headers, _ = parse_headers(notice.original)
        if not _FACTS.isdisjoint(headers.names()):
            return headers
    return None


def read_original(headers: Headers) -> Original:
    """Read the facts about our own mail."""
    first = headers.first
    return Original(
        message_id=_value(first("Message-ID")),
        sender=parse_mailbox(first("From")),
        to=parse_mailboxes(first("To"))[:MAX_TO],
        subject=_value(first("Subject")),
        date=parse_date(first("Date")),
        list_id=_value(first("List-Id")),
        feedback_id=_value(first("Feedback-ID")),
        headers=_extension_fields(headers),
    )


def find_sole_recipient(headers: Headers) -> str | None:
    """Return the one address that the original was sent to, if it was one.

    Where To and Cc hide whom it went to, or name its sender alone, the hosts that took it may have written it
    down.
    """
    to = {
        address.lower(): address
        for name in ("To", "Cc")
        for address in parse_mailboxes(headers.first(name) or "")
    }
    if not to or (len(to) == 1 and parse_writer(headers).lower() in to):
        to = find_traced(headers) or to
    return next(iter(to.values())) if len(to) == 1 else None


def find_traced(headers: Headers) -> dict[str, str]:
    """Return whom the hosts on the way took a mail for, but for its own sender, by address in lower case.

    RFC 5321 section 4.4: `Received: from … by … for <a@b>; …`.
    """
    found = (_FOR.search(field) for field in islice(headers.all("Received"), MAX_TRACED))
    sender = parse_writer(headers).lower()
    named = (normalise_address(each[1]) for each in found if each)
    return {each.lower(): each for each in named if each and "@" in each and each.lower() != sender}


def count_hops(headers: Headers) -> int:
    """Count the hosts that the original passed through: its Received fields (RFC 5321 section 6.3)."""
    return headers.count("received")


def _headers(part: Part) -> Headers | None:
    if part.content_type in _WHOLE:
        mail = part.embedded()
        headers = mail.headers if mail is not None else None
    else:
        text = part.content()[:MAX_ORIGINAL].decode("utf-8", "replace").lstrip()
        headers, _ = parse_headers(text)
    return None if headers is None or _FACTS.isdisjoint(headers.names()) else headers


def _extension_fields(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple([(name, value[:MAX_VALUE]) for name, value in islice(headers.extensions(), MAX_FIELDS)])


def _value(text: str | None) -> str | None:
    return text.strip()[:MAX_VALUE] or None if text else None
