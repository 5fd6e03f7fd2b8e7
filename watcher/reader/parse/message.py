"""Turn the bytes of a mail into a message: headers, and a tree of parts.

RFC 5322, RFC 2045 to 2049. The bytes become text once, one letter for each octet (latin-1), with line ends
as newlines; all else is offsets into that text, decoded where it is asked for.  Seen in the wild and
accepted here: bare CR, bare LF and CR CR LF as line ends, a byte order mark, empty lines or an mbox `From `
line on top, an empty line amid the header.
"""

import re
from collections.abc import Iterator
from typing import Final

from watcher.reader.parse.header import Headers, parse_headers
from watcher.reader.parse.limits import LIMITS, Limits
from watcher.reader.parse.mime import Part, Whole, parse_parts
from watcher.reader.parse.resumed import resume_header


_LEAD: Final = re.compile(r"(?:ï»¿)?\s{0,1000}(?=[!-9;-~]{1,80}[ \t]{0,3}:|From )")


class Message:
    """One mail.  `text` is the whole of it; `headers` and `root.headers` are the same."""

    __slots__ = ("_parts", "_root", "_types", "_whole", "headers", "size", "start", "text")

    def __init__(self, whole: Whole, headers: Headers, start: int, size: int) -> None:
        self._whole = whole
        self.text = whole.text
        self.headers = headers
        self.start = start  # of the body
        self.size = size
        self._root: Part | None = None
        self._parts: tuple[Part, ...] | None = None
        self._types: frozenset[str] | None = None

    @property
    def root(self) -> Part:
        """The top of the tree of parts; found when asked, as of a returned mail mostly the header counts."""
        if self._root is None:
            self._root = parse_parts(self._whole, self.headers, self.start)
        return self._root

    @property
    def notes(self) -> tuple[str, ...]:
        """What was odd, and what was left out; grows while parts are read."""
        return tuple(self._whole.notes)

    @property
    def limits(self) -> Limits:
        """How much of this mail is read."""
        return self._whole.limits

    @property
    def depth(self) -> int:
        """How many messages this one is embedded in."""
        return self._whole.depth

    @property
    def types(self) -> frozenset[str]:
        """The content types of all parts."""
        if self._types is None:
            self._types = frozenset([part.content_type for part in self.walk()])
        return self._types

    def walk(self) -> Iterator[Part]:
        """Yield every part, parents first; messages within are left to `Part.embedded`."""
        if self._parts is None:
            self._parts = _walk(self.root)
        return iter(self._parts)


def _walk(root: Part) -> tuple[Part, ...]:
    found: list[Part] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        found.append(part)
        if part.children:
            waiting.extend(reversed(part.children))
    return tuple(found)


def parse_message(raw: bytes, limits: Limits = LIMITS) -> Message:
    """Read a mail; takes any bytes."""
    return _parse_text(_normalise_lines(raw.decode("latin-1")), limits, 0, len(raw))


def _parse_embedded(text: str, limits: Limits, depth: int) -> Message:
    return _parse_text(_normalise_lines(text), limits, depth, len(text))


def _parse_text(text: str, limits: Limits, depth: int, size: int) -> Message:
    whole = Whole(text, limits, depth, _parse_embedded)
    start = 0
    if text[:1] in "\n \t\xef":  # the empty text, too
        lead = _LEAD.match(text)
        start = lead.end() if lead else 0
    headers, body = parse_headers(text, start, None, limits, whole.notes)
    headers, body = resume_header(headers, text, body, limits, whole.notes)
    return Message(whole, headers, body, size)


def _normalise_lines(text: str) -> str:
    if "\r" not in text:
        return text
    text = text.replace("\r\n", "\n")
    if "\r" not in text:
        return text
    # QUIRK: CR CR LF, from relays that add a CR to each line end they see.
    return text.replace("\r\n", "\n").replace("\r", "\n")
