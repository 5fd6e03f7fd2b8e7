"""Rows on words, and the index that finds all those that a text holds.

All phrases are looked for in one pass; one in a script without spaces may stand within a word.  A pattern is
tried where its literal occurs.  Every match is returned: which one wins is for the
engine to say, and never hangs on its place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum

from watcher.model import CodeClass
from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.spelling import ascii_spellings
from watcher.reader.ruleset.wording import is_unspaced


# A group that holds no other: whatever stands in it, it is one piece of which nothing is known.
_REPEAT = r"(?:[?*+]|\{(?:\d+|\d*,\d*)\})[?+]?"  # greedy, lazy or possessive
_GROUP = re.compile(
    rf"(?<!\\)\((?!\?[a-zA-Z#-])(?:\\.|\[[^\]()\\]{{0,400}}+\]|[^()\\\[])*\)(?:{_REPEAT})?", re.DOTALL
)
_HARD = re.compile(r"[(|]|\[\^?\]|\[(?:\\.|[^\]\\]){400}|\\[xuUN0-9]")
# One piece of a pattern: a mark by its escape, a letter, or what stands for others; and how often it stands.
_PIECE = re.compile(rf"(?:\\([^\w\s])|\\.|\[(?:\\.|[^\]\\]){{0,400}}+\]|[.^$]|(.))({_REPEAT})?", re.DOTALL)


class Strength(IntEnum):
    """How much a phrase says.

    `frame` yields to words that name a cause, `weak` to a code that says more as well, `last` to any cause.
    """

    STRONG = 0
    WEAK = 1
    LAST = 2
    FRAME = 3


@dataclass(frozen=True, slots=True)
class WordRow:
    """One rule: words (or a pattern, or neither in a user's rule on codes) and the conditions on them."""

    id: str
    reason: str
    phrase: str = ""  # canonical, without the outer spaces
    pattern: re.Pattern[str] | None = None
    literal: str = ""
    near: tuple[str, ...] = ()  # parts that stand in one clause; see `nears`
    unless: tuple[str, ...] = ()  # words that must not stand in that clause
    within: int = 6  # words between the parts, all together
    ordered: bool = False  # the parts stand in this order
    strength: Strength = Strength.STRONG
    priority: int = 0
    receiver: str | None = None
    statuses: frozenset[str] = frozenset()
    reply_codes: frozenset[int] = frozenset()
    when: CodeClass | None = None
    commands: frozenset[str] = frozenset()  # the SMTP commands that were refused
    local: bool = False  # the reporting MTA is itself the recipient's
    own: bool = False  # the user's
    seen: str = ""
    matches: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()

    @property
    def specificity(self) -> int:
        """Count the characters that had to be there: of two phrases in one text the longer says more."""
        return len(self.phrase) or len(self.literal) or len(self.near)


@dataclass(frozen=True, slots=True)
class Phrases:
    """All rows on words, indexed."""

    rows: tuple[WordRow, ...] = ()
    worded: tuple[WordRow, ...] = ()
    patterns: tuple[tuple[str, WordRow], ...] = ()  # each with what any match of it holds
    bare: tuple[WordRow, ...] = ()  # the user's rules on codes alone
    own: bool = False  # whether any row is the user's
    finder: Finder = field(default_factory=lambda: Finder(()), repr=False)  # of the worded rows' phrases
    literals: Finder = field(default_factory=lambda: Finder(()), repr=False)  # of the patterns

    @classmethod
    def build(cls, rows: Iterable[WordRow]) -> "Phrases":
        """Index the rows."""
        every = tuple(rows)
        worded = tuple(spelled for row in every if row.phrase for spelled in _spell(row))
        patterns = [(row.literal or find_literal(row.pattern.pattern), row) for row in every if row.pattern]
        patterns.sort(key=lambda pattern: not pattern[0])  # the finder has the first of them
        return cls(
            rows=every,
            worded=worded,
            patterns=tuple(patterns),
            bare=tuple(row for row in every if not row.phrase and row.pattern is None),
            own=any(row.own for row in every),
            literals=Finder(literal for literal, _ in patterns if literal),
            finder=Finder(r.phrase if is_unspaced(r.phrase) else f" {r.phrase} " for r in worded),
        )

    def entries(self) -> Iterable[str]:
        """Return all phrases, in each spelling."""
        return (row.phrase for row in self.worded)

    def find(self, words: str, folded: str) -> list[WordRow]:
        """Return every row that a text holds, given in its canonical and its folded form."""
        found = [self.worded[number] for number in self.finder.find_all(words)]
        asked = [self.patterns[number] for number in self.literals.find_all(folded)]
        for _, row in (*asked, *self.patterns[len(self.literals) :]):
            if row.pattern is not None and row.pattern.search(folded):
                found.append(row)
        return found


def _spell(row: WordRow) -> tuple[WordRow, ...]:
    """Return a row with its phrase as it is and, where it is more than a word, in ASCII."""
    if " " not in row.phrase:
        return (row,)
    return (row, *(replace(row, phrase=spelling) for spelling in ascii_spellings(row.phrase)))


def find_literal(pattern: str) -> str:
    """Return the longest text that stands in every match of a pattern; empty where that is hard to say."""
    count = 1
    while count:
        pattern, count = _GROUP.subn(".", pattern)
    if _HARD.search(pattern):
        return ""
    runs = [""]
    for mark, letter, repeat in _PIECE.findall(pattern):
        runs[-1] += "" if repeat else mark or letter
        if repeat or not (mark or letter):
            runs.append("")
    return max(runs, key=len)
