"""Bring the words of a mail into the form in which they are read and compared."""

import unicodedata
from typing import Final

from watcher.reader.parse.html import html_to_text
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import Part


__all__ = ["body_text", "fold", "html_to_text"]

# Letters that look alike and are compared as one; letters that are not seen at all.
_ALIKE: Final = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "‟": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "\u00ad": None, "\u200b": None, "\u200c": None,
        "\u200d": None, "\u2060": None, "\ufeff": None,
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Return the form in which phrases are compared: no case, one form of each letter, single blanks."""
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    text = unicodedata.normalize("NFKC", text.translate(_ALIKE)).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ALIKE).split())


def body_text(message: Message) -> str:
    """Return what a person would read, HTML as text; reports and returned messages are left out."""
    limit = message._whole.limits.text
    pieces: list[str] = []
    size = 0
    for part in find_readable_parts(message):
        piece = part.as_text()
        if part.content_type == "text/html":
            piece = html_to_text(piece)
        pieces.append(piece[: limit - size])
        size += len(piece)
        if size >= limit:
            break
    return "\n".join(piece for piece in pieces if piece)


def find_readable_parts(message: Message) -> tuple[Part, ...]:
    """Return the parts that a mail program would show, in order: of alternatives, the plainest with words."""
    found: list[Part] = []
    waiting = [message.root]
    while waiting:
        part = waiting.pop()
        if part.content_type == "multipart/alternative":
            chosen = _choose(part.children)
            if chosen is not None:
                waiting.append(chosen)
        elif part.children:
            waiting.extend(reversed(part.children))
        elif _is_readable(part) or part is message.root:
            found.append(part)
    return tuple(found)


def _is_readable(part: Part) -> bool:
    # text/rfc822-headers is a returned message's; an attached file is no part of the letter.
    if not part.content_type.startswith("text/") or part.content_type.endswith("rfc822-headers"):
        return False
    return not (part.headers.raw("content-disposition") or "").lstrip().lower().startswith("attachment")


def _choose(children: tuple[Part, ...]) -> Part | None:
    for child in children:
        if child.content_type == "text/plain" and child.as_text().strip():
            return child
    return next((child for child in children if child.content_type == "text/html" or child.children), None)
