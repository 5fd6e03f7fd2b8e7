"""Read the field groups of a message/delivery-status part.

RFC 3464 section 2.1: groups of fields with empty lines between them, the first about the message, each
further one about one recipient.  Seen in the wild and accepted here: groups sent as base64 (Microsoft 365),
no empty line between groups, an empty line after each field, comments after a value, encoded words in a
value, several recipients above the one fate of all.
"""

import re
from collections.abc import Iterator, KeysView
from typing import Final

from watcher.reader.parse.charset import decode
from watcher.reader.parse.encoded_word import decode_words
from watcher.reader.parse.limits import LIMITS
from watcher.reader.parse.transfer import decode_base64, looks_base64


_FIELD: Final = re.compile(
    r"\n([A-Za-z][!-9;-~]{0,60})[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+"
    # QUIRK: nullmailer and slimta give a reply of several lines as it came, nothing indented.
    r"(?:\n[245](?:\d\d[ -]|\.\d\.\d{1,2} )[^\n]*+)*+)"
)
_FOLD: Final = re.compile(r"\n[ \t]*+")
_SPACED: Final = re.compile(r"\n[ \t]++(?=\n|$)")
_GAP: Final = re.compile(r"\n\n++")
_COMMENT: Final = re.compile(r"\([^()]{0,500}\)")
_RECIPIENT: Final = frozenset({"final-recipient", "original-recipient", "x-actual-recipient"})
_MESSAGE: Final = frozenset(
    {"reporting-mta", "original-envelope-id", "dsn-gateway", "received-from-mta", "arrival-date"}
)
_OF_RECIPIENT: Final = frozenset(
    {
        "action",
        "status",
        "remote-mta",
        "diagnostic-code",
        "last-attempt-date",
        "final-log-id",
        "will-retry-until",
    }
)
_VALUE: Final = 16_384  # letters of one value


class FieldGroup:
    """The fields of one group, in order, unfolded; names are compared without case."""

    __slots__ = ("_index", "fields")

    def __init__(self, fields: tuple[tuple[str, str], ...]) -> None:
        self.fields = fields
        self._index: dict[str, str] = {}
        for name, value in fields:
            self._index.setdefault(name.lower(), value)

    def __contains__(self, name: str) -> bool:
        """Tell whether a field of this name is there."""
        return name.lower() in self._index

    def names(self) -> KeysView[str]:
        """Return the names in lower case, each once."""
        return self._index.keys()

    def __iter__(self) -> Iterator[str]:
        """Yield the names, lower case, each once."""
        return iter(self._index)

    def first(self, name: str) -> str | None:
        """Return the first field of this name, or None."""
        return self._index.get(name.lower())

    def all(self, name: str) -> tuple[str, ...]:
        """Return every field of this name."""
        key = name.lower()
        return tuple(value for other, value in self.fields if other.lower() == key)

    def token(self, name: str) -> str | None:
        """Return the first word of a field, lower case, without comments: `failed` of `Failed (bad host)`."""
        words = _COMMENT.sub(" ", self._index.get(name.lower(), "")).split()
        return words[0].strip(";,").lower() if words else None

    @property
    def has_recipient(self) -> bool:
        """Whether this group names a recipient."""
        return not _RECIPIENT.isdisjoint(self._index)


def decode_fields(octets: bytes, charset: str | None = None) -> str:
    """Decode the fields of a report: UTF-8 (RFC 6533), whatever they declare, else as they say or look."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        lines = octets.split(b"\n")
        # QUIRK: Postfix breaks up the octets of a sender that is not ASCII by backslashes, nothing else.
        if any(map(_is_international, lines)):
            return "\n".join([decode(line, charset) for line in lines])
        return decode(octets, charset)


def _is_international(line: bytes) -> bool:
    try:
        return not line.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def parse_groups(text: str, limit: int = LIMITS.groups) -> tuple[FieldGroup, ...]:
    """Return the groups of a delivery-status body, in order, at most `limit`; empty ones are left out."""
    groups: list[FieldGroup] = []
    for block in _blocks(text, limit):
        for group in _share_fate([FieldGroup(fields) for fields in _divide(_FIELD.findall(block))]):
            if groups and _belongs(groups[-1], group):
                groups[-1] = FieldGroup(groups[-1].fields + group.fields)
            else:
                groups.append(group)
        if len(groups) >= limit:
            break
    return tuple(groups[:limit])


def _blocks(text: str, limit: int) -> Iterator[str]:
    """Yield the blocks between empty lines, each with a newline before it."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n " in text or "\n\t" in text:
        text = _SPACED.sub("\n", text)
    for block in _GAP.split(text.strip("\n"), maxsplit=4 * limit):
        # QUIRK: Microsoft 365 sends the recipients' groups as base64 within a plain part.
        if ":" not in block[:200] and looks_base64(block):
            decoded = decode(decode_base64(block.encode("latin-1", "replace")))
            inner = decoded.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
            yield from ("\n" + piece for piece in _GAP.split(inner, maxsplit=limit))
        else:
            yield "\n" + block


def _divide(fields: list[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Divide fields where an empty line is missing: before each recipient's first name."""
    group: list[tuple[str, str]] = []
    seen: set[str] = set()
    for name, given in fields:
        key, value = name.lower(), given
        if key in _RECIPIENT and (
            key in seen or (not seen.isdisjoint(_MESSAGE) and seen.isdisjoint(_RECIPIENT))
        ):
            yield tuple(group)
            group, seen = [], set()
        seen.add(key)
        if "\n" in value or "=?" in value or len(value) > _VALUE:
            value = _unfold(value, is_text=not key.endswith("-recipient"))
        group.append((name, value.strip()))
    if group:
        yield tuple(group)


def _share_fate(groups: list[FieldGroup]) -> list[FieldGroup]:
    """Give recipients that nothing stands between what the block says below the last, or above the first."""
    fate: tuple[tuple[str, str], ...] = ()
    for at in range(len(groups) - 1, -1, -1) if len(groups) > 1 else ():
        group = groups[at]
        if not group.names() <= _RECIPIENT:
            fate = _fate_of(group) if group.has_recipient else ()
        elif fate:
            groups[at] = FieldGroup(group.fields + fate)
    fate = ()
    for at, group in enumerate(groups) if len(groups) > 1 else ():
        if not group.names() <= _RECIPIENT:
            fate = _fate_of(group) if group.fields[-1][0].lower() in _RECIPIENT else ()
        elif fate:
            groups[at] = FieldGroup(group.fields + fate)
    return groups


def _fate_of(group: FieldGroup) -> tuple[tuple[str, str], ...]:
    given = ((name, group.first(name)) for name in sorted(_OF_RECIPIENT))
    return tuple([(name, value) for name, value in given if value is not None])


def _belongs(before: FieldGroup, group: FieldGroup) -> bool:
    """Tell whether an empty line only seems to divide two groups: the second fills up the first."""
    names = group.names()
    known = _OF_RECIPIENT if before.has_recipient else _MESSAGE
    return names <= known and names.isdisjoint(before.names())


def _unfold(value: str, *, is_text: bool) -> str:
    value = _FOLD.sub(" ", value[:_VALUE])
    return decode_words(value) if is_text and "=?" in value else value
