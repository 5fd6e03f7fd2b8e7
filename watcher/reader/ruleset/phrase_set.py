"""Many phrases, looked for in one text at once: each stands under its rarest word, or its rarest letter.

Phrases of scripts without spaces have no words to stand under.  Every phrase that a text holds is found:
which one wins is for the caller to say.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from watcher.reader.ruleset.wording import is_unspaced, word_set


_Row = TypeVar("_Row")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


def is_loose(phrase: str) -> bool:
    """Say whether a phrase may stand within a word: Thai, Japanese, Chinese; Korean takes endings."""
    return is_unspaced(phrase) or _HANGUL.search(phrase) is not None


def needle(phrase: str) -> str:
    """Return what stands in a canonical text where it holds the phrase."""
    return phrase if is_loose(phrase) else f" {phrase} "


class PhraseSet:
    """Phrases in canonical form."""

    __slots__ = ("_by_letter", "_by_word", "_words", "phrases")

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        self.phrases = tuple(dict.fromkeys(phrases))
        loose = [phrase for phrase in self.phrases if is_loose(phrase)]
        spaced = [phrase for phrase in self.phrases if phrase and not is_loose(phrase)]
        # The order in which they are found; it has to be the same every time, and nothing else.
        order = {
            p: at for at, p in enumerate([*sorted(spaced, key=lambda p: max(p.split(), key=len)), *loose])
        }
        self._by_word = index_by_rarest([(p, (order[p], f" {p} ", p)) for p in spaced], str.split)
        self._by_letter = index_by_rarest([(p, (order[p], p, p)) for p in loose], list)
        self._words = set(self._by_word)

    def may_hold(self, text: str) -> bool:
        """Say cheaply whether a text that is not yet canonical may hold a phrase."""
        low = text.lower()
        return not low.isascii() or any(word in low for word in self._by_word)

    def find_all(self, text: str) -> list[str]:
        """Return the phrases that a canonical text holds, in the same order every time."""
        found = [
            row for word in self._words & word_set(text) for row in self._by_word[word] if row[1] in text
        ]
        if self._by_letter and not text.isascii():
            letters = [letter for letter in self._by_letter if letter in text]
            found += [row for letter in letters for row in self._by_letter[letter] if row[1] in text]
        if len(found) > 1:
            found.sort()
        return [row[2] for row in found]

    def is_in(self, text: str) -> bool:
        """Say whether a canonical text holds any of the phrases."""
        return bool(self.find_all(text))


def index_by_rarest(
    rows: Sequence[tuple[str, _Row]], split: Callable[[str], list[str]]
) -> dict[str, tuple[_Row, ...]]:
    """Put each row under the word (or letter) of its phrase that fewest others have.

    Under the longest, half of them stood under `delivered` and `message`, and were tried in every report.
    """
    counts = Counter(word for phrase, _ in rows for word in split(phrase))
    index: dict[str, list[_Row]] = {}
    for phrase, row in rows:
        rarest = min(split(phrase), key=lambda word: (counts[word], -len(word)))
        index.setdefault(rarest, []).append(row)
    return {word: tuple(found) for word, found in index.items()}
