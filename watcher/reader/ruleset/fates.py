"""Find what a text tells of a letter's fate, in words near each other: "message … could not be delivered".

Most texts tell of none, and to read clauses costs more than all else that recognition does; so a text has to
hold a word of a first part and one of a last, anywhere, before its clauses are looked at.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from watcher.reader.parse.text import fold
from watcher.reader.ruleset.nears import Nears
from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.spelling import ascii_spellings
from watcher.reader.ruleset.wording import MAX_TEXT, clauses_of


REMEMBERED = 8  # texts: of one mail several stages ask
_BLANK_LINE = re.compile(r"\n[^\S\n]{0,80}\n")
_UNWRITTEN = ("'", "`", "-", "\u2019")  # marks within words that entries are without

Told = tuple[tuple[str, str], ...]  # the rows' ids, each with the words that tell it


class Fates:
    """All rows on a letter's fate, indexed."""

    def __init__(self, rows: Iterable[WordRow] = ()) -> None:
        every = tuple(rows)
        self._nears = Nears.build(every, {})
        # Of their first and last parts, the longest word of each entry.
        parts = ({row.near[at] for row in every} for at in (0, -1))
        self._letter, self._fate = (
            Finder({word for part in each for word in _longest_words(part)}) for each in parts
        )
        self.find = lru_cache(maxsize=REMEMBERED)(self._find)

    def _find(self, text: str) -> Told:
        """Return what the clauses of a text tell; the text is as it came."""
        folded = fold(text[:MAX_TEXT])
        if not self._may_tell(folded):
            return ()
        paragraphs = [each for each in _BLANK_LINE.split(folded) if self._may_tell(each)]
        found = self._nears.find(clause for each in paragraphs for clause in clauses_of(each))
        return tuple([(row.id, said) for row, said in found])

    def _may_tell(self, folded: str) -> bool:
        written = folded
        for mark in _UNWRITTEN:
            written = written.replace(mark, "")
        return self._fate.is_in(written) and self._letter.is_in(written)


def _longest_words(part: str) -> Iterable[str]:
    """Yield of each entry of a part its longest word, also as it is spelled in ASCII."""
    for entry in part.split(" | "):
        longest = max(entry.split(), key=len).rstrip("*")
        yield longest
        yield from ascii_spellings(longest)
