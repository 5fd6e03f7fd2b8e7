"""Say which concepts a text speaks of, by the words for each in every language.

A concept is what is said, whatever the words: that somebody is away, that a mail is held.  Its words are
`entries`, a list a language; each counts in its spellings in ASCII as well, and in a script without spaces it
may stand within a word.  Words of two languages are never counted together, but those of `any` count in each.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Final, NamedTuple

from watcher.reader.ruleset.entries import GAP, SLACK
from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.spelling import spell_entries
from watcher.reader.ruleset.wording import is_unspaced, part_scripts


ANY: Final = "any"  # the language of what is the same in all

Lists = Mapping[str, tuple[str, ...]]  # words, by the name of their concept
Said = dict[str, int]  # what is spoken of, each concept a bit, by language


class _Meaning(NamedTuple):
    """What an entry stands for: the bits of its concepts, language by language, and one bit a language."""

    concepts: int
    languages: int


class _Index(NamedTuple):
    """What to look for, and what it means; what has gaps, by that of its words which is looked for."""

    finder: Finder
    meanings: tuple[_Meaning, ...]
    gapped: Mapping[int, tuple[tuple[re.Pattern[str], _Meaning], ...]]


class Concepts:
    """Word lists by language and concept, indexed when a text is looked at first."""

    def __init__(self, lists: Mapping[str, Lists] | None = None, *, contested: bool = False) -> None:
        """Take the lists of each language, each entry in canonical form.

        Where it is `contested` which language a text is in, a word is of the language that writes it so, and
        of no other that is only spelled so in ASCII: `kontakt` is Czech, say, and not Bulgarian.
        """
        self.lists = lists or {}
        self._contested = contested
        self._languages = tuple(self.lists)
        self.names = tuple(dict.fromkeys(name for own in self.lists.values() for name in own))
        self._bit = {name: 1 << number for number, name in enumerate(self.names)}
        self._all = (1 << len(self.names)) - 1
        # The bits of each language stand behind those of the one before.
        self._every_language = sum(1 << number * len(self.names) for number in range(len(self.lists)))

    def __reduce__(self) -> tuple[Callable[..., "Concepts"], tuple[Mapping[str, Lists]]]:
        """Travel to another process as the lists alone."""
        return partial(Concepts, contested=self._contested), (self.lists,)

    def bits_of(self, *names: str) -> int:
        """Return the bits of concepts; of one that no language has words for, none."""
        return sum(self._bit.get(name, 0) for name in names)

    def names_of(self, bits: int) -> set[str]:
        """Return the names of the concepts that some bits stand for."""
        return {name for name, bit in self._bit.items() if bits & bit}

    def find(self, text: str) -> Said:
        """Return the concepts that a canonical text speaks of, those of any language among those of each."""
        finder, meanings, gapped = self._index
        text = f" {text} "
        found = spoken = 0
        for number in finder.find_all(text):
            concepts, languages = meanings[number]
            found |= concepts
            spoken |= languages
            if number in gapped:
                for pattern, meaning in gapped[number]:
                    if pattern.search(text):
                        found |= meaning.concepts
                        spoken |= meaning.languages
        return self._by_language(found, spoken) if found else {}

    def words_about(self, text: str, bits: int) -> set[int]:
        """Return the places of the words that speak of some concepts; a script without spaces has none."""
        wanted = bits * self._every_language
        finder, meanings, _ = self._index
        places: set[int] = set()
        text = f" {' '.join(text.split())} "
        for number, start in finder.find_places(text):
            if meanings[number].concepts & wanted and text[start] == " ":
                first = text.count(" ", 0, start)
                places.update(range(first, first + len(finder.needles[number].split())))
        return places

    @cached_property
    def _index(self) -> _Index:
        known: dict[str, int] = {}
        gapped: dict[str, list[tuple[re.Pattern[str], _Meaning]]] = {}
        for entry, bits in spell_entries(self._entries(), shared=not self._contested).items():
            if _has_gaps(entry):
                needle = _longest_needle(entry)
                known.setdefault(needle, 0)
                gapped.setdefault(needle, []).append((_pattern(entry), self._meaning(bits)))
                continue
            for needle in _needles(entry):
                known[needle] = known.get(needle, 0) | bits
        same = {bits: self._meaning(bits) for bits in set(known.values())}  # few differ
        return _Index(
            Finder(known),
            tuple([same[bits] for bits in known.values()]),
            {number: tuple(gapped[needle]) for number, needle in enumerate(known) if needle in gapped},
        )

    def _entries(self) -> dict[str, int]:
        """Return every entry with the bits of its languages and concepts."""
        found: dict[str, int] = {}
        for number, own in enumerate(self.lists.values()):
            for name, entries in own.items():
                bit = self._bit[name] << number * len(self.names)
                for entry in entries:
                    found[entry] = found.get(entry, 0) | bit
        return found

    def _meaning(self, concepts: int) -> _Meaning:
        width = len(self.names)
        spoken = (number for number in range(len(self.lists)) if concepts >> number * width & self._all)
        return _Meaning(concepts, sum(1 << number for number in spoken))

    def _by_language(self, concepts: int, spoken: int) -> Said:
        width = len(self.names)
        said: Said = {}
        while spoken:
            number = spoken.bit_length() - 1
            spoken ^= 1 << number
            said[self._languages[number]] = concepts >> number * width & self._all
        if ANY not in said:
            return said
        shared = said.pop(ANY)
        return {language: bits | shared for language, bits in said.items()} | {ANY: shared}


def _has_gaps(entry: str) -> bool:
    """Say whether more than the end of an entry is left open."""
    return GAP in entry or "*" in entry[:-1]


def _needles(entry: str) -> Iterator[str]:
    """Yield what stands in a text, with a blank around it, where it holds an entry without gaps."""
    bare = entry.rstrip("*")
    if not is_unspaced(bare):
        yield f" {bare}" if bare != entry else f" {bare} "
        return
    yield bare
    joined = bare.replace(" ", "")
    if joined != bare and part_scripts(joined) == bare:
        yield joined  # `IPアドレス`, which entries part


def _longest_needle(entry: str) -> str:
    """Return the longest needle of an entry that has gaps."""
    pieces = map(str.strip, entry.replace("* ", f"* {GAP} ").split(GAP))
    return max((needle for piece in pieces if piece for needle in _needles(piece)), key=len)


def _pattern(entry: str) -> re.Pattern[str]:
    """Return what finds an entry that has gaps."""
    words = entry.split()
    return re.compile(" " + "".join(map(_word_pattern, words)))


def _word_pattern(word: str) -> str:
    if word == GAP:
        return rf"(?:\S++ ){{0,{SLACK}}}"
    return rf"{re.escape(word[:-1])}\S*+ " if word.endswith("*") else f"{re.escape(word)} "
