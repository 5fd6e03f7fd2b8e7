"""Bring text and phrases into the one form in which they are compared: words and clause marks.

Case, typographic apostrophes, dashes, brackets and quotes do not count; a comma, full stop and their kin are
words of their own, so that no phrase reaches over them.
"""

import re

from watcher.reader.parse.text import fold


MAX_TEXT = 8_000  # characters of one clue that are looked at: replies are short, bodies may be long
_DROPPED = dict.fromkeys(map(ord, "'’‘`´ʼ"))
_TOKEN = re.compile(r"[^\W_]+|[,.;!?、。]")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def canonical(text: str) -> str:
    """Return the words of a text with one space before, between and after them."""
    folded = fold(text[:MAX_TEXT]).translate(_DROPPED).replace("e-mail", "email")
    return f" {' '.join(_TOKEN.findall(folded))} "


def is_unspaced(phrase: str) -> bool:
    """Say whether a phrase is of a script that writes without spaces (Thai, Japanese, Chinese), or without fixed word ends (Korean)."""
    return _UNSPACED.search(phrase) is not None


def locate(text: str, phrase: str) -> tuple[int, int] | None:
    """Find where in the mail's own text a canonical phrase stands; None where folding moved it too far."""
    words = phrase.split()
    if not words:
        return None
    pattern = r"[\W_]{0,9}".join(r"['’‘`´]?".join(map(re.escape, word)) for word in words)
    if not is_unspaced(phrase):
        pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
    found = re.search(pattern, text[:MAX_TEXT], re.IGNORECASE)
    return found.span() if found else None
