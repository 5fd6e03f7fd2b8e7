"""Give back the letters that a server lost: `bo?te aux lettres pleine`, `usu?rio desconhecido`.

Replies are ASCII (RFC 5321 section 4.1.2), and some servers put a question mark in the place of each letter
that is not, or of each octet of it.  A word with such marks is looked up among those that rows name, each of
which is listed as it would be seen: nothing is tried letter by letter.  A word that could be none of them
keeps its marks.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, Protocol


LOST: Final = "?"
REPLACED: Final = "\ufffd"  # what a reader of broken UTF-8 puts there
MIN_LETTERS: Final = 3
MAX_LETTERS: Final = 40
STEM: Final = 6  # letters that the listed beginning of a word has at least
_FOREIGN: Final = "\u00df-\u024f\u1e00-\u1eff"  # Latin letters that are not ASCII
_LATIN: Final = re.compile(rf"(?<![^ ])[a-z]*[{_FOREIGN}][a-z{_FOREIGN}]*\*?(?![^ ])")
_PART: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ?")


class Source(Protocol):
    """What names words."""

    def entries(self) -> Iterable[str]:
        """Return words and phrases in canonical form."""


class Mending:
    """Knows the words of rows by what is left of them in ASCII; they are listed when a text first asks."""

    __slots__ = ("_listed", "_sources")

    def __init__(self, *sources: Source) -> None:
        self._sources = sources
        self._listed: dict[str, str] | None = None

    def __reduce__(self) -> tuple[type["Mending"], tuple[Source, ...]]:
        """Travel to another process without the words, which are listed anew there."""
        return Mending, self._sources

    def mend(self, text: str) -> str:
        """Return a text that is ASCII but for such marks with its words in their own letters."""
        if LOST not in text and REPLACED not in text:
            return text
        plain = text.replace(REPLACED, LOST)
        return self._mend(plain) if plain.isascii() else text

    def _mend(self, text: str) -> str:
        pieces: list[str] = []
        done, at = 0, text.find(LOST)
        while at >= 0:
            start, end = _find_word(text, at, done)
            word = self._find(text[start:end].lower()) if end - start >= MIN_LETTERS else None
            if word:
                pieces += (text[done:start], word)
                done = end
            at = text.find(LOST, end)
        return "".join((*pieces, text[done:])) if pieces else text

    def _find(self, seen: str) -> str | None:
        if self._listed is None:
            self._listed = _list_words(phrase for source in self._sources for phrase in source.entries())
        found = self._listed.get(seen) or self._listed.get(seen.replace(LOST * 2, LOST))
        if found:
            return found
        for end in range(len(seen) - 1, STEM - 1, -1):
            stem = self._listed.get(f"{seen[:end]}*")
            if stem:
                # Whatever letter was lost behind it, the rows do not ask for it.
                return stem + seen[end:].replace(LOST, "e")
        return None


def _find_word(text: str, at: int, done: int) -> tuple[int, int]:
    """Return where the word around a mark begins and ends, as far as any listed one could reach."""
    start = at
    while start > max(done, at - MAX_LETTERS) and text[start - 1] in _PART:
        start -= 1
    end = at + 1
    while end < min(len(text), at + MAX_LETTERS) and text[end] in _PART:
        end += 1
    return start, end


def _list_words(phrases: Iterable[str]) -> dict[str, str]:
    """List each word by what it is seen as; of several, the one that is named more often, or first."""
    told = " ".join([phrase for phrase in phrases if not phrase.isascii()])
    counted = Counter(_LATIN.findall(told))
    listed: dict[str, str] = {}
    for word, _ in reversed(counted.most_common()):
        beginning = word.endswith("*")
        whole = word.removesuffix("*")
        seen = whole.encode("ascii", "replace").decode()
        lost = seen.count(LOST)
        if len(seen) < (STEM if beginning else MIN_LETTERS) or lost > len(seen) - lost + 1:
            continue
        listed[seen] = whole
        if beginning:
            listed[f"{seen}*"] = whole
    return listed
