"""Read on where an empty line stands amid a header.

No header is over before its From and Date (RFC 5322 section 3.6): where one is missing and the body begins
with it, in a block of fields that says what the body is and repeats nothing, that block is the rest of it.
So are the MIME fields alone of a mail that came from nobody, `<>`: no person has written it.
"""

import re
from typing import Final

from watcher.reader.parse.header import Headers, parse_headers
from watcher.reader.parse.limits import Limits


NOTE: Final = "empty line amid the header"
# As such a block begins; any other body costs no more than this.
_BEGINS: Final = re.compile(
    r"(?i:date|from|to|sender|reply-to|subject|message-id|received|mime-version|auto-submitted|precedence"
    r"|content-(?:type|transfer-encoding|language)|x-[a-z0-9-]{1,60}):"
)
_NEEDED: Final = frozenset({"from", "date"})
_OF_BODY: Final = frozenset({"mime-version", "content-type"})
_ONCE: Final = frozenset({"from", "date", "to", "subject", "message-id", "mime-version", "return-path"})
_NULL: Final = frozenset({"<>", ""})


def resume_header(
    headers: Headers, text: str, body: int, limits: Limits, notes: list[str]
) -> tuple[Headers, int]:
    """Return the header and where the body begins: as given, unless the body begins with more of it."""
    if "content-type" in headers or not len(headers) or not _BEGINS.match(text, body):
        return headers, body
    odd: list[str] = []
    more, after = parse_headers(text, body, None, limits, odd)
    if odd or "content-type" not in more or not _goes_on(headers, more):
        return headers, body
    notes.append(NOTE)
    return headers.joined(more), after


def _goes_on(headers: Headers, more: Headers) -> bool:
    if not _ONCE.isdisjoint(headers.names() & more.names()):
        return False
    missing = _NEEDED - headers.names()
    if missing:
        return missing <= more.names()
    path = headers.raw("Return-Path")
    return path is not None and path in _NULL and more.names() >= _OF_BODY
