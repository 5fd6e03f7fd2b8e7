"""Words that change how what stands beside them is read: whose address is meant, and for how long.

"Address unknown" behind "the sender's" is not about the recipient; "suspended" beside "temporarily" is not
for good; "try again later" says of a refusal without a code that it is for now.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import NamedTuple

from watcher.reader.ruleset.citing import Citing
from watcher.reader.ruleset.listing import Listing
from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.whose import LISTS, Whose
from watcher.reader.ruleset.wording import OTHER_ADDRESS, PLACES, SOME_HOST, is_unspaced


BESIDE = 5  # words
BEGIN = 2  # words
MARKS = " ,"
NAMES = frozenset({PLACES["{address}"], PLACES["{ip}"], OTHER_ADDRESS, SOME_HOST})
LETTERS_BESIDE = 12  # in a script without spaces
_LETTERS = re.compile("[a-z0-9]+")
_CLAUSE_MARK = re.compile(r" [.;!?] |[。！？；।؛؟]")
# Lists whose phrases may stand within a word, in scripts that write none apart.
_LOOSE = (
    "for_now", "for_good", "supposed", "supposed_behind", "cannot", "denied", "denied_behind",
    "guesses", "alternatives", "causes", "temporary", "beside_the_point",
)  # fmt: skip
_WHOLE = ("sender", "yours", "hedges", "retry", "cited", "cited_behind")
_TAKING_BACK = (
    "for_now", "hedges", "supposed", "supposed_behind", "denied", "denied_behind", "guesses", "causes",
    "temporary", "retry",
)  # fmt: skip


class _Listed(NamedTuple):
    """A list as it stands in texts, and what finds it there."""

    words: tuple[str, ...]
    finder: Finder


def _list(phrases: tuple[str, ...], *, loose: bool) -> _Listed:
    words = tuple(word.strip() if loose and is_unspaced(word) else word for word in phrases)
    return _Listed(words, Finder(words))


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
    answers: tuple[str, ...] = ()  # with a colon behind, one of these ends it
    beside_the_point: tuple[str, ...] = ()  # these name the sender, and say nothing of whose address is meant
    temporary: tuple[str, ...] = ()  # by these a server says to try again
    retry: tuple[str, ...] = ()  # by these it says when to, whatever its code
    denials: tuple[str, ...] = ()  # what stands right behind one of these is denied
    afterthoughts: tuple[str, ...] = ()  # what a clause that ends in one of these says is only supposed
    or_else: tuple[str, ...] = ()  # likewise, where one of these follows at once
    beside_code: tuple[str, ...] = ()  # beside these, a code alone calls nobody dead
    titles: tuple[str, ...] = ()  # what stands in quotes behind one of these is a title, and says nothing
    titles_behind: tuple[str, ...] = ()  # likewise, before one of these
    files: tuple[str, ...] = ()  # endings of the names of files
    named: tuple[str, ...] = ()  # nouns for a recipient
    thirds: tuple[str, ...] = ()  # joined to one of these, such a noun is another's
    behind: tuple[str, ...] = ()  # likewise, right before one of these
    joints: tuple[str, ...] = ()  # join two nouns: `of`
    articles: tuple[str, ...] = ()  # may stand between a joint and a noun
    here: tuple[str, ...] = ()  # but what is joined to one of these is the server's own: `of this server`
    genitives: tuple[str, ...] = ()  # before these stands what belongs to a noun: `the token of the user` ...
    parts: tuple[str, ...] = ()  # ... and these say of the noun itself that it is missing: `record of the`
    relatives: tuple[str, ...] = ()  # begin a clause that tells a noun apart: `account that sent this` ...
    reaching: tuple[str, ...] = ()  # ... in which these say that it is the recipient's
    possessives: tuple[str, ...] = ()  # behind one of these, a noun is the sender's: `your account`
    persons: tuple[str, ...] = ()  # but for these nouns: `your recipient`
    before_others: tuple[str, ...] = ()  # an address behind one of these may be another's
    cited: tuple[str, ...] = ()  # what stands behind one of these in its clause was said of another
    cited_behind: tuple[str, ...] = ()  # likewise, before one of these
    whose: Whose = field(init=False, repr=False, compare=False)
    listing: Listing = field(init=False, repr=False, compare=False)
    citing: Citing = field(init=False, repr=False, compare=False)
    _senders: Finder = field(init=False, repr=False, compare=False)
    _code_doubts: Finder = field(init=False, repr=False, compare=False)
    _unspaced: Finder = field(init=False, repr=False, compare=False)  # of the sender
    _letters: frozenset[str] = field(init=False, repr=False, compare=False)
    _lists: Mapping[str, _Listed] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the lists."""
        object.__setattr__(self, "_senders", Finder((*self.sender, *self.yours)))
        object.__setattr__(self, "_code_doubts", Finder((*self.beside_code, *self.temporary)))
        object.__setattr__(
            self, "_unspaced", Finder(word.strip() for word in self.sender if is_unspaced(word))
        )
        object.__setattr__(self, "_letters", frozenset(map(str.strip, self.letters)))
        lists = {name: _list(getattr(self, name), loose=True) for name in _LOOSE}
        lists |= {name: _list(getattr(self, name), loose=False) for name in _WHOLE}
        object.__setattr__(self, "_lists", lists)
        object.__setattr__(self, "whose", Whose({name: getattr(self, name) for name in LISTS}))
        object.__setattr__(self, "listing", Listing(self.causes, self.answers, self.alternatives))
        object.__setattr__(self, "citing", Citing(self.files, self.titles, self.titles_behind))

    def entries(self) -> Iterable[str]:
        """Return the phrases of all lists, between blanks."""
        lists = (getattr(self, each.name) for each in fields(self) if each.init)
        return (phrase for phrases in lists for phrase in phrases)

    def _has(self, name: str, text: str) -> bool:
        return self._lists[name].finder.is_in(text)

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
        return self._has("sender", beside) or self._has("yours", before)

    def _to_the_point(self, words: str) -> str:
        if " sender" in words or not words.isascii():
            return self._without("beside_the_point", words, " ")
        return words

    def _is_beside_letters(self, phrase: str, words: str) -> bool:
        """Say the same of a phrase in a script without spaces."""
        before, found, after = words.partition(phrase)
        left, right = _CLAUSE_MARK.split(before)[-1], _CLAUSE_MARK.split(after)[0]
        beside = f"{left[-LETTERS_BESIDE:]} {right[:LETTERS_BESIDE]}"
        if not found or not self._letters.isdisjoint(_LETTERS.findall(beside)):
            return bool(found)
        return self._unspaced.is_in(beside)

    def says_for_now(self, clause: str) -> bool:
        """Say whether a clause, between blanks, tells of what is so for a while."""
        return self._has("for_now", clause) and not self.says_for_good(clause)

    def says_for_good(self, clause: str) -> bool:
        """Say whether a clause, between blanks, tells of what is so for good; `not deleted` is not."""
        return self._has("for_good", self._without("denied", clause))

    def is_supposed(self, phrase: str, clause: str, *, within: bool) -> bool:
        """Say whether a clause, between blanks, only supposes, or denies, what a phrase in it says.

        `If the user …`; the word for that may stand `within` what is said, where no row knows it whole: `user
        may not exist`.
        """
        before, said, after = clause.partition(phrase)
        told = self._without("cannot", f"{before}{said} " if within else f"{before} ")
        after = self._without("cannot", after)
        if self._has("hedges", told) or self._has("denied", told):
            return True
        if self._is_taken_back(f" {after.lstrip(MARKS)}"):
            return True
        if clause.isascii():
            return False
        if self._has("supposed", told) or self._has("supposed_behind", after):
            return True
        return after.lstrip().startswith(self._lists["denied_behind"].words)

    def is_cited(self, phrase: str, clause: str) -> bool:
        """Say whether a clause, between blanks, only cites a phrase in it: `a previous message said …`."""
        before, _, after = clause.partition(phrase)
        return self._has("cited", f"{before} ") or self._has("cited_behind", f" {after}")

    def is_before_others(self, words: str) -> bool:
        """Say whether a canonical text ends in words behind which another's address may stand."""
        return words.endswith(self.before_others)

    def names_another(self, clause: str) -> bool:
        """Say whether a clause does no more than name who sends: `helo somehost`."""
        words = clause.split()
        plain = [word for word in words if word not in NAMES and not word.isdigit()]
        return 0 < len(plain) < len(words) and f" {' '.join(plain)} " in self.sender

    def is_guess(self, clause: str) -> bool:
        """Say whether a clause, between blanks, lists what may be: `perhaps full, or closed`."""
        if self._has("causes", clause):
            return True
        clause = self._without("cannot", clause)
        return self._has("guesses", clause) and self._has("alternatives", clause)

    def _without(self, name: str, text: str, instead: str = "  ") -> str:
        """Take the words of a list out of a text; few texts hold one."""
        if self._has(name, text):
            for phrase in self._lists[name].words:
                text = text.replace(phrase, instead)
        return text

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

    def takes_back(self, words: str) -> bool:
        """Say whether a canonical text holds, wherever, what could take a part of it back."""
        return any(self._has(name, words) for name in _TAKING_BACK)

    def says_try_again(self, words: str) -> bool:
        """Say whether a canonical text tells the sender to try again later."""
        return self._has("temporary", words)

    def says_when_to_retry(self, words: str) -> bool:
        """Say whether a canonical text tells the sender when to try again."""
        return self._has("retry", words)
