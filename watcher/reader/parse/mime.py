"""Split a mail into its parts, and decode the content of those that are asked for.

RFC 2045, RFC 2046. Seen in the wild and accepted here: boundaries that are missing, wrong, never closed or
used twice, parts without headers, messages that are base64-encoded, text in no known charset.  A multipart
in which no boundary can be found has one part: its whole body, as plain text.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from watcher.reader.parse.charset import decode, is_seven_bit
from watcher.reader.parse.header import Headers, parse_headers
from watcher.reader.parse.limits import Limits
from watcher.reader.parse.params import parse_params, parse_value
from watcher.reader.parse.transfer import decode_transfer, looks_base64


if TYPE_CHECKING:
    from watcher.reader.parse.message import Message


EMBEDDED: Final = frozenset({"message/rfc822", "message/global", "message/news"})
_ENCODED: Final = frozenset({"base64", "quoted-printable"})
_PLAIN: Final = "text/plain"
_WORD: Final = re.compile(r"\S")
_META: Final = re.compile(r"(?i:<meta )[^<>]{0,200}charset=[\"']?([\w-]{2,30})")
# RFC 2046 section 5.1.1: blanks may follow a boundary.
_LINE_END: Final = re.compile(r"(--)?+[ \t]{0,200}+(?=\n|\Z)")
_GUESS: Final = re.compile(r"\n--([^\s\n][^\n]{0,69})\n(?i:content-[a-z-]{2,25})[ \t]{0,3}:")


class Whole:
    """What all parts of one message share: text, limits, notes, and how to read a message within."""

    __slots__ = ("depth", "limits", "notes", "parse_embedded", "text")

    def __init__(
        self, text: str, limits: Limits, depth: int, parse_embedded: "Callable[[str, Limits, int], Message]"
    ) -> None:
        self.text = text
        self.limits = limits
        self.depth = depth
        self.notes: list[str] = []
        self.parse_embedded = parse_embedded

    def note(self, note: str) -> None:
        """Keep a note, once."""
        if note not in self.notes:
            self.notes.append(note)


class Part:
    """One part: its headers, and where its body stands in the message's text."""

    __slots__ = (
        "_embedded",
        "_params",
        "_text",
        "_whole",
        "children",
        "content_type",
        "end",
        "headers",
        "start",
    )

    def __init__(self, whole: Whole, headers: Headers, start: int, end: int, default: str = _PLAIN) -> None:
        self._whole = whole
        self.headers = headers
        self.start = start
        self.end = max(start, end)
        self.children: tuple[Part, ...] = ()
        self._params: dict[str, str] | None = None
        self._text: str | None = None
        self._embedded: Message | None = None
        field = headers.raw("content-type")
        self.content_type = default if field is None else _type_of(parse_value(field))

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the Content-Type field, by lower-case name."""
        if self._params is None:
            self._params = parse_params(self.headers.raw("content-type") or "")
        return self._params

    @property
    def body(self) -> str:
        """The body as it came, one letter for each octet."""
        return self._whole.text[self.start : self.end]

    @property
    def encoding(self) -> str:
        """The Content-Transfer-Encoding, lower case; empty where there is none."""
        return parse_value(self.headers.raw("content-transfer-encoding") or "")

    def content(self) -> bytes:
        """Return the transfer-decoded body, no more than the limit."""
        return decode_transfer(self._bounded_body().encode("latin-1"), self.encoding)

    def as_text(self) -> str:
        """Return the body as text, decoded by its charset or the likeliest, no more than the limit."""
        if self._text is None:
            text = self._decode_text()
            if len(text) > self._whole.limits.text:
                text = text[: self._whole.limits.text]
                self._whole.note("text cut")
            self._text = text
        return self._text

    def embedded(self) -> "Message | None":
        """Return the message within a message/rfc822 or message/global part."""
        if self._embedded is None and self.content_type in EMBEDDED:
            whole = self._whole
            if whole.depth >= whole.limits.depth:
                whole.note("messages nested too deep")
                return None
            text = self.body
            # RFC 2046 section 5.2.1 forbids base64 here; RFC 6532 section 3.5 allows it for message/global.
            if self.encoding in _ENCODED and (self.encoding != "base64" or looks_base64(text)):
                text = self.content().decode("latin-1")
            self._embedded = whole.parse_embedded(text, whole.limits, whole.depth + 1)
        return self._embedded

    def has_words(self) -> bool:
        """Tell whether the body holds more than blanks."""
        return _WORD.search(self._whole.text, self.start, self.end) is not None

    def _bounded_body(self) -> str:
        limit = self._whole.limits.content
        if self.end - self.start <= limit:
            return self.body
        self._whole.note("content cut")
        return self._whole.text[self.start : self.start + limit]

    def _own_charset(self, body: str) -> str | None:
        """Return the charset that an HTML page names itself; 8-bit letters in quoted-printable are missed."""
        found = _META.search(body, 0, 2000) if self.content_type == "text/html" else None
        return found[1] if found else None

    def _decode_text(self) -> str:
        encoding = self.encoding
        body = self._bounded_body()
        charset = self.params.get("charset") or self._own_charset(body)
        if encoding not in _ENCODED:
            if body.isascii() and "\x1b" not in body and not (charset and is_seven_bit(charset)):
                return body
            return decode(body.encode("latin-1"), charset)
        text = decode(decode_transfer(body.encode("latin-1"), encoding), charset)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text


def parse_parts(whole: Whole, headers: Headers, start: int) -> Part:
    """Read the tree of parts whose top has these headers and a body at `start`."""
    root = Part(whole, headers, start, len(whole.text))
    waiting = [(root, 0)] if root.content_type.startswith("multipart/") else []
    count = 1
    while waiting:
        part, depth = waiting.pop()
        if depth >= whole.limits.depth:
            whole.note("parts nested too deep")
            continue
        part.children = _split(whole, part, whole.limits.parts - count)
        count += len(part.children)
        waiting += [
            (child, depth + 1) for child in part.children if child.content_type.startswith("multipart/")
        ]
    return root


def _split(whole: Whole, part: Part, most: int) -> tuple[Part, ...]:
    default = "message/rfc822" if part.content_type == "multipart/digest" else _PLAIN
    boundary = part.params.get("boundary", "").rstrip()
    spans = _find_spans(whole.text, part.start, part.end, boundary, most) if boundary else []
    if not spans:
        boundary = _guess_boundary(whole.text, part.start, part.end)
        spans = _find_spans(whole.text, part.start, part.end, boundary, most) if boundary else []
        whole.note("boundary guessed" if spans else "no boundary found")
    if not spans and not part.has_words():
        return ()
    if not spans:
        return (Part(whole, Headers([]), part.start, part.end),)
    if len(spans) > most:
        del spans[most:]
        whole.note("parts cut")
    children = []
    for start, end in spans:
        headers, body = parse_headers(whole.text, start, end, whole.limits, whole.notes)
        children.append(Part(whole, headers, body, end, default))
    return tuple(children)


def _find_spans(text: str, start: int, end: int, boundary: str, most: int) -> list[tuple[int, int]]:
    """Find the parts between boundary lines, as (start, end); one more than `most` at the most."""
    spans: list[tuple[int, int]] = []
    opened = -1
    # The first line may be a boundary; the line end before it belongs to the header.
    for begin, stop, is_last in _find_lines(text, max(0, start - 1), end, boundary):
        if opened >= 0:
            spans.append((opened, max(opened, begin)))
            opened = -1
        if is_last or len(spans) > most:
            break
        opened = min(stop + 1, end)
    if opened >= 0 and len(spans) <= most:
        spans.append((opened, end))
    return spans


def _find_lines(text: str, start: int, end: int, boundary: str) -> Iterator[tuple[int, int, bool]]:
    """Yield where each boundary line begins and ends, and whether it is the last.

    A pattern is compiled only where another boundary begins like this one, and such lines may be many.
    """
    line = f"\n--{boundary}"
    at = text.find(line, start, end)
    while at >= 0:
        found = _LINE_END.match(text, at + len(line), end)
        if found is None:
            whole = re.compile(re.escape(line) + _LINE_END.pattern)
            yield from ((each.start(), each.end(), bool(each[1])) for each in whole.finditer(text, at, end))
            return
        yield at, found.end(), bool(found[1])
        at = text.find(line, found.end(), end)


def _guess_boundary(text: str, start: int, end: int) -> str:
    """Find a line that looks like a boundary: two dashes, then a line that looks like a part's header."""
    found = _GUESS.search(text, max(0, start - 1), end)
    return found[1].rstrip() if found else ""


@lru_cache(maxsize=1_024)
def _type_of(word: str) -> str:
    # RFC 2045 section 5.2: what cannot be read is text/plain.
    return word if word.count("/") == 1 and not word.startswith("/") and not word.endswith("/") else _PLAIN
