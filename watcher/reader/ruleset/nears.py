"""Rows on words that stand near each other in one clause: "mailbox" near "cannot be found".

A phrase knows one wording; such a row knows what many wordings have in common.  Each of its parts is a word
list (`@mailbox`, from `words/<language>.toml`) or words of its own, and any of them will do: several are set
apart by `|`.  A word that ends in `*` is a beginning, and `~` stands for up to two words of any kind.  A
clause in which a word of `unless` stands says nothing to the row.

Each distinct part is one bit.  A clause is gone through once, word by word; a row is looked at only where the
bits of all of its parts were seen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from watcher.reader.ruleset.entries import canonical_entries
from watcher.reader.ruleset.lexicon import Hit, Lexicon
from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.spelling import spell_entries
from watcher.reader.ruleset.wording import is_unspaced


LETTERS_A_WORD: Final = 3  # in a script without spaces
MAX_HITS: Final = 60  # a clause; what a longer list of words holds is no refusal
KNOWN: Final = 2_048  # clauses that are remembered
KNOWN_WORDS: Final = 60  # of such a clause

Words = Mapping[str, tuple[str, ...]]  # word lists by name
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Near:
    """One row, its parts as bits."""

    row: WordRow
    parts: tuple[int, ...]
    mask: int
    veto: int


Told = tuple[tuple[WordRow, str], ...]  # rows, each with the words that it stands on


class Nears:
    """All rows on words near each other, indexed."""

    __slots__ = (
        "_by_first",
        "_finder",
        "_firsts",
        "_lexicon",
        "_phrases",
        "_read_again",
        "_unspaced",
        "rows",
    )

    def __init__(self, rows: tuple[Near, ...] = (), phrases: Mapping[str, int] | None = None) -> None:
        """Take the rows, and the phrases with the bits of the parts that name them."""
        self.rows = rows
        self._phrases = phrases or {}
        unspaced = {p: bits for p, bits in self._phrases.items() if is_unspaced(p)}
        self._unspaced = tuple(unspaced.items())
        self._finder = Finder(unspaced)
        self._lexicon = Lexicon({p: bits for p, bits in self._phrases.items() if p not in unspaced})
        self._by_first: dict[int, tuple[Near, ...]] = {}
        for near in rows:
            first = near.parts[0]
            self._by_first[first] = (*self._by_first.get(first, ()), near)
        self._firsts = sum(self._by_first)  # each is a bit of its own
        self._read_again = lru_cache(maxsize=KNOWN)(self._read)  # servers refuse in few words

    @classmethod
    def build(cls, rows: Iterable[WordRow], words: Words) -> "Nears":
        """Index the rows; `words` are the lists that they name."""
        bits = _Bits(words)
        return cls(tuple(bits.near(row) for row in rows), bits.phrases())

    def __reduce__(self) -> tuple[type["Nears"], tuple[tuple[Near, ...], Mapping[str, int]]]:
        """Travel to another process as rows and phrases alone."""
        return Nears, (self.rows, self._phrases)

    def entries(self) -> Iterable[str]:
        """Return all that the parts name: words and phrases, with their stems and gaps."""
        return self._phrases

    def find(self, clauses: Iterable[tuple[str, ...]]) -> Iterator[tuple[WordRow, str]]:
        """Yield every row that a clause holds, with the words that it stands on; a row once."""
        seen: set[str] = set()
        for clause in clauses:
            told = self._read_again(clause) if len(clause) <= KNOWN_WORDS else self._read(clause)
            for row, said in told:
                if row.id not in seen:
                    seen.add(row.id)
                    yield row, said

    def _read(self, clause: tuple[str, ...]) -> Told:
        hits, unit, text = self._hits(clause)
        mask = 0
        for bits, _, _ in hits:
            mask |= bits
        spans = ((near.row, _span(near, hits, unit)) for near in self._asked(mask))
        return tuple(
            (row, text[span[0] : span[1]] if unit > 1 else " ".join(clause[span[0] : span[1]]))
            for row, span in spans
            if span is not None
        )

    def _asked(self, mask: int) -> Iterator[Near]:
        left = mask & self._firsts
        while left:
            bit = left & -left
            left ^= bit
            for near in self._by_first[bit]:
                if near.mask & mask == near.mask and not near.veto & mask:
                    yield near

    def _hits(self, clause: Sequence[str]) -> tuple[list[Hit], int, str]:
        """Return what a clause holds, how many of its places make a word, and its text where that counts."""
        hits = self._lexicon.find_hits(clause)
        text = " ".join(clause)
        if text.isascii() or not is_unspaced(text):
            return hits[:MAX_HITS], 1, ""
        offsets = [0]
        for word in clause:
            offsets.append(offsets[-1] + len(word) + 1)
        hits = [(bits, offsets[start], offsets[end] - 1) for bits, start, end in hits]
        first = dict(reversed(self._finder.find_places(text)))
        for number in sorted(first):
            phrase, bits = self._unspaced[number]
            hits.append((bits, first[number], first[number] + len(phrase)))
        return hits[:MAX_HITS], LETTERS_A_WORD, text


class _Bits:
    """Give each distinct part a bit, and each word list's entry the bits of all parts that name it."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._of: dict[str, int] = {}

    def near(self, row: WordRow) -> Near:
        parts = tuple(self._bit(part) for part in row.near)
        mask = 0
        for part in parts:
            mask |= part
        veto = self._bit(" | ".join(row.unless)) if row.unless else 0
        return Near(row, parts, mask, veto)

    def _bit(self, part: str) -> int:
        return self._of.setdefault(part, 1 << len(self._of))

    def phrases(self) -> dict[str, int]:
        listed: dict[str, int] = {}  # each list with the bits of the parts that name it
        given: dict[str, int] = {}  # the words that parts have of their own
        for part, bit in self._of.items():
            for each in map(str.strip, part.split("|")):
                name, where = (each[1:], listed) if each.startswith("@") else (each, given)
                where[name] = where.get(name, 0) | bit
        found: dict[str, int] = {}
        for entry, bits in zip(canonical_entries(given), given.values(), strict=True):
            found[entry] = found.get(entry, 0) | bits
        for name, bits in listed.items():
            for phrase in self._words[name]:
                found[phrase] = found.get(phrase, 0) | bits
        same: dict[int, int] = {}  # few differ, and each is hundreds of bits long
        return {phrase: same.setdefault(bits, bits) for phrase, bits in spell_entries(found).items()}


def _span(near: Near, hits: list[Hit], unit: int) -> tuple[int, int] | None:
    """Return the narrowest place where all parts stand, each in words of its own, near enough."""
    reach = near.row.within * unit
    found: list[tuple[Span, ...]] = [()]
    for part in near.parts:
        mine = [(start, end) for bits, start, end in hits if bits & part]
        joined = (_joined(spans, span, ordered=near.row.ordered) for spans in found for span in mine)
        found = [spans for spans in joined if spans and _between(spans) <= reach][:MAX_HITS]
    if not found:
        return None
    best = min(found, key=lambda spans: (_between(spans), spans))
    return best[0][0], best[-1][1]


def _joined(spans: tuple[Span, ...], span: Span, *, ordered: bool) -> tuple[Span, ...] | None:
    """Put one more span among others, unless it shares words with one, or has to stand last and does not."""
    if any(span[0] < end and start < span[1] for start, end in spans):
        return None
    if ordered:
        return (*spans, span) if not spans or spans[-1] < span else None
    return tuple(sorted((*spans, span)))


def _between(spans: tuple[Span, ...]) -> int:
    return sum(after[0] - before[1] for before, after in pairwise(spans))
