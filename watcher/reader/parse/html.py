"""Turn HTML mail into the words that a person would see.

No parser of HTML: one pass over tags and entities, linear in the size, for any input.
"""

import re
from html.entities import html5
from typing import Final


# A comment's beginning, or a whole tag: whether it closes, its name, and its attributes.
_MARKUP: Final = re.compile(
    r"<(?:(!--)|(?:(/?)([A-Za-z][A-Za-z0-9]{0,20})|[!?])"
    r"(?:[^<>\"']|\"[^\"\n]{0,500}\"|'[^'\n]{0,500}'|[\"'])*+>?)"
)
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
        if most < _MOST:
            left -= _count_letters(piece)
            if left <= 0:
                break
        at = found.end()
        comment, closes, name = found.groups()
        if comment:
            at = _after(html, "-->", at)
            continue
        name = (name or "").lower()
        if name in _BREAKS:
            pieces.append(" \0" if name in _CELLS else "\0")
        elif name in _HIDDEN and not closes:
            at = lowered.find("</" + name, at)
            if at < 0:
                break
    else:
        pieces.append(html[at:])
    return _tidy("".join(pieces))


def _count_letters(piece: str) -> int:
    """Count what a piece surely shows."""
    if "&" in piece or not piece.isascii():
        return len(_BLANKS.sub("", unescape(piece)))
    return len("".join(piece.split()))


_LOWER: Final = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


def _after(html: str, mark: str, start: int) -> int:
    at = html.find(mark, start)
    return len(html) if at < 0 else at + len(mark)


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
    return "\n".join([line for each in text.split("\0") if (line := _tidy_line(unescape(each)))])


def _tidy_line(line: str) -> str:
    return " ".join(line.split()) if line.isascii() else _BLANKS.sub(" ", line).strip()
