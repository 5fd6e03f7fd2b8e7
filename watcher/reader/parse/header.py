"""Read a header block into fields, and unfold and decode only those that are asked for.

RFC 5322 section 2.2. Seen in the wild and accepted here: blanks before the colon, an mbox `From ` line on
top, no empty line before the body, 8-bit letters (RFC 6532, or none), a folded line that lost its indent.
"""

import re
from collections.abc import Iterator, KeysView
from typing import Final

from watcher.reader.parse.encoded_word import decode_octets, decode_words
from watcher.reader.parse.limits import LIMITS, Limits


_FIELD: Final = re.compile(r"\n([!-9;-~]++)[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)")
_STRAY: Final = re.compile(r"\n(?![!-9;-~]*+[ \t]*+:|[ \t]|>?From )")
_GOES_ON: Final = re.compile(r"\n(?!--)[^\n]{1,998}\n(?i:mime-version|content-(?:type|transfer-encoding)):")
# No header is over before its From and Date (RFC 5322 section 3.6): what stands amid fields lost its indent.
_AMID: Final = re.compile(
    r"\n(?!--)[^\n]{1,998}(?:\n[^\n]{1,998}){0,3}?\n"
    r"(?i:received|return-path|from|date|to|subject|message-id|mime-version|authentication-results"
    r"|received-spf|dkim-signature|domainkey-signature|content-type|reply-to|delivered-to):"
)
_FOLD: Final = re.compile(r"\n[ \t]*+")
_CHARSET: Final = re.compile(r"(?i:charset)[ \t]*+=[ \t]*+[\"']?([^\s;\"']{1,60})")


class Headers:
    """The fields of one header block, in order; names are compared without case."""

    __slots__ = ("_decoded", "_fields", "_index", "_limit", "_repeated")

    def __init__(self, fields: list[tuple[str, str]], limits: Limits = LIMITS) -> None:
        self._fields = fields
        self._limit = limits.header_value
        self._decoded: dict[str, str] = {}
        index: dict[str, str] = {}
        repeated: dict[str, list[str]] = {}  # each with its first value, too
        for name, value in fields:
            key = name.lower()
            if key not in index:
                index[key] = value
            elif key in repeated:
                repeated[key].append(value)
            else:
                repeated[key] = [index[key], value]
        self._index = index
        self._repeated = repeated

    def __contains__(self, name: str) -> bool:
        """Tell whether a field of this name is there."""
        return name.lower() in self._index

    def __len__(self) -> int:
        """Return how many fields there are."""
        return len(self._fields)

    def __iter__(self) -> Iterator[str]:
        """Yield the names, in order, as they are spelled."""
        return (name for name, _ in self._fields)

    def names(self) -> KeysView[str]:
        """Return the names in lower case, each once."""
        return self._index.keys()

    def has_any(self, names: frozenset[str]) -> bool:
        """Tell whether any field of some names, in lower case, is there."""
        return not names.isdisjoint(self._index)

    def raw(self, name: str) -> str | None:
        """Return the first field of this name, unfolded, not decoded."""
        value = self._index.get(name.lower())
        if value is None:
            return None
        return self._unfold(value) if "\n" in value or len(value) > self._limit else value.strip()

    def first(self, name: str) -> str | None:
        """Return the first field of this name, unfolded and decoded."""
        key = name.lower()
        value = self._decoded.get(key)
        if value is None:
            value = self._index.get(key)
            if value is not None:
                value = self._decoded[key] = self._decode(value)
        return value

    def count(self, name: str) -> int:
        """Count the fields of this name."""
        key = name.lower()
        return len(self._repeated.get(key, ())) or int(key in self._index)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every field of this name, unfolded and decoded."""
        key = name.lower()
        if key in self._repeated:
            return tuple([self._decode(value) for value in self._repeated[key]])
        value = self.first(key)
        return () if value is None else (value,)

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return all fields, unfolded and decoded."""
        return tuple([(name, self._decode(value)) for name, value in self._fields])

    def joined(self, more: "Headers") -> "Headers":
        """Return these fields and those of another block behind them."""
        return Headers([*self._fields, *more._fields])

    def extensions(self) -> Iterator[tuple[str, str]]:
        """Yield the fields whose names begin with X-, unfolded and decoded."""
        return ((name, self._decode(value)) for name, value in self._fields if name[:2] in {"X-", "x-"})

    def _unfold(self, value: str) -> str:
        if len(value) > self._limit:
            value = value[: self._limit]
        if "\n" in value:
            value = _FOLD.sub(" ", value)
        return value.strip()

    def _decode(self, value: str) -> str:
        text = value.strip() if "\n" not in value and len(value) <= self._limit else self._unfold(value)
        if not text.isascii():
            text = decode_octets(text, self._charset())
        return decode_words(text) if "=?" in text else text

    def _charset(self) -> str | None:
        found = _CHARSET.search(self.raw("content-type") or "")
        return found[1] if found else None


def parse_headers(
    text: str, start: int = 0, end: int | None = None, limits: Limits = LIMITS, notes: list[str] | None = None
) -> tuple[Headers, int]:
    """Read the header block at `start`; return it and where the body begins."""
    end = len(text) if end is None else end
    notes = [] if notes is None else notes
    if text.startswith("\n", start, end):
        return Headers([], limits), start + 1
    stop = text.find("\n\n", start, end)
    body = end if stop < 0 else stop + 2
    stop = end if stop < 0 else stop
    if stop - start > limits.header_block:
        stop = start + limits.header_block
        _note(notes, "header block cut")
    block = "\n" + text[start:stop]
    fields = _FIELD.findall(block)
    # Nearly always each line begins a field or goes on with one; to look for another kind costs more.
    others = block.count("\n") - len(fields)
    if others and others != sum([value.count("\n") for _, value in fields]):
        stray = _find_stray(block)
        if stray >= 0:
            body = start + stray
            fields = _FIELD.findall(block, 0, stray)
            if stray:
                _note(notes, "no empty line after the header")
    if len(fields) > limits.header_fields:
        del fields[limits.header_fields :]
        _note(notes, "header fields cut")
    return Headers(fields, limits), body


def _find_stray(block: str) -> int:
    """Find where the block's first line begins that can be no part of a header, or -1."""
    found = _STRAY.search(block)
    whole = _find_whole(block) if found else 0
    while found and found.start() > 0 and found.end() < len(block):
        # QUIRK: a folded line without its indent amid the header; MIME fields right after it show that.
        goes_on = _GOES_ON if found.start() > whole else _AMID
        if not goes_on.match(block, found.start()):
            break
        found = _STRAY.search(block, found.end())
    if found is None or (found.end() == len(block) > 1):
        return -1
    return found.start()


def _find_whole(block: str) -> int:
    """Find where a header block has both From and Date; its end where it never has."""
    low = block.lower()
    places = [low.find(name) for name in ("\nfrom:", "\ndate:")]
    return max(places) if min(places) >= 0 else len(block)


def _note(notes: list[str], note: str) -> None:
    if note not in notes:
        notes.append(note)
