"""Find which domains signed the returned original, by its DKIM-Signature fields; nothing is verified here."""

import re
from collections.abc import Iterator
from itertools import islice

from watcher.reader.parse.header import Headers, parse_headers
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import Part


_MOST_PARTS = 50
_MOST_SIGNATURES = 10

# RFC 6376 section 3.5: tag=value, separated by semicolons; white space around each is allowed.
_SIGNING_DOMAIN = re.compile(r"(?:^|;)\s{0,20}d\s{0,20}=\s{0,20}([^\s;]{1,255})")


def signing_domains(message: Message) -> frozenset[str]:
    """Give the d= domains of the returned original."""
    signatures = (text for headers in _returned(message) for text in headers.all("dkim-signature"))
    found = (_SIGNING_DOMAIN.search(text) for text in islice(signatures, _MOST_SIGNATURES))
    return frozenset(match[1] for match in found if match is not None)


def _returned(message: Message) -> Iterator[Headers]:
    for part in islice(message.walk(), _MOST_PARTS):
        headers = _headers(part)
        if headers is not None:
            yield headers


def _headers(part: Part) -> Headers | None:
    # RFC 6522 section 3: the third part of a report is the original, or its headers alone.
    if part.content_type in {"text/rfc822-headers", "message/global-headers"}:
        return parse_headers(part.as_text())[0]
    embedded = part.embedded()
    return None if embedded is None else embedded.headers
