"""Say whose the user, mailbox or address is that a clause calls dead: the recipient's, or another's.

"The administrator's mailbox is closed", "the folder of the recipient", "another user": the words of a dead
recipient stand there, and a word right beside the noun makes it somebody else's, or something else.  Such a
word says so only there: "user not found in the database" is about the recipient.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from watcher.reader.ruleset.wording import is_unspaced


LISTS: Final = (
    "named", "thirds", "behind", "joints", "articles", "here", "parts", "genitives", "relatives", "reaching",
    "possessives", "persons",
)  # fmt: skip
LONGEST: Final = 4  # words of a phrase
NEAREST: Final = 7  # words before what a row stands on in which its noun is looked for, if it holds none
ARTICLES: Final = 2  # between a word that joins and what it joins
NEAR: Final = 3  # likewise, where no noun is there at all
LEAST: Final = 2  # words before a noun behind which what is its may stand
REACH: Final = 8  # words behind a noun that may tell which it is
_COMMA: Final = ","
_NO: Final = "no"
_COLONS: Final = (":", " :", '":', "):")
_FRAME: Final = ("recipient", "address")
_REJECTED: Final = "rejected"


class Whose:
    """Knows the nouns for a recipient, and what makes them another's: phrases between blanks."""

    __slots__ = ("_unspaced", "_words")

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        given = {name: [phrase.strip() for phrase in lists[name]] for name in LISTS}
        self._words = {name: frozenset(words) for name, words in given.items()}
        self._unspaced = {name: tuple(filter(is_unspaced, words)) for name, words in given.items()}

    def is_anothers(self, said: str, clause: str, folded: str, *, within: bool = True) -> bool:
        """Say whether words of a row, in a clause between blanks, stand on a noun that is another's.

        What makes it so may stand `within` them, where no row knows them whole.
        """
        before, found, _ = clause.partition(said)
        if not found:
            return False
        if not clause.isascii() and is_unspaced(clause):
            return self._is_unspaced_anothers(clause, len(before), len(before) + len(said))
        words = clause.split()
        start = len(before.split())
        end = start + len(said.split())
        known = (len(words), 0) if within else (self._skip_articles(words, start, 1), end)
        nouns = list(self._find_nouns(words, start, end))
        if start and words[start] not in self._words["named"] and not _is_voice(words[start - 1], folded):
            nearest = self._find_nearest_noun(words, start)  # `another user is no valid account`
            nouns += self._find_nouns(words, nearest, nearest + 1) if nearest >= 0 else ()
        if not nouns and not within:  # `the page is no longer active`
            return any(self._ends_with_third(words, at) for at in range(max(0, start - NEAR), start))
        return self._is_of_frame(words, start) or any(
            self._is_marked(words, first, last, folded, known if last > start else (start, 0))
            or self._is_of_noun(words, first, last, folded)
            for first, last in nouns
        )

    def _find_nearest_noun(self, words: Sequence[str], start: int) -> int:
        """Return where the last noun before a place stands, or -1."""
        for at in range(start - 1, max(-1, start - 1 - NEAREST), -1):
            if words[at] in self._words["named"]:
                return at
            if words[at] == _COMMA:
                break
        return -1

    def _find_nouns(self, words: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where nouns begin and end; those side by side are one."""
        at = start
        while at < end:
            if words[at] not in self._words["named"]:
                at += 1
                continue
            first = at
            while first and words[first - 1] in self._words["named"]:
                first -= 1
            while at < len(words) and words[at] in self._words["named"]:
                at += 1
            yield first, at

    def _is_of_frame(self, words: Sequence[str], start: int) -> bool:
        """Say whether a noun is only that of a frame around words about something else.

        QUIRK: Postfix writes `Recipient address rejected: ` before whatever it was told, and its words are
        read as one clause: `… rejected: your server does not exist`.
        """
        at = start - 1 if start and words[start] == _FRAME[1] else start
        if tuple(words[at : at + 2]) != _FRAME:
            return False
        at += 3 if words[at + 2 : at + 3] == [_REJECTED] else 2
        own = at < len(words) and words[at] in self._words["articles"]
        return own and not any(word in self._words["named"] for word in words[at:])

    def _is_marked(
        self, words: Sequence[str], first: int, last: int, folded: str, edges: tuple[int, int]
    ) -> bool:
        """Say whether a word beside a noun makes it another's: before one edge, or behind the other.

        What stands between them is known to a row as it is, and says nothing more.
        """
        before, behind = edges
        return (first <= before and self._is_marked_before(words, first, folded)) or (
            last >= behind and self._is_marked_behind(words, last)
        )

    def _is_marked_before(self, words: Sequence[str], first: int, folded: str) -> bool:
        if first and self._ends_with_third(words, first - 1):
            return not _is_voice(words[first - 1], folded)
        joined = self._skip_articles(words, first - 1, -1)
        if joined < 1 or words[joined] not in self._words["joints"]:
            return False
        return words[joined - 1] not in self._words["parts"] and self._ends_with_third(words, joined - 1)

    def _is_of_noun(self, words: Sequence[str], first: int, last: int, folded: str) -> bool:
        """Say whether a noun only tells whose something else is, or is told apart from a recipient's.

        `The token of the user`, `the user's manager`, `your own account`, `the account that submitted this`.
        """
        before = words[:first]
        if len(before) > LEAST and " ".join(before[-2:]) in self._words["genitives"]:
            spared = before[-3] in self._words["named"] or before[-3] in self._words["parts"]
            return not spared and _NO not in before[-5:-3]  # `no record of that user`
        is_sent = words[first] not in self._words["persons"]
        if is_sent and not self._words["possessives"].isdisjoint(before[-2:]):
            return True
        return self._is_told_apart(words[last - 1], words[last:], folded)

    def _is_told_apart(self, noun: str, after: Sequence[str], folded: str) -> bool:
        if not after:
            return False
        if noun[-1] == "s" and f"{noun[:-1]}'s {after[0]}" in folded:
            return after[0] not in self._words["parts"]
        if after[0] not in self._words["relatives"]:
            return False
        told = f" {' '.join(after[1:REACH])} "
        return not any(f" {word} " in told for word in self._words["reaching"])

    def _ends_with_third(self, words: Sequence[str], end: int) -> bool:
        return any(
            " ".join(words[end - n : end + 1]) in self._words["thirds"] for n in range(min(LONGEST, end + 1))
        )

    def _is_marked_behind(self, words: Sequence[str], last: int) -> bool:
        if self._begins(words, last, self._words["behind"]):
            return True
        at = last + 1 if last < len(words) and words[last] in self._words["joints"] else last
        if at > last and at < len(words) and words[at] in self._words["here"]:
            return False
        behind = self._skip_articles(words, at, 1)
        return behind > last and self._begins(words, behind, self._words["thirds"])

    def _skip_articles(self, words: Sequence[str], at: int, step: int) -> int:
        for _ in range(ARTICLES):
            if 0 <= at < len(words) and words[at] in self._words["articles"]:
                at += step
        return at

    def _begins(self, words: Sequence[str], at: int, phrases: frozenset[str]) -> bool:
        return any(" ".join(words[at : at + n]) in phrases for n in range(1, LONGEST + 1) if at < len(words))

    def _is_unspaced_anothers(self, clause: str, start: int, end: int) -> bool:
        """Say the same of a noun between two places of a clause in a script without spaces."""
        named, joints, behind = self._unspaced["named"], self._unspaced["joints"], self._unspaced["behind"]
        thirds, apart = self._unspaced["thirds"], self._words["thirds"]
        for noun in named:
            at = clause.find(noun, start)
            while 0 <= at < end:
                left = clause[:at].rstrip()
                after = clause[at + len(noun) :].lstrip()
                left = next((left.removesuffix(j).rstrip() for j in joints if left.endswith(j)), left)
                right = next((after.removeprefix(j).lstrip() for j in joints if after.startswith(j)), after)
                if left.endswith(thirds) or right.startswith(thirds) or after.startswith(behind):
                    return True
                if not apart.isdisjoint((*left.split()[-1:], *right.split()[:1])):  # SASLユーザー
                    return True
                at = clause.find(noun, at + 1)
        return False


def _is_voice(word: str, folded: str) -> bool:
    """Say whether a word tells who says what follows: `ldap: user unknown`."""
    return any(f"{word}{colon}" in folded for colon in _COLONS)
