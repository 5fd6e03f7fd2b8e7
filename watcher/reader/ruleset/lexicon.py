"""Find which listed words and phrases begin at each word of a clause.

A listed phrase is one word or several; a word that ends in `*` is a beginning, and `~` stands for up to two
words of any kind.  `not` alone begins two hundred of them, so a phrase of several words is tried only where
its second word follows, too, unless that may be any word.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import Final, NamedTuple


GAP: Final = "~"
SLACK: Final = 2  # words that a gap may stand for
STEM: Final = 3  # letters that a beginning of a word has at least
MANY: Final = 8  # phrases that begin with one word, and are arranged at once
KNOWN: Final = 8_192  # words whose phrases are remembered

Hit = tuple[int, int, int]  # bits, where it begins, where it ends


class Listed(NamedTuple):
    """One phrase: its place in the list, its words, and the bits of the parts that name it."""

    place: int
    words: tuple[str, ...]
    bits: int


class _Begun(NamedTuple):
    """The phrases that a word begins, by what has to follow."""

    alone: Sequence[Listed]
    followed: Mapping[str, Sequence[Listed]]  # by the second word
    open: Sequence[Listed]  # by any word, or one that begins so


class Lexicon:
    """Phrases by their first word."""

    __slots__ = ("_arranged", "_by_stem", "_by_word", "_longest", "_phrases", "begun_by")

    def __init__(self, phrases: Mapping[str, int]) -> None:
        self._phrases = phrases
        by_word: dict[str, list[Listed]] = {}
        by_stem: dict[str, list[Listed]] = {}
        for place, (phrase, bits) in enumerate(phrases.items()):
            listed = Listed(place, tuple(map(intern, phrase.split())), bits)  # they share most of their words
            first = listed.words[0]
            index, key = (by_stem, first[:-1]) if first.endswith("*") else (by_word, first)
            index.setdefault(key, []).append(listed)
        self._by_word, self._by_stem = by_word, by_stem
        self._longest = max(map(len, by_stem), default=0)
        often = [word for word, every in by_word.items() if len(every) >= MANY]
        self._arranged: dict[str, _Begun | None] = {}
        self._arranged.update({word: self._find_begun(word) for word in often})
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
            found = [(place, bits, at + 1) for place, _, bits in alone]
            if followed and at < last and clause[at + 1] in followed:
                for place, words, bits in followed[clause[at + 1]]:
                    # Its second word stands there already.
                    end = at + 2 if len(words) == 2 else _match(clause, at + 2, words[2:])
                    if end:
                        found.append((place, bits, end))
            for place, words, bits in may_follow:
                end = _match(clause, at + 1, words[1:])
                if end:
                    found.append((place, bits, end))
            if len(found) > 1:
                found.sort()
            hits += [(bits, at, end) for _, bits, end in found]
        return hits

    def _find_begun(self, word: str) -> _Begun | None:
        if word in self._arranged:
            return self._arranged[word]
        stems: list[Listed] = []
        for end in range(STEM, min(len(word), self._longest) + 1):
            if word[:end] in self._by_stem:
                stems += self._by_stem[word[:end]]
        if len(stems) > 1:
            stems.sort()
        every = (*self._by_word.get(word, ()), *stems)
        return _arrange(every) if every else None


def _arrange(every: Iterable[Listed]) -> _Begun:
    alone: list[Listed] = []
    followed: dict[str, list[Listed]] = {}
    may_follow: list[Listed] = []
    # Those of a whole word come before those of a beginning, as a list of hits may be cut.
    for place, (_, words, bits) in enumerate(every):
        ranked = Listed(place, words, bits)
        second = words[1] if len(words) > 1 else ""
        if not second:
            alone.append(ranked)
        elif second == GAP or second.endswith("*"):
            may_follow.append(ranked)
        elif second in followed:
            followed[second].append(ranked)
        else:
            followed[second] = [ranked]
    return _Begun(alone, followed, may_follow)


def _match(clause: Sequence[str], at: int, words: tuple[str, ...]) -> int:
    """Return the place behind the words if they stand there, else 0."""
    slack = 0
    for word in words:
        if word == GAP:
            slack = SLACK
            continue
        last = min(at + slack, len(clause) - 1)
        while at <= last and not _is(clause[at], word):
            at += 1
        if at > last:
            return 0
        at += 1
        slack = 0
    return at


def _is(said: str, word: str) -> bool:
    return said.startswith(word[:-1]) if word.endswith("*") else said == word
