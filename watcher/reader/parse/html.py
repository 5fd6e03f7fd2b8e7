"""Turn HTML mail into the words that a person would see.

No parser of HTML: one pass over tags and entities, linear in the size, for any input.
"""

import re
from html.entities import html5
from typing import Final


_MARKUP: Final = re.compile(r"<(?:!--|/?([A-Za-z][A-Za-z0-9]{0,20})|[!?])")
_ENTITY: Final = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));?")
_BLANKS: Final = re.compile(r"[ \t\r\n\f\v\u200b\xa0]+")
_BREAKS: Final = frozenset(
    {
        "address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
        "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
        "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
    }
)  # fmt: skip
_CELLS: Final = frozenset({"td", "th"})
_HIDDEN: Final = frozenset({"script", "style", "template", "noscript", "svg", "math"})
MARGIN: Final = 64  # characters
_MOST: Final = 1 << 20  # letters of HTML that are read


def html_to_text(html: str, most: int = _MOST) -> str:
    """Return the text of an HTML document, a new line for each block; about `most` characters or more."""
    html = html[:_MOST]
    left = most + MARGIN  # references may be cut by a tag, and count for more than they show
    lowered = html.lower()
    if len(lowered) != len(html):  # some capitals are two letters when small; places have to be the same
        lowered = html.translate(_LOWER)
    pieces: list[str] = []
    at = 0
    while (found := _MARKUP.search(html, at)) is not None:
        piece = html[at : found.start()]
        pieces.append(piece)
        left -= _count_letters(piece) if most < _MOST else 0
        if left <= 0:
            break
        name = (found[1] or "").lower()
        if found[0] == "<!--":
            at = _after(html, "-->", found.end())
            continue
        at = _after_tag(html, found.end())
        if name in _BREAKS:
            pieces.append(" \0" if name in _CELLS else "\0")
        if name in _HIDDEN and found[0][1] != "/":
            at = lowered.find("</" + name, at)
            if at < 0:
                break
    else:
        pieces.append(html[at:])
    return _tidy("".join(pieces))


def _count_letters(piece: str) -> int:
    """Count what a piece surely shows."""
    return len(_BLANKS.sub("", unescape(piece)))


_LOWER: Final = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


def _after(html: str, mark: str, start: int) -> int:
    at = html.find(mark, start)
    return len(html) if at < 0 else at + len(mark)


_TAG_REST: Final = re.compile(r"(?:[^<>\"']|\"[^\"\n]{0,500}\"|'[^'\n]{0,500}'|[\"'])*+>?")


def _after_tag(html: str, start: int) -> int:
    found = _TAG_REST.match(html, start)
    return found.end() if found else start


def unescape(text: str) -> str:
    """Replace character references by their characters."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name is not None:
        return html5.get(name + ";", found[0])
    number = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if number in {0, 0x200B} or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return " "
    return chr(number)


def _tidy(text: str) -> str:
    lines = (_BLANKS.sub(" ", unescape(line)).strip() for line in text.split("\0"))
    return "\n".join(line for line in lines if line)
