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
from watcher.reader.ruleset.wording import is_loose, is_unspaced


BESIDE = 5  # words
BEGIN = 2  # words
_HARD = re.compile(r"[(|]|\[\^?\]|\\[xuUN0-9]")
# One piece of a pattern: a mark by its escape, a letter, or what stands for others; and how often it stands.
_PIECE = re.compile(r"(?:\\([^\w\s])|\\.|\[[^\]]{0,200}\]|[.^$]|(.))([?*+]|\{[^}]{0,9}\})?", re.DOTALL)
LETTERS_BESIDE = 12  # in a script without spaces
_CLAUSE_MARK = re.compile(r" [.;!?] |[。！？；]")


class Strength(IntEnum):
    """How much a phrase says: `weak` yields to a code that says more, `last` to any cause at all."""

    STRONG = 0
    WEAK = 1
    LAST = 2


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
    temporary: tuple[str, ...] = ()  # words by which a server says to try again
    for_now: tuple[str, ...] = ()  # words that say that something is so for a while
    sender: tuple[str, ...] = ()  # words beside which a missing address is the sender's
    yours: tuple[str, ...] = ()  # likewise, before it
    own: bool = False  # whether any row is the user's
    finder: Finder = field(default_factory=lambda: Finder(()), repr=False)  # of the worded rows' phrases
    literals: Finder = field(default_factory=lambda: Finder(()), repr=False)  # of the patterns
    sender_words: Finder = field(default_factory=lambda: Finder(()), repr=False)

    @classmethod
    def build(
        cls,
        rows: Iterable[WordRow],
        temporary: Iterable[str] = (),
        for_now: Iterable[str] = (),
        sender: Iterable[str] = (),
        yours: Iterable[str] = (),
    ) -> "Phrases":
        """Index the rows."""
        every = tuple(rows)
        worded = tuple(spelled for row in every if row.phrase for spelled in _spell(row))
        patterns = [(row.literal or find_literal(row.pattern.pattern), row) for row in every if row.pattern]
        patterns.sort(key=lambda pattern: not pattern[0])  # the finder has the first of them
        sender, yours = tuple(sender), tuple(yours)
        return cls(
            rows=every,
            worded=worded,
            patterns=tuple(patterns),
            bare=tuple(row for row in every if not row.phrase and row.pattern is None),
            temporary=tuple(temporary),
            for_now=tuple(
                phrase if is_loose(phrase) else f" {phrase} " for phrase in map(str.strip, for_now)
            ),
            sender=sender,
            yours=yours,
            own=any(row.own for row in every),
            literals=Finder(literal for literal, _ in patterns if literal),
            sender_words=Finder((*sender, *yours)),
            finder=Finder(r.phrase if is_unspaced(r.phrase) else f" {r.phrase} " for r in worded),
        )

    def find(self, words: str, folded: str) -> list[WordRow]:
        """Return every row that a text holds, given in its canonical and its folded form."""
        found = [self.worded[number] for number in self.finder.find_all(words)]
        asked = [self.patterns[number] for number in self.literals.find_all(folded)]
        for _, row in (*asked, *self.patterns[len(self.literals) :]):
            if row.pattern is not None and row.pattern.search(folded):
                found.append(row)
        return found

    def is_about_the_sender(self, row: WordRow, words: str) -> bool:
        """Say whether a row's phrase stands beside a word for the sender, in the same clause."""
        if not row.phrase or not self._names_sender(words):
            return False
        before, found, after = words.partition(f" {row.phrase} ")
        if not found:
            before, found, after = words.partition(row.phrase)
            left, right = _CLAUSE_MARK.split(before)[-1], _CLAUSE_MARK.split(after)[0]
            beside = f"{left[-LETTERS_BESIDE:]} {right[:LETTERS_BESIDE]}"
            return bool(found) and any(word.strip() in beside for word in self.sender if is_unspaced(word))
        clause = _CLAUSE_MARK.split(f"{before} ")[-1].split()
        # What a clause begins with, it speaks of; the comma keeps phrases from reaching over.
        left = (*[word for word in clause[:-BESIDE] if not word.isdigit()][:BEGIN], ",", *clause[-BESIDE:])
        right = _CLAUSE_MARK.split(f" {after}")[0].split()[:BESIDE]
        before = f" {' '.join((*left, row.phrase))} "
        beside = f" {' '.join((*left, row.phrase, *right))} "
        return any(word in beside for word in self.sender) or any(word in before for word in self.yours)

    def _names_sender(self, words: str) -> bool:
        """Say cheaply whether any word for the sender stands in a text; few texts have one."""
        return not words.isascii() or self.sender_words.is_in(words)

    def says_for_now(self, words: str) -> bool:
        """Say whether words between blanks tell of what is so for a while."""
        return any(phrase in words for phrase in self.for_now)

    def says_try_again(self, words: str) -> bool:
        """Say whether a text tells the sender to try again later."""
        return any(phrase in words for phrase in self.temporary)


def _spell(row: WordRow) -> tuple[WordRow, ...]:
    """Return a row with its phrase as it is and, where it is more than a word, in ASCII."""
    if " " not in row.phrase:
        return (row,)
    return (row, *(replace(row, phrase=spelling) for spelling in ascii_spellings(row.phrase)))


def find_literal(pattern: str) -> str:
    """Return the longest text that stands in every match of a pattern; empty where that is hard to say."""
    if _HARD.search(pattern):
        return ""
    runs = [""]
    for mark, letter, repeat in _PIECE.findall(pattern):
        runs[-1] += "" if repeat else mark or letter
        if repeat or not (mark or letter):
            runs.append("")
    return max(runs, key=len)
