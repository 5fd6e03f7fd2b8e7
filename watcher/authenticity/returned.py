"""Find the returned original in a report, and which domains its DKIM-Signature fields name."""

import re
from collections.abc import Iterator
from itertools import islice

from watcher.authenticity.dkim import ReturnedMail, split_mail
from watcher.reader.parse.header import Headers, parse_headers
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import EMBEDDED, Part


_MOST_PARTS = 50
_MOST_SIGNATURES = 10
# RFC 6522 section 3: the third part of a report is the original, or its headers alone.
_HEADERS_ALONE = frozenset({"text/rfc822-headers", "message/global-headers"})
_RETURNED = EMBEDDED | _HEADERS_ALONE

_UNSIGNED = ReturnedMail((), None)
# RFC 6376 section 3.5: tag=value, separated by semicolons; white space around each is allowed.
_SIGNING_DOMAIN = re.compile(r"(?:^|;)\s{0,20}d\s{0,20}=\s{0,20}([^\s;]{1,255})")


def signing_domains(message: Message) -> frozenset[str]:
    """Give the d= domains of the returned original; nothing is verified."""
    signatures = (text for headers in returned_headers(message) for text in headers.all("dkim-signature"))
    found = (_SIGNING_DOMAIN.search(text) for text in islice(signatures, _MOST_SIGNATURES))
    return frozenset(match[1] for match in found if match is not None)


def returned_headers(message: Message) -> Iterator[Headers]:
    """Yield the header of each original that came back."""
    for part in _parts(message):
        headers = _headers(part)
        if headers is not None:
            yield headers


def returned_mail(message: Message) -> ReturnedMail | None:
    """Give the one original that came back, as octets were signed; None where there is none, or several.

    Of one without a signature nothing is given but that it is there.
    """
    found = [mail for part in _parts(message) if (mail := _mail(part)) is not None]
    return found[0] if len(found) == 1 else None


def _parts(message: Message) -> list[Part]:
    """Give the parts that may hold an original."""
    return [part for part in islice(message.walk(), _MOST_PARTS) if part.content_type in _RETURNED]


def _headers(part: Part) -> Headers | None:
    if part.content_type in _HEADERS_ALONE:
        return parse_headers(part.as_text())[0]
    embedded = part.embedded()
    return None if embedded is None else embedded.headers


def _mail(part: Part) -> ReturnedMail | None:
    if part.content_type in _HEADERS_ALONE:
        text = part.content().decode("latin-1").replace("\r\n", "\n")
        return split_mail(text, body=False) if _may_be_signed(text) else _UNSIGNED
    embedded = part.embedded()
    if embedded is None:
        return None
    return split_mail(embedded.text, body=True) if _may_be_signed(embedded.text) else _UNSIGNED


def _may_be_signed(text: str) -> bool:
    return "dkim-signature" in text.lower()
