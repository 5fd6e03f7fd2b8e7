"""Claims: kinds of mail told by several things that they say, in whatever words of one language.

A sign knows turns of phrase; a claim knows what a mail of its kind has to say: that our mail is held, that
we are to prove that we are human, that it is delivered then.  Each of these is a concept, a list of words in
each language (`recognise/concepts/claims`).  Words of two languages never make up one claim.
"""

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import NamedTuple

from watcher.model import Evidence, Kind
from watcher.reader.ruleset.concepts import ANY, Concepts
from watcher.reader.ruleset.signs import split_sentences


REMEMBERED = 8  # texts: several stages ask of one mail

# One of several ways to say a thing, each the names of concepts that stand in one sentence together.
Part = tuple[frozenset[str], ...]
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
    labelled: bool = False  # says enough only where subject or writer mark the mail as one of its kind


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


class Claims:
    """Every claim, and the concepts that they name."""

    def __init__(self, rows: Iterable[Claim] = (), concepts: Concepts | None = None) -> None:
        """Take the rows, and the concepts with their words."""
        self.rows = tuple(rows)
        self.concepts = concepts or Concepts()
        self._find_again = lru_cache(maxsize=REMEMBERED)(self._find)

    def __reduce__(self) -> tuple[type["Claims"], tuple[tuple[Claim, ...], Concepts]]:
        """Travel to another process as rows and concepts alone."""
        return Claims, (self.rows, self.concepts)

    @cached_property
    def _asked(self) -> tuple[_Asked, ...]:
        return tuple(
            _Asked(row, self._all_of(row.needs), *map(self._ways, (row.needs, row.some, row.unless)))
            for row in self.rows
        )

    @cached_property
    def _least(self) -> int:
        """Count the concepts that every row asks for."""
        return min((each.all_of.bit_count() for each in self._asked), default=0)

    def _all_of(self, parts: tuple[Part, ...]) -> int:
        """Return the concepts that stand in every way to say a part."""
        return self.concepts.bits_of(*{name for part in parts for name in frozenset.intersection(*part)})

    def _ways(self, parts: tuple[Part, ...]) -> tuple[_Ways, ...]:
        return tuple(tuple(self.concepts.bits_of(*way) for way in part) for part in parts)

    def find(self, text: str) -> tuple[Told, ...]:
        """Return the claims that a canonical text makes, in the order of the rows."""
        return self._find_again(text)

    def _find(self, text: str) -> tuple[Told, ...]:
        said = self.concepts.find(text)
        enough = [(language, bits) for language, bits in said.items() if bits.bit_count() >= self._least]
        every = 0
        for _, bits in enough:
            every |= bits
        asked = [
            (each, language)
            for each in self._asked
            if each.all_of & every == each.all_of
            for language, bits in enough
            if each.all_of & bits == each.all_of and _holds_all(each, (bits,))
        ]
        if not asked:
            return ()
        sentences = [self.concepts.find(sentence) for sentence in split_sentences(text)]
        found = []
        for each, language in asked:
            spoken = tuple([told.get(language, told.get(ANY, 0)) for told in sentences])
            if _holds_all(each, spoken) and not any(_is_said(part, spoken) for part in each.unless):
                found.append(Told(each.row, language, _first_names(each.row)))
        return tuple(found)


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
