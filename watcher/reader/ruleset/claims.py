"""Claims: kinds of mail told by several things that they say, in whatever words of one language.

A sign knows turns of phrase; a claim knows what a mail of its kind has to say: that our mail is held, that
we are to prove that we are human, that it is delivered then.  Each of these is a concept, a list of words in
each language (`recognise/claims/<language>.toml`).  Words of two languages never make up one claim, but
those listed for `any` count in each.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from watcher.model import Evidence, Kind
from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.signs import split_sentences
from watcher.reader.ruleset.spelling import ascii_spellings
from watcher.reader.ruleset.wording import canonical_phrase, is_loose


ANY = "any"  # the language of what is the same in all
REMEMBERED = 8  # texts: several stages ask of one mail

# One of several ways to say a thing, each the names of concepts that stand in one sentence together.
Part = tuple[frozenset[str], ...]
Concepts = Mapping[str, Mapping[str, tuple[str, ...]]]  # words, by language and name
_Said = dict[str, frozenset[str]]  # names of concepts, by language


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


class Claims:
    """Every claim, and the words of the concepts, indexed."""

    __slots__ = ("_concepts", "_find_again", "_finder", "_named", "rows")

    def __init__(self, rows: Iterable[Claim] = (), concepts: Concepts | None = None) -> None:
        """Take the rows, and the words of every concept that they name."""
        self.rows = tuple(rows)
        self._concepts: Concepts = concepts or {}
        named: dict[str, list[tuple[str, str]]] = {}
        for language, lists in self._concepts.items():
            for name, entries in lists.items():
                for entry in entries:
                    for needle in _needles(entry):
                        named.setdefault(needle, []).append((language, name))
        self._finder = Finder(named)
        self._named = tuple(tuple(names) for names in named.values())
        self._find_again = lru_cache(maxsize=REMEMBERED)(self._find)

    def __reduce__(self) -> tuple[type["Claims"], tuple[tuple[Claim, ...], Concepts]]:
        """Travel to another process as rows and words alone."""
        return Claims, (self.rows, self._concepts)

    def find(self, text: str) -> tuple[Told, ...]:
        """Return the claims that a canonical text makes, in the order of the rows."""
        return self._find_again(text)

    def _find(self, text: str) -> tuple[Told, ...]:
        said = self._say(text)
        asked = [(row, language) for row in self.rows for language in said if _may_hold(row, said[language])]
        if not asked:
            return ()
        sentences = [self._say(f" {sentence.strip()} ") for sentence in split_sentences(text)]
        found = []
        for row, language in asked:
            spoken = [each.get(language, each.get(ANY, frozenset())) for each in sentences]
            if _holds(row, spoken):
                found.append(Told(row, language, _first_names(row)))
        return tuple(found)

    def _say(self, text: str) -> _Said:
        """Return the concepts that a text speaks of, those of any language among those of each."""
        said: dict[str, set[str]] = {}
        for number in self._finder.find_all(text):
            for language, name in self._named[number]:
                said.setdefault(language, set()).add(name)
        shared = said.pop(ANY, set())
        spoken = {language: frozenset(names | shared) for language, names in said.items()}
        return {**spoken, ANY: frozenset(shared)} if shared else spoken


def canonical_word(entry: str) -> str:
    """Return an entry of a list in the form in which texts are compared; a star marks a beginning."""
    return canonical_phrase(entry.rstrip("*")) + ("*" if entry.endswith("*") else "")


def _needles(entry: str) -> Iterable[str]:
    for words in (entry, *ascii_spellings(entry)):
        bare = words.rstrip("*")
        yield bare if is_loose(bare) else f" {bare}" + ("" if words.endswith("*") else " ")


def _may_hold(row: Claim, said: frozenset[str]) -> bool:
    """Say cheaply whether a text that speaks of some concepts may make a claim."""
    return _holds_all(row, [said])


def _holds(row: Claim, sentences: list[frozenset[str]]) -> bool:
    return _holds_all(row, sentences) and not any(_is_said(part, sentences) for part in row.unless)


def _holds_all(row: Claim, sentences: list[frozenset[str]]) -> bool:
    if not all(_is_said(part, sentences) for part in row.needs):
        return False
    return row.least <= sum(_is_said(part, sentences) for part in row.some)


def _is_said(part: Part, sentences: list[frozenset[str]]) -> bool:
    return any(way <= said for way in part for said in sentences)


def _first_names(row: Claim) -> tuple[str, ...]:
    return tuple(" and ".join(sorted(part[0])) for part in row.needs)
