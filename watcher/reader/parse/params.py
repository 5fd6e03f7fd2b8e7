"""Read a structured field: `text/plain; charset=utf-8; boundary="…"` (RFC 2045 section 5.1, RFC 2231).

Seen in the wild and accepted here: semicolons left out, quotes never closed, blanks around the equals sign.
"""

import re
from functools import lru_cache
from typing import Final

from watcher.reader.parse.charset import decode
from watcher.reader.parse.encoded_word import decode_words


_VALUE: Final = re.compile(r"[\s\"']{0,200}+([^\s;()<>\"',]{1,200})")
_READ: Final = 400  # letters of a field that its first word may reach to
_PARAM: Final = re.compile(
    r"[;\s]([A-Za-z][^\s=;\"]{0,60}+)[ \t]*+=[ \t]*+(?:\"((?:[^\"\\]|\\.)*+)\"?|([^;\s]*+))",
)
_QUOTED_PAIR: Final = re.compile(r"\\(.)")
_MOST: Final = 60  # parameters of one field


def parse_value(field: str) -> str:
    """Return the first word of a structured field, lower case, or an empty text."""
    return _read_value(field[:_READ].partition(";")[0])  # where a boundary follows, each field is another


@lru_cache(maxsize=1_024)  # a few types and encodings are those of nearly all parts
def _read_value(field: str) -> str:
    found = _VALUE.match(field)
    return found[1].lower() if found else ""


def parse_params(field: str) -> dict[str, str]:
    """Return the parameters by lower-case name; the first of a name counts."""
    params: dict[str, str] = {}
    sections: dict[str, list[tuple[int, str, bool]]] = {}
    for name, quoted, bare in _PARAM.findall(field)[:_MOST]:
        value = quoted or bare
        if "\\" in quoted:
            value = _QUOTED_PAIR.sub(r"\1", quoted)
        key = name.lower()
        if "*" in key:
            _add_section(sections, key, value)
        elif key not in params:
            params[key] = decode_words(value) if "=?" in value else value
    for name, parts in sections.items():
        params[name] = _join_sections(parts)
    return params


def _add_section(sections: dict[str, list[tuple[int, str, bool]]], name: str, value: str) -> None:
    # RFC 2231 sections 3 and 4: name*, name*0, name*0*.
    stem, _, rest = name.partition("*")
    is_encoded = rest.endswith("*") or not rest
    number = rest.rstrip("*")
    if number and not (number.isascii() and number.isdigit()):
        return
    sections.setdefault(stem, []).append((int(number or "0"), value, is_encoded))


def _join_sections(parts: list[tuple[int, str, bool]]) -> str:
    octets = b""
    charset = None
    for number, value, is_encoded in sorted(parts):
        text = value
        if is_encoded and number == 0 and value.count("'") >= 2:
            charset, _, text = value.split("'", 2)
        raw = text.encode("latin-1", "replace")
        octets += _unquote(raw) if is_encoded else raw
    return decode(octets, charset)


def _unquote(octets: bytes) -> bytes:
    return _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), octets)


_PERCENT: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
