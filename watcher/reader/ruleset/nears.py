"""Rows on words that stand near each other in one clause: "mailbox" near "cannot be found".

A phrase knows one wording; such a row knows what many wordings have in common.  Each of its parts is a word
list (`@mailbox`, from `words/<language>.toml`) or words of its own, and any of them will do: several are set
apart by `|`.  A word that ends in `*` is a beginning, and `~` stands for up to two words of any kind.  A
clause in which a word of `unless` stands says nothing to the row.

Each distinct part is one bit.  A clause is gone through once, word by word; a row is looked at only where the
bits of all of its parts were seen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from watcher.reader.parse.text import fold
from watcher.reader.ruleset.lexicon import GAP, Hit, Lexicon
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.wording import canonical_phrase, is_unspaced, part_scripts


LETTERS_A_WORD: Final = 3  # in a script without spaces
MAX_HITS: Final = 60  # a clause; what a longer list of words holds is no refusal

Words = Mapping[str, tuple[str, ...]]  # word lists by name
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Near:
    """One row, its parts as bits."""

    row: WordRow
    parts: tuple[int, ...]
    mask: int
    veto: int


@dataclass(frozen=True, slots=True)
class Nears:
    """All rows on words near each other, indexed."""

    rows: tuple[Near, ...] = ()
    lexicon: Lexicon = field(default_factory=lambda: Lexicon({}), repr=False)
    unspaced: tuple[tuple[str, int], ...] = ()
    by_first: Mapping[int, tuple[Near, ...]] = field(default_factory=dict)

    @classmethod
    def build(cls, rows: Iterable[WordRow], words: Words) -> "Nears":
        """Index the rows; `words` are the lists that they name."""
        bits = _Bits(words)
        nears = tuple(bits.near(row) for row in rows)
        spaced: dict[str, int] = {}
        unspaced: list[tuple[str, int]] = []
        for phrase, mask in bits.phrases().items():
            if is_unspaced(phrase):
                unspaced.append((phrase, mask))
            else:
                spaced[phrase] = mask
        by_first: dict[int, list[Near]] = {}
        for near in nears:
            by_first.setdefault(near.parts[0], []).append(near)
        return cls(
            rows=nears,
            lexicon=Lexicon(spaced),
            unspaced=tuple(unspaced),
            by_first={bit: tuple(found) for bit, found in by_first.items()},
        )

    def find(self, clauses: Iterable[Sequence[str]]) -> Iterator[tuple[WordRow, str]]:
        """Yield every row that a clause holds, with the words that it stands on; a row once."""
        seen: set[str] = set()
        for clause in clauses:
            hits, unit, text = self._hits(clause)
            mask = 0
            for bits, _, _ in hits:
                mask |= bits
            for near in self._asked(mask):
                if near.row.id in seen:
                    continue
                span = _span(near, hits, unit)
                if span is not None:
                    seen.add(near.row.id)
                    first, last = span
                    yield near.row, text[first:last] if unit > 1 else " ".join(clause[first:last])

    def _asked(self, mask: int) -> Iterator[Near]:
        left = mask
        while left:
            bit = left & -left
            left ^= bit
            for near in self.by_first.get(bit, ()):
                if near.mask & mask == near.mask and not near.veto & mask:
                    yield near

    def _hits(self, clause: Sequence[str]) -> tuple[list[Hit], int, str]:
        """Return what a clause holds, how many of its places make a word, and its text where that counts."""
        hits = self.lexicon.find_hits(clause)
        text = " ".join(clause)
        if text.isascii() or not is_unspaced(text):
            return hits[:MAX_HITS], 1, ""
        offsets = [0]
        for word in clause:
            offsets.append(offsets[-1] + len(word) + 1)
        hits = [(bits, offsets[start], offsets[end] - 1) for bits, start, end in hits]
        for phrase, bits in self.unspaced:
            at = text.find(phrase)
            if at >= 0:
                hits.append((bits, at, at + len(phrase)))
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
        found: dict[str, int] = {}
        for part, bit in self._of.items():
            for phrase in self._alternatives(part):
                found[phrase] = found.get(phrase, 0) | bit
        return found

    def _alternatives(self, part: str) -> Iterator[str]:
        for each in map(str.strip, part.split("|")):
            if each.startswith("@"):
                yield from self._words[each[1:]]
            else:
                yield canonical_entry(each)


def canonical_entry(entry: str) -> str:
    """Return the words of one entry of a list, with its stems and gaps."""
    return " ".join(_canonical_word(word) for word in part_scripts(fold(entry)).split())


def _canonical_word(word: str) -> str:
    if word == GAP:
        return word
    return canonical_phrase(word.rstrip("*")) + ("*" if word.endswith("*") else "")


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
