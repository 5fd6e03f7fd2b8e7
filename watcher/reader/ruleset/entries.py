"""Bring the entries of word lists into the one form in which they are compared; all lists write them alike.

An entry is one word or several.  A word that ends in `*` is a beginning, and `~` stands for up to two words
of any kind.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from watcher.reader.parse.text import fold
from watcher.reader.ruleset.wording import PLAIN_LETTERS, UNSPACED_LETTERS, canonical_phrase, part_scripts


GAP: Final = "~"
SLACK: Final = 2  # words that a gap may stand for
_WORD = rf"(?:(?:[{PLAIN_LETTERS}]+|[{UNSPACED_LETTERS}]+)\*?|~)"
_PLAIN: Final = re.compile(rf"{_WORD}(?: {_WORD})*+")  # canonical already
_APART: Final = " \ue000 "  # a letter of no script, between entries


def canonical_entry(entry: str) -> str:
    """Return the words of one entry, with its beginnings and gaps."""
    return canonical_entries([entry])[0]


def canonical_entries(entries: Iterable[str]) -> list[str]:
    """Do the same for many, which takes a fraction of the time: they are folded as one text."""
    given = list(entries)
    odd = [at for at, entry in enumerate(given) if not _PLAIN.fullmatch(entry)]
    if odd:
        folded = part_scripts(fold(_APART.join([given[at] for at in odd]))).split(_APART.strip())
        for at, each in zip(odd, folded, strict=True):
            given[at] = " ".join(map(_canonical_word, each.split()))
    return given


@lru_cache(maxsize=8_192)  # the lists share many of their words
def _canonical_word(word: str) -> str:
    if word == GAP:
        return word
    return canonical_phrase(word.rstrip("*")) + ("*" if word.endswith("*") else "")
