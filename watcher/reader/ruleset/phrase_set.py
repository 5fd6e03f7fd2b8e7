"""Many phrases, looked for in one text at once: each stands under its rarest word."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from watcher.reader.ruleset.wording import is_unspaced, word_set


_HANGUL = re.compile(r"[\uac00-\ud7a3]")


def is_loose(phrase: str) -> bool:
    """Say whether a phrase may stand within a word: Thai, Japanese, Chinese; Korean takes endings."""
    return is_unspaced(phrase) or _HANGUL.search(phrase) is not None


class PhraseSet:
    """Phrases in canonical form; the loose ones are looked for one by one."""

    __slots__ = ("_by_word", "_loose", "_order", "phrases")

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        self.phrases = tuple(dict.fromkeys(phrases))
        self._loose = tuple(phrase for phrase in self.phrases if is_loose(phrase))
        spaced = [phrase for phrase in self.phrases if phrase and not is_loose(phrase)]
        by_longest = sorted(spaced, key=lambda phrase: max(phrase.split(), key=len))
        self._order = {phrase: at for at, phrase in enumerate(by_longest)}
        self._by_word = _index(spaced)

    def may_hold(self, text: str) -> bool:
        """Say cheaply whether a text that is not yet canonical may hold a phrase."""
        low = text.lower()
        return not low.isascii() or any(word in low for word in self._by_word)

    def find_all(self, text: str) -> Iterator[str]:
        """Yield the phrases that a canonical text holds, in the same order every time."""
        found = [
            phrase
            for word in self._by_word.keys() & word_set(text)
            for padded, phrase in self._by_word[word]
            if padded in text
        ]
        yield from sorted(found, key=self._order.__getitem__)
        if self._loose and not text.isascii():
            for phrase in self._loose:
                if phrase in text:
                    yield phrase

    def find(self, text: str) -> str | None:
        """Return one phrase that a canonical text holds."""
        return next(self.find_all(text), None)

    def is_in(self, text: str) -> bool:
        """Say whether a canonical text holds any of the phrases."""
        return self.find(text) is not None


def _index(phrases: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Put each phrase, with blanks around it and without, under the word that fewest others have.

    Under the longest, half of them stood under `delivered` and `message`, and were tried in every report.
    """
    counts = Counter(word for phrase in phrases for word in phrase.split())
    index: dict[str, list[tuple[str, str]]] = {}
    for phrase in phrases:
        rarest = min(phrase.split(), key=lambda word: (counts[word], -len(word)))
        index.setdefault(rarest, []).append((f" {phrase} ", phrase))
    return index
