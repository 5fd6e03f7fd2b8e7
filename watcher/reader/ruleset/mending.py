"""Give back the letters that a server lost: `bo?te aux lettres pleine`, `usu?rio desconhecido`.

Replies are ASCII (RFC 5321 section 4.1.2), and some servers put a question mark in the place of each letter
that is not, or of each octet of it.  A word with such marks is looked up among those that rows name, each of
which is listed as it would be seen: nothing is tried letter by letter.  A word that could be none of them
keeps its marks.

A lost letter may have stood in the very word that takes back what the others say, and a mark may be a
question's.  So a text is told with whether it is sure: where it is not, it calls nobody dead.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol


LOST: Final = "?"
REPLACED: Final = "\ufffd"  # what a reader of broken UTF-8 puts there
MIN_LETTERS: Final = 3
MAX_LETTERS: Final = 40
STEM: Final = 6  # letters that the listed beginning of a word has at least
_FOREIGN: Final = "\u00df-\u024f\u1e00-\u1eff"  # Latin letters that are not ASCII
_LATIN: Final = re.compile(rf"(?<![^ ])[a-z]*[{_FOREIGN}][a-z{_FOREIGN}]*\*?(?![^ ])")
# A letter is lost before another one, and in a word so short that it may be any: `w?hrend`, `p? helger`.
_LEFT: Final = re.compile(
    rf"(?<![^\s'\"(])(?:[a-z]{{0,{MAX_LETTERS}}}\?{{1,4}}[a-z]|[a-z]{{0,2}}\?(?=\s[a-z]))|{REPLACED}",
    re.IGNORECASE,
)
_PART: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ?")


class Source(Protocol):
    """What names words."""

    def entries(self) -> Iterable[str]:
        """Return words and phrases in canonical form."""


class Mended(NamedTuple):
    """A text with its letters, and whether nothing else can have been said."""

    text: str
    is_sure: bool


class Mending:
    """Knows the words of rows by what is left of them in ASCII; they are listed when a text first asks."""

    __slots__ = ("_known", "_sources")

    def __init__(self, *sources: Source) -> None:
        self._sources = sources
        self._known: _Known | None = None

    def __reduce__(self) -> tuple[type["Mending"], tuple[Source, ...]]:
        """Travel to another process without the words, which are listed anew there."""
        return Mending, self._sources

    def look(self, text: str) -> Mended:
        """Return a text that is ASCII but for such marks with its words in their own letters.

        It is sure where it lost no letter, or none that may have said something else.
        """
        if LOST not in text and REPLACED not in text:
            return Mended(text, is_sure=True)
        plain = text.replace(REPLACED, LOST)
        mended = self._mend(plain) if plain.isascii() else None
        return mended or Mended(text, is_sure=not _LEFT.search(text))

    def _mend(self, text: str) -> Mended | None:
        pieces: list[str] = []
        sure = True
        done, at = 0, text.find(LOST)
        while at >= 0:
            start, end = _find_word(text, at, done)
            found = self._find(text[start:end].lower()) if end - start >= MIN_LETTERS else None
            if found:
                pieces += (text[done:start], found.text)
                done = end
            sure = sure and found is not None and found.is_sure
            at = text.find(LOST, end)
        return Mended("".join((*pieces, text[done:])), sure) if pieces else None

    def _find(self, seen: str) -> Mended | None:
        if self._known is None:
            self._known = _list_words([phrase for source in self._sources for phrase in source.entries()])
        known, single = self._known, seen.replace(LOST * 2, LOST)
        words = known.listed.get(seen, ())
        if single != seen:
            words = (*words, *known.listed.get(single, ()))
        stems, rest = known.find_stems(seen)
        if words:
            asks = seen.endswith(LOST) and known.stands(seen.removesuffix(LOST))
            alike = all(word == words[0] for word in words) and all(map(words[0].startswith, stems))
            return Mended(words[0], alike and not asks)
        if stems:
            # Whatever letter was lost behind it, the rows do not ask for it.
            return Mended(stems[0] + rest.replace(LOST, "e"), len(stems) == 1 and LOST not in rest)
        return None


class _Known(NamedTuple):
    """Words and, under `…*`, beginnings of words by what each is seen as, those named more often first."""

    listed: dict[str, tuple[str, ...]]
    plain: frozenset[str]  # words in ASCII that are seen where a letter behind them was lost

    def find_stems(self, seen: str) -> tuple[tuple[str, ...], str]:
        """Return the longest beginnings of a word, and what is left behind them."""
        for end in range(len(seen) - 1, STEM - 1, -1):
            stems = self.listed.get(f"{seen[:end]}*")
            if stems:
                return stems, seen[end:]
        return (), ""

    def stands(self, seen: str) -> bool:
        """Say whether this is a word, too."""
        return seen in self.plain or seen in self.listed


def _find_word(text: str, at: int, done: int) -> tuple[int, int]:
    """Return where the word around a mark begins and ends, as far as any listed one could reach."""
    start = at
    while start > max(done, at - MAX_LETTERS) and text[start - 1] in _PART:
        start -= 1
    end = at + 1
    while end < min(len(text), at + MAX_LETTERS) and text[end] in _PART:
        end += 1
    return start, end


def _list_words(phrases: Sequence[str]) -> _Known:
    told = " ".join([phrase for phrase in phrases if not phrase.isascii()])
    listed: dict[str, tuple[str, ...]] = {}
    for word, _ in Counter(_LATIN.findall(told)).most_common():
        beginning = word.endswith("*")
        whole = word.removesuffix("*")
        seen = whole.encode("ascii", "replace").decode()
        lost = seen.count(LOST)
        if len(seen) < (STEM if beginning else MIN_LETTERS) or lost > len(seen) - lost + 1:
            continue
        for key in (seen, f"{seen}*") if beginning else (seen,):
            if whole not in listed.get(key, ()):
                listed[key] = (*listed.get(key, ()), whole)
    words = {word for phrase in phrases for word in phrase.split()}
    return _Known(listed, frozenset(word for word in words if f"{word}{LOST}" in listed))
