"""Words that change how what stands beside them is read: whose address is meant, and for how long.

"Address unknown" behind "the sender's" is not about the recipient; "suspended" beside "temporarily" is not
for good; "try again later" says of a refusal without a code that it is for now.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.wording import is_loose, is_unspaced


BESIDE = 5  # words
BEGIN = 2  # words
MARKS = " ,"
LETTERS_BESIDE = 12  # in a script without spaces
_LETTERS = re.compile("[a-z0-9]+")
_CLAUSE_MARK = re.compile(r" [.;!?] |[。！？；।؛؟]")
# Lists whose phrases may stand within a word, in scripts that write none apart.
_LOOSE = (
    "for_now", "for_good", "supposed", "supposed_behind", "cannot", "denied", "denied_behind",
    "guesses", "alternatives", "causes", "temporary", "beside_the_point",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readings:
    """The lists of `readings.toml`; each phrase in canonical form, between blanks."""

    sender: tuple[str, ...] = ()  # beside these, a missing address is the sender's, or another's
    yours: tuple[str, ...] = ()  # likewise, before it
    letters: tuple[str, ...] = ()  # likewise, amid a script without spaces
    for_now: tuple[str, ...] = ()  # what a clause with one of these says is so for a while
    for_good: tuple[str, ...] = ()  # but for these
    hedges: tuple[str, ...] = ()  # what stands behind one of these in its clause is only supposed
    supposed: tuple[str, ...] = ()  # likewise, in scripts without spaces
    supposed_behind: tuple[str, ...] = ()  # what stands before one of these is
    cannot: tuple[str, ...] = ()  # these hold one of those words, and suppose nothing: `не может быть`
    denied: tuple[str, ...] = ()  # these say that an address is not dead: `not deleted`
    denied_behind: tuple[str, ...] = ()  # so do these, right behind words of a dead one
    guesses: tuple[str, ...] = ()  # beside one of these and one of the next, a clause only guesses
    alternatives: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()  # what a clause with one of these names is a list of what may be
    beside_the_point: tuple[str, ...] = ()  # these name the sender, and say nothing of whose address is meant
    temporary: tuple[str, ...] = ()  # by these a server says to try again
    retry: tuple[str, ...] = ()  # by these it says when to, whatever its code
    denials: tuple[str, ...] = ()  # what stands right behind one of these is denied
    afterthoughts: tuple[str, ...] = ()  # what a clause that ends in one of these says is only supposed
    or_else: tuple[str, ...] = ()  # likewise, where one of these follows at once
    beside_code: tuple[str, ...] = ()  # beside these, a code alone calls nobody dead
    _senders: Finder = field(init=False, repr=False, compare=False)
    _code_doubts: Finder = field(init=False, repr=False, compare=False)
    _loose: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _letters: frozenset[str] = field(init=False, repr=False, compare=False)
    _for_now: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _for_good: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _supposed: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _supposed_behind: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _cannot: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _denied: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _denied_behind: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _guesses: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _alternatives: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _causes: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _beside_the_point: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _temporary: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the lists."""
        object.__setattr__(self, "_senders", Finder((*self.sender, *self.yours)))
        object.__setattr__(self, "_code_doubts", Finder((*self.beside_code, *self.temporary)))
        object.__setattr__(self, "_loose", tuple(word.strip() for word in self.sender if is_unspaced(word)))
        object.__setattr__(self, "_letters", frozenset(map(str.strip, self.letters)))
        for name in _LOOSE:
            words = tuple(word.strip() if is_loose(word) else word for word in getattr(self, name))
            object.__setattr__(self, f"_{name}", words)

    def is_about_another(self, phrase: str, words: str) -> bool:
        """Say whether a phrase stands beside a word for the sender, in one clause of a canonical text."""
        if not phrase or (words.isascii() and not self._senders.is_in(words)):  # few texts have one
            return False
        words = self._to_the_point(words)
        before, found, after = words.partition(f" {phrase} ")
        if not found:
            return self._is_beside_letters(phrase, words)
        clause = _CLAUSE_MARK.split(f"{before} ")[-1].split()
        # What a clause begins with, it speaks of; the comma keeps phrases from reaching over.
        left = (*[word for word in clause[:-BESIDE] if not word.isdigit()][:BEGIN], ",", *clause[-BESIDE:])
        right = _CLAUSE_MARK.split(f" {after}")[0].split()[:BESIDE]
        before = f" {' '.join((*left, phrase))} "
        beside = f" {' '.join((*left, phrase, *right))} "
        return any(word in beside for word in self.sender) or any(word in before for word in self.yours)

    def _to_the_point(self, words: str) -> str:
        if " sender" in words or not words.isascii():
            for said in self._beside_the_point:
                words = words.replace(said, " ")
        return words

    def _is_beside_letters(self, phrase: str, words: str) -> bool:
        """Say the same of a phrase in a script without spaces."""
        before, found, after = words.partition(phrase)
        left, right = _CLAUSE_MARK.split(before)[-1], _CLAUSE_MARK.split(after)[0]
        beside = f"{left[-LETTERS_BESIDE:]} {right[:LETTERS_BESIDE]}"
        if not found or not self._letters.isdisjoint(_LETTERS.findall(beside)):
            return bool(found)
        return any(word in beside for word in self._loose)

    def says_for_now(self, clause: str) -> bool:
        """Say whether a clause, between blanks, tells of what is so for a while."""
        return any(phrase in clause for phrase in self._for_now) and not self.says_for_good(clause)

    def says_for_good(self, clause: str) -> bool:
        """Say whether a clause, between blanks, tells of what is so for good; `not deleted` is not."""
        clause = self._without(self._denied, clause)
        return any(phrase in clause for phrase in self._for_good)

    def is_supposed(self, phrase: str, clause: str, *, within: bool) -> bool:
        """Say whether a clause, between blanks, only supposes, or denies, what a phrase in it says.

        `If the user …`; the word for that may stand `within` what is said, where no row knows it whole: `user
        may not exist`.
        """
        before, said, after = clause.partition(phrase)
        told = self._without(self._cannot, f"{before}{said} " if within else f"{before} ")
        after = self._without(self._cannot, after)
        if any(word in told for word in self.hedges) or any(word in told for word in self._denied):
            return True
        if self._is_taken_back(f" {after.lstrip(MARKS)}"):
            return True
        if clause.isascii():
            return False
        if any(word in told for word in self._supposed) or any(
            word in after for word in self._supposed_behind
        ):
            return True
        return after.lstrip().startswith(self._denied_behind)

    def is_guess(self, clause: str) -> bool:
        """Say whether a clause, between blanks, lists what may be: `perhaps full, or closed`."""
        if any(words in clause for words in self._causes):
            return True
        clause = self._without(self._cannot, clause)
        guessed = any(word in clause for word in self._guesses)
        return guessed and any(word in clause for word in self._alternatives)

    @staticmethod
    def _without(phrases: tuple[str, ...], clause: str) -> str:
        for phrase in phrases:
            if phrase in clause:
                clause = clause.replace(phrase, "  ")
        return clause

    def _is_taken_back(self, after: str) -> bool:
        """Say whether what follows makes a guess of what was said, or names another cause that may be it."""
        return after.endswith(self.afterthoughts) or after.startswith(self.or_else)

    def is_denied(self, phrase: str, words: str) -> bool:
        """Say whether a canonical text denies a phrase each time, or only asks: `not over quota`, `full?`."""
        parts = words.split(f" {phrase} ")
        return len(parts) > 1 and all(
            f" {before} ".endswith(self.denials) or after.startswith("? ")
            for before, after in pairwise(parts)
        )

    def doubts_code(self, words: str) -> bool:
        """Say whether the words of a canonical text name what a code for a dead address cannot mean."""
        words = self._to_the_point(words)
        return self._code_doubts.is_in(words) or self._senders.is_in(words) or self.says_for_now(words)

    def says_try_again(self, words: str) -> bool:
        """Say whether a canonical text tells the sender to try again later."""
        return any(phrase in words for phrase in self._temporary)

    def says_when_to_retry(self, words: str) -> bool:
        """Say whether a canonical text tells the sender when to try again."""
        return any(phrase in words for phrase in self.retry)
