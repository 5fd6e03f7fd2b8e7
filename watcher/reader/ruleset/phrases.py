"""Rows on words, and the index that finds all those that a text holds.

A phrase is looked for only where its rarest word occurs, one in a script without spaces only where its rarest
letter does.  A pattern is tried where its literal occurs.  Every match is returned: which one wins is for the
engine to say, and never hangs on its place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from watcher.model import CodeClass
from watcher.reader.ruleset.phrase_set import index_by_rarest
from watcher.reader.ruleset.wording import is_unspaced, word_set


BESIDE = 4  # words
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
    by_word: Mapping[str, tuple[tuple[str, WordRow], ...]] = field(default_factory=dict)
    by_letter: Mapping[str, tuple[tuple[str, WordRow], ...]] = field(default_factory=dict)
    patterns: tuple[tuple[str, WordRow], ...] = ()  # each with what any match of it holds
    bare: tuple[WordRow, ...] = ()  # the user's rules on codes alone
    _words: set[str] = field(init=False, default_factory=set, repr=False)
    temporary: tuple[str, ...] = ()  # words by which a server says to try again
    sender: tuple[str, ...] = ()  # words beside which a missing address is the sender's
    yours: tuple[str, ...] = ()  # likewise, before it

    def __post_init__(self) -> None:
        """Keep the words as a set: what two sets share is found by looking up the fewer in the more."""
        self._words.update(self.by_word)

    @classmethod
    def build(
        cls,
        rows: Iterable[WordRow],
        temporary: Iterable[str] = (),
        sender: Iterable[str] = (),
        yours: Iterable[str] = (),
    ) -> "Phrases":
        """Index the rows."""
        every = tuple(rows)
        spaced = [row for row in every if row.phrase and not is_unspaced(row.phrase)]
        unspaced = [row for row in every if row.phrase and is_unspaced(row.phrase)]
        return cls(
            rows=every,
            by_word=index_by_rarest([(row.phrase, (f" {row.phrase} ", row)) for row in spaced], str.split),
            by_letter=index_by_rarest([(row.phrase, (row.phrase, row)) for row in unspaced], list),
            patterns=tuple(
                (row.literal or find_literal(row.pattern.pattern), row) for row in every if row.pattern
            ),
            bare=tuple(row for row in every if not row.phrase and row.pattern is None),
            temporary=tuple(temporary),
            sender=tuple(sender),
            yours=tuple(yours),
        )

    def find(self, words: str, folded: str) -> Iterator[WordRow]:
        """Yield every row that a text holds, given in its canonical and its folded form, in no order."""
        for word in self._words & word_set(words):
            for padded, row in self.by_word[word]:
                if padded in words:
                    yield row
        if not words.isascii():
            for letter in self.by_letter:
                if letter in words:
                    yield from (row for phrase, row in self.by_letter[letter] if phrase in words)
        for literal, row in self.patterns:
            if literal in folded and row.pattern is not None and row.pattern.search(folded):
                yield row

    def is_about_the_sender(self, row: WordRow, words: str) -> bool:
        """Say whether a row's phrase stands beside a word for the sender, in the same clause."""
        if not row.phrase:
            return False
        before, found, after = words.partition(f" {row.phrase} ")
        if not found:
            before, found, after = words.partition(row.phrase)
            left, right = _CLAUSE_MARK.split(before)[-1], _CLAUSE_MARK.split(after)[0]
            beside = f"{left[-LETTERS_BESIDE:]} {right[:LETTERS_BESIDE]}"
            return bool(found) and any(word.strip() in beside for word in self.sender if is_unspaced(word))
        left = _CLAUSE_MARK.split(f"{before} ")[-1].split()[-BESIDE:]
        right = _CLAUSE_MARK.split(f" {after}")[0].split()[:BESIDE]
        before = f" {' '.join((*left, row.phrase))} "
        beside = f" {' '.join((*left, row.phrase, *right))} "
        return any(word in beside for word in self.sender) or any(word in before for word in self.yours)

    def says_try_again(self, words: str) -> bool:
        """Say whether a text tells the sender to try again later."""
        return any(phrase in words for phrase in self.temporary)


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
