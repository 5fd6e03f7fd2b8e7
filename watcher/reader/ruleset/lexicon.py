"""Find which listed words and phrases begin at each word of a clause.

A listed phrase is one of `entries`.  `not` alone begins two hundred of them, so a phrase of several words is
tried only where its second word follows, too, unless that may be any word.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from watcher.reader.ruleset.entries import GAP, SLACK


STEM: Final = 3  # letters that a beginning of a word has at least
MANY: Final = 8  # phrases that begin with one word, and stay arranged
KNOWN: Final = 8_192  # words whose phrases are remembered

Hit = tuple[int, int, int]  # bits, where it begins, where it ends


class Listed(NamedTuple):
    """One phrase: its place among those that a word begins, the bits of the parts that name it, its rest."""

    place: int
    bits: int
    rest: tuple[str, ...]  # the words that have to stand behind those by which it was found


class _Begun(NamedTuple):
    """The phrases that a word begins, by what has to follow."""

    alone: Sequence[Listed]
    followed: Mapping[str, Sequence[Listed]]  # by the second word
    open: Sequence[Listed]  # by any word, or one that begins so


class Lexicon:
    """Phrases by their first word; what a word begins is arranged when a text holds it."""

    __slots__ = ("_by_stem", "_by_word", "_longest", "_often", "_phrases", "begun_by")

    def __init__(self, phrases: Mapping[str, int]) -> None:
        self._phrases = phrases
        self._by_word: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for phrase in phrases:
            first = phrase.partition(" ")[0]
            index, key = (self._by_stem, first[:-1]) if first.endswith("*") else (self._by_word, first)
            if key in index:
                index[key].append(phrase)
            else:
                index[key] = [phrase]
        self._longest = max(map(len, self._by_stem), default=0)
        self._often: dict[str, _Begun | None] = {}
        self.begun_by = lru_cache(maxsize=KNOWN)(self._find_begun)

    def __reduce__(self) -> tuple[type["Lexicon"], tuple[Mapping[str, int]]]:
        """Travel to another process as the phrases alone."""
        return Lexicon, (self._phrases,)

    def find_hits(self, clause: Sequence[str]) -> list[Hit]:
        """Return what begins at each word, in the order of the words and, at one word, of the list."""
        hits: list[Hit] = []
        last = len(clause) - 1
        for at, begun in enumerate(map(self.begun_by, clause)):
            if begun is None:
                continue
            alone, followed, may_follow = begun
            found = [(place, bits, at + 1) for place, bits, _ in alone]
            if at < last:
                for place, bits, rest in followed.get(clause[at + 1], ()):
                    end = _match(clause, at + 2, rest) if rest else at + 2
                    if end:
                        found.append((place, bits, end))
            for place, bits, rest in may_follow:
                end = _match(clause, at + 1, rest)
                if end:
                    found.append((place, bits, end))
            if len(found) > 1:
                found.sort()
            for _, bits, end in found:
                hits.append((bits, at, end))
        return hits

    def _find_begun(self, word: str) -> _Begun | None:
        if word in self._often:
            return self._often[word]
        whole = self._by_word.get(word, ())
        stems: list[str] = []
        for end in range(STEM, min(len(word), self._longest) + 1):
            stems += self._by_stem.get(word[:end], ())
        if not whole and not stems:
            return None
        # Those of a whole word come before those of a beginning, as a list of hits may be cut.
        begun = self._arrange(chain(whole, stems))
        if len(whole) >= MANY:
            self._often[word] = begun
        return begun

    def _arrange(self, phrases: Iterable[str]) -> _Begun:
        alone: list[Listed] = []
        followed: dict[str, list[Listed]] = {}
        may_follow: list[Listed] = []
        for place, phrase in enumerate(phrases):
            _, *words = phrase.split()
            bits = self._phrases[phrase]
            second = words[0] if words else ""
            if not second:
                alone.append(Listed(place, bits, ()))
            elif second == GAP or second.endswith("*"):
                may_follow.append(Listed(place, bits, tuple(words)))
            else:
                followed.setdefault(second, []).append(Listed(place, bits, tuple(words[1:])))
        return _Begun(alone, followed, may_follow)


def _match(clause: Sequence[str], at: int, words: tuple[str, ...]) -> int:
    """Return the place behind the words if they stand there, else 0."""
    behind = len(clause)
    slack = 0
    for word in words:
        if word == GAP:
            slack = SLACK
            continue
        while at < behind and slack and not _is(clause[at], word):
            at += 1
            slack -= 1
        if at >= behind or not _is(clause[at], word):
            return 0
        at += 1
        slack = 0
    return at


def _is(said: str, word: str) -> bool:
    return said == word or (word[-1] == "*" and said.startswith(word[:-1]))
