"""Say of each sentence of an answer what it speaks of: an absence, a return, whom to ask instead.

A phrase of `signs` knows one wording of one thing.  People who leave an answer behind say two or three such
things, in sentences of their own, and nothing else.  The words for each are lists, in all languages one; a
word that ends in `*` is a beginning, and `~` stands for up to two words of any kind.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from watcher.reader.ruleset.lexicon import Lexicon
from watcher.reader.ruleset.phrase_set import PhraseSet
from watcher.reader.ruleset.spelling import spell_entries
from watcher.reader.ruleset.wording import is_unspaced


Lists = Mapping[str, tuple[str, ...]]  # words, by the name of what they speak of
ELSE: Final = "else"  # what a sentence speaks of that holds no listed word
MAX_GREETING: Final = 4  # words that greet, or sign, and speak of nothing
MAX_UNSPACED: Final = 12  # characters of such a greeting in a script without spaces
MAX_GREETED: Final = 6  # words of a greeting
_GREETING: Final = ("greet", "anyone")
TONGUES: Final = 2  # languages in which one answer is given


class Concepts:
    """What is spoken of, by the words for it in each language; indexed when an answer is looked at first."""

    def __init__(self, lists: Mapping[str, Lists] | None = None) -> None:
        """Take the lists of each language, each entry in canonical form."""
        self._lists = lists or {}
        self._languages = tuple(self._lists)
        self.names = tuple(dict.fromkeys(name for own in self._lists.values() for name in own))
        self._greet, self._anyone = (self._in_all_languages(name) for name in _GREETING)

    @cached_property
    def _bits_of(self) -> dict[str, int]:
        bits: dict[str, int] = {}
        for number, own in enumerate(self._lists.values()):
            for name, entries in own.items():
                bit = 1 << number * len(self.names) + self.names.index(name)
                for entry in entries:
                    bits[entry] = bits.get(entry, 0) | bit
        return bits

    @cached_property
    def _lexicon(self) -> Lexicon:
        spaced = {entry: bits for entry, bits in self._bits_of.items() if not is_unspaced(entry)}
        return Lexicon(spell_entries(spaced) | spaced)

    @cached_property
    def _unspaced(self) -> PhraseSet:
        return PhraseSet(filter(is_unspaced, self._bits_of))

    def _in_all_languages(self, name: str) -> int:
        if name not in self.names:
            return 0
        place, width = self.names.index(name), len(self.names)
        return sum(1 << number * width + place for number in range(len(self._languages)))

    def __reduce__(self) -> tuple[type["Concepts"], tuple[Mapping[str, Lists]]]:
        """Travel to another process as the lists alone."""
        return Concepts, (self._lists,)

    def find(self, sentences: Iterable[str]) -> tuple[str | None, list[set[str]]]:
        """Return the language of an answer, and what each sentence speaks of, in that or in the next."""
        every = [self._by_language(self._bits(sentence)) for sentence in sentences]
        points = [0] * len(self._languages)
        for spoken in every:
            for number, bits in spoken.items():
                points[number] += 1 + bits.bit_count()
        ranked = sorted(range(len(points)), key=lambda number: -points[number])[:TONGUES]
        language = self._languages[ranked[0]] if ranked and points[ranked[0]] else None
        return language, [
            self._named(next((spoken[number] for number in ranked if number in spoken), 0))
            for spoken in every
        ]

    def greets_someone(self, clause: str) -> bool:
        """Say whether a clause is a greeting and names whom it greets."""
        words = clause.split()
        if len(words) > MAX_GREETED:
            return False
        greeted: set[int] = set()
        general: set[int] = set()
        for bits, start, end in self._lexicon.find_hits(words):
            if bits & self._greet:
                greeted.update(range(start, end))
            if bits & self._anyone:
                general.update(range(start, end))
        return 0 in greeted and len(greeted | general) < len(words)

    def is_else(self, sentence: str) -> bool:
        """Say whether a sentence holds no listed word, and is no greeting."""
        return not self._bits(sentence) and _silence(sentence) == ELSE

    def _bits(self, sentence: str) -> int:
        found = 0
        for bits, _, _ in self._lexicon.find_hits(sentence.split()):
            found |= bits
        if not sentence.isascii():
            for phrase in self._unspaced.find_all(sentence):
                found |= self._bits_of[phrase]
        return found

    def _by_language(self, found: int) -> dict[int, int]:
        """Tell the bits of each language apart."""
        width = len(self.names)
        greeting = self._greet | self._anyone
        own: dict[int, int] = {}
        while found:
            number = ((found & -found).bit_length() - 1) // width
            bits = found >> number * width & (1 << width) - 1
            found ^= bits << number * width
            if bits & ~(greeting >> number * width):
                own[number] = bits
        return own

    def _named(self, bits: int) -> set[str]:
        return {
            name for number, name in enumerate(self.names) if bits >> number & 1 and name not in _GREETING
        }


def told_as_words(told: Iterable[tuple[str, set[str]]]) -> str:
    """Write what each sentence speaks of as a sentence, for signs to be looked for in it."""
    each = (" ".join(sorted(about)) if about else _silence(sentence) for sentence, about in told)
    return f" {' . '.join(filter(None, each))} . "


def _silence(sentence: str) -> str:
    """Tell a greeting from a sentence that speaks of something else."""
    if is_unspaced(sentence):
        return ELSE if len(sentence) > MAX_UNSPACED else ""
    return ELSE if sum(word.isalnum() for word in sentence.split()) > MAX_GREETING else ""
