"""Bring the words of a mail into the form in which they are read and compared."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from watcher.reader.parse.html import html_to_text
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import Part


__all__ = ["body_text", "fold", "html_to_text", "read_texts"]

MAX_SHOWN: Final = 1 << 20  # characters of a body
# Letters that are not seen at all, and letters that look alike or are written either way, and count as one.
# The last are Arabic vowel signs and the stroke that stretches a word.
_UNSEEN: Final = (
    "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff",
    "\u064b", "\u064c", "\u064d", "\u064e", "\u064f", "\u0650", "\u0651", "\u0652", "\u0640",
)  # fmt: skip
_ALIKE: Final = (
    ("'", "‘’‚‛´`"),
    ('"', "“”„‟"),
    ("-", "‐‑‒–—־"),
    ("ا", "أإآ"),
    ("ي", "ىی"),
    ("ك", "ک"),
    ("е", "ё"),
)

# Most text has none of them.
_MARKED: Final = re.compile(f"[{''.join(_UNSEEN)}{''.join(letters for _, letters in _ALIKE)}]")

# Text that is data, or a returned message's header.
_NO_LETTER: Final = frozenset(
    {
        "text/rfc822-headers", "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/csv",
        "text/xml", "text/css", "text/javascript",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Return the form in which phrases are compared: no case, one form of each letter, single blanks."""
    if not text.isascii():
        text = _compose(_unify(_compose(_unify(text)).casefold())).replace("i\u0307", "i")  # Turkish
    return " ".join(text.lower().replace("`", "'").split())


def _unify(text: str) -> str:
    if not _MARKED.search(text):
        return text
    for letter in _UNSEEN:
        text = text.replace(letter, "")
    for plain, letters in _ALIKE:
        for letter in letters:
            text = text.replace(letter, plain)
    return text


def _compose(text: str) -> str:
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def body_text(message: Message, most: int = MAX_SHOWN) -> str:
    """Return what a person would read first, up to `most` characters of it, HTML as text.

    Reports and returned messages are left out.
    """
    shown: list[str] = []
    left = most
    for text in read_texts(find_readable_parts(message), message.limits.text, most):
        if text:
            shown.append(text)
            left -= len(text) + 1
        if left <= 0:
            break
    return "\n".join(shown)[:most]


def read_texts(parts: Iterable[Part], most: int, shown: int = MAX_SHOWN) -> Iterator[str]:
    """Yield what each part shows, HTML as text, until `most` letters were read as they came.

    Of each, `shown` characters are enough.
    """
    for part in parts:
        text = part.as_text()[:most]
        # A page may show nothing at all: what it costs is what counts.
        most -= len(text)
        yield html_to_text(text, shown) if part.content_type == "text/html" else text
        if most <= 0:
            return


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
    # An attached file is no part of the letter.
    if not part.content_type.startswith("text/") or part.content_type in _NO_LETTER:
        return False
    return not (part.headers.raw("content-disposition") or "").lstrip().lower().startswith("attachment")


def _choose(children: tuple[Part, ...]) -> Part | None:
    for child in children:
        if child.content_type == "text/plain" and child.as_text().strip():
            return child
    return next((child for child in children if child.content_type == "text/html" or child.children), None)
