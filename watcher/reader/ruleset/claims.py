"""Claims: kinds of mail told by several things that they say, in whatever words of one language.

A sign knows turns of phrase; a claim knows what a mail of its kind has to say: that our mail is held, that
we are to prove that we are human, that it is delivered then.  Each of these is a concept, a list of words in
each language (`recognise/claims/<language>.toml`).  Words of two languages never make up one claim, but
those listed for `any` count in each.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from watcher.model import Evidence, Kind
from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.signs import split_sentences
from watcher.reader.ruleset.spelling import ascii_spellings
from watcher.reader.ruleset.wording import canonical_phrase, is_unspaced


ANY = "any"  # the language of what is the same in all
REMEMBERED = 8  # texts: several stages ask of one mail

# One of several ways to say a thing, each the names of concepts that stand in one sentence together.
Part = tuple[frozenset[str], ...]
Concepts = Mapping[str, Mapping[str, tuple[str, ...]]]  # words, by language and name
_Said = dict[str, int]  # what is spoken of, each concept a bit, by language
_Ways = tuple[int, ...]  # to say a part, each the bits of concepts that stand together


class Claim(NamedTuple):
    """One row: all of `needs`, and at least some of `some`, make up a mail of its kind."""

    id: str
    kind: Kind
    reason: str
    needs: tuple[Part, ...]
    some: tuple[Part, ...] = ()
    least: int = 0
    unless: tuple[Part, ...] = ()


class Told(NamedTuple):
    """A claim that a text makes, and the language it makes it in."""

    claim: Claim
    language: str
    concepts: tuple[str, ...]

    def evidence(self) -> Evidence:
        """Return what a report says about it."""
        return Evidence(self.claim.id, ", ".join(self.concepts), "body")


class _Asked(NamedTuple):
    """What one row asks for, concepts as bits; `all_of` are those that it cannot do without."""

    row: Claim
    all_of: int
    needs: tuple[_Ways, ...]
    some: tuple[_Ways, ...]
    unless: tuple[_Ways, ...]


class _Index(NamedTuple):
    """What the rows ask for, and the needles of all concepts, each with its languages and bits."""

    asked: tuple[_Asked, ...]
    least: int  # concepts that every row asks for
    finder: Finder
    named: tuple[tuple[tuple[str, int], ...], ...]


class Claims:
    """Every claim, and the words of the concepts, indexed when a text is looked at first."""

    def __init__(self, rows: Iterable[Claim] = (), concepts: Concepts | None = None) -> None:
        """Take the rows, and the words of every concept that they name."""
        self.rows = tuple(rows)
        self._concepts: Concepts = concepts or {}
        self._find_again = lru_cache(maxsize=REMEMBERED)(self._find)

    @cached_property
    def _index(self) -> _Index:
        bits: dict[str, int] = {}
        asked = tuple(
            _Asked(
                row,
                _all_of(row.needs, bits),
                _ways(row.needs, bits),
                _ways(row.some, bits),
                _ways(row.unless, bits),
            )
            for row in self.rows
        )
        least = min((each.all_of.bit_count() for each in asked), default=0)
        named: dict[str, list[tuple[str, int]]] = {}
        for language, lists in self._concepts.items():
            for name, entries in lists.items():
                bit = _bit(name, bits)
                for entry in entries:
                    for needle in _needles(entry):
                        named.setdefault(needle, []).append((language, bit))
        return _Index(asked, least, Finder(named), tuple(map(tuple, named.values())))

    def __reduce__(self) -> tuple[type["Claims"], tuple[tuple[Claim, ...], Concepts]]:
        """Travel to another process as rows and words alone."""
        return Claims, (self.rows, self._concepts)

    def find(self, text: str) -> tuple[Told, ...]:
        """Return the claims that a canonical text makes, in the order of the rows."""
        return self._find_again(text)

    def _find(self, text: str) -> tuple[Told, ...]:
        said = self._say(text)
        index = self._index
        enough = [(language, bits) for language, bits in said.items() if bits.bit_count() >= index.least]
        asked = [
            (each, language)
            for each in index.asked
            for language, bits in enough
            if each.all_of & bits == each.all_of and _holds_all(each, (bits,))
        ]
        if not asked:
            return ()
        sentences = [self._say(f" {sentence.strip()} ") for sentence in split_sentences(text)]
        found = []
        for each, language in asked:
            spoken = tuple([told.get(language, told.get(ANY, 0)) for told in sentences])
            if _holds_all(each, spoken) and not any(_is_said(part, spoken) for part in each.unless):
                found.append(Told(each.row, language, _first_names(each.row)))
        return tuple(found)

    def _say(self, text: str) -> _Said:
        """Return the concepts that a text speaks of, those of any language among those of each."""
        said: _Said = {}
        index = self._index
        for number in index.finder.find_all(text):
            for language, bit in index.named[number]:
                said[language] = said.get(language, 0) | bit
        shared = said.pop(ANY, 0)
        spoken = {language: bits | shared for language, bits in said.items()}
        return {**spoken, ANY: shared} if shared else spoken


def canonical_word(entry: str) -> str:
    """Return an entry of a list in the form in which texts are compared; a star marks a beginning."""
    return canonical_phrase(entry.rstrip("*")) + ("*" if entry.endswith("*") else "")


def _needles(entry: str) -> Iterable[str]:
    for words in (entry, *ascii_spellings(entry)):
        bare = words.rstrip("*")
        yield bare if is_unspaced(bare) else f" {bare}" + ("" if words.endswith("*") else " ")


def _bit(name: str, bits: dict[str, int]) -> int:
    return bits.setdefault(name, 1 << len(bits))


def _ways(parts: tuple[Part, ...], bits: dict[str, int]) -> tuple[_Ways, ...]:
    return tuple(tuple(sum(_bit(name, bits) for name in way) for way in part) for part in parts)


def _all_of(parts: tuple[Part, ...], bits: dict[str, int]) -> int:
    """Return the concepts that stand in every way to say a part."""
    found = 0
    for part in parts:
        for name in frozenset.intersection(*part):
            found |= _bit(name, bits)
    return found


def _holds_all(asked: _Asked, sentences: tuple[int, ...]) -> bool:
    """Say whether all that a row needs, and enough of the rest, is said, each in one sentence."""
    for part in asked.needs:
        if not _is_said(part, sentences):
            return False
    least = asked.row.least
    return not least or least <= sum(_is_said(part, sentences) for part in asked.some)


def _is_said(part: _Ways, sentences: tuple[int, ...]) -> bool:
    for way in part:
        for said in sentences:
            if way & said == way:
                return True
    return False


def _first_names(row: Claim) -> tuple[str, ...]:
    return tuple(" and ".join(sorted(part[0])) for part in row.needs)
