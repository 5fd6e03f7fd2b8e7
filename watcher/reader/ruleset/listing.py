"""Tell what a clause lists as possible from what it says before the list, and behind the answer that ends it.

`No such user  Possible reasons: full or gone`, `Possible causes: full or gone  The server said: no user`:
lines have been joined by then, and no other mark parts them.
"""

from collections.abc import Iterable
from typing import Final

from watcher.reader.ruleset.phrase_set import Finder


MAX_ANNOUNCED: Final = 60  # characters before the colon of a list
ASKED: Final = 8  # words of an answer's label, and before it
_COLONS: Final = (":", " :", "：", " ：")


class Listing:
    """Knows what announces a list of causes, what announces an answer, and what offers a choice."""

    __slots__ = ("_answers", "_causes", "_choices")

    def __init__(self, causes: Iterable[str], answers: Iterable[str], choices: Iterable[str]) -> None:
        """Take phrases between blanks."""
        self._causes, self._answers = _strip(causes), _strip(answers)
        self._choices = Finder(choices)

    def announces(self, clause: str, text: str) -> bool:
        """Say whether a clause begins a list of what may be, with a colon behind: `Possible causes:`."""
        return bool(self._find_causes(clause, text))

    def ends(self, clause: str, text: str) -> bool:
        """Say whether an answer in a clause ends such a list: `The server said:`."""
        return self._find_answer(clause, text) >= 0

    def besides(self, clause: str, text: str, *, begun: bool) -> str:
        """Return what a clause says besides a list that has begun before it or begins there."""
        named = [] if begun else self._find_causes(clause, text)
        first = clause[: min(map(clause.find, named))] if named else ""
        at = self._find_answer(clause, text)
        parts = (first, clause[at:] if at >= 0 else "")
        return "".join(f" {part} ," for part in parts if not self._choices.is_in(f"{part} "))

    def from_answer(self, clause: str, text: str) -> str:
        """Return a clause from the last answer in it on, with what that depends on: `if the server said`."""
        at = self._find_answer(clause, text)
        if at < 0:
            return clause
        begun = [clause.rfind(phrase, 0, at) + len(phrase) for phrase in self._find_causes(clause[:at], text)]
        before = clause[max(begun, default=0) : at].split()[-ASKED:]
        return f" {' '.join(before)} {clause[at:].strip()} "

    def _find_causes(self, clause: str, text: str) -> list[str]:
        named = [phrase for phrase in self._causes if phrase in clause]
        return [
            phrase
            for phrase in named
            if ":" in text.partition(phrase)[2][:MAX_ANNOUNCED].replace("：", ":").partition(".")[0]
        ]

    def _find_answer(self, clause: str, text: str) -> int:
        """Return where the words of the last answer begin, or -1."""
        said = (phrase for phrase in self._answers if phrase in clause)
        told = (each for each in said if any(f"{each}{colon}" in text for colon in _COLONS))
        return max((clause.rfind(each) + len(each) for each in told), default=-1)


def _strip(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in phrases)
