"""Many phrases, looked for in one text at once, in one pass over it, by an Aho-Corasick automaton.

Every phrase that a text holds is found, also within and across others: which one wins is for the caller to
say.
"""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation

from watcher.reader.ruleset.wording import is_unspaced


FEW = 8  # needles that are found as quickly one by one
SMALL = 40  # needles whose automaton is small enough to be kept as one table, which is twice as fast


def needle(phrase: str) -> str:
    """Return what stands in a canonical text where it holds the phrase."""
    return phrase if is_unspaced(phrase) else f" {phrase} "


def _order(phrase: str) -> tuple[bool, str]:
    return (True, "") if is_unspaced(phrase) else (False, max(phrase.split(), key=len))


def _build(needles: tuple[str, ...]) -> AhoCorasick:
    form = Implementation.DFA if len(needles) <= SMALL else Implementation.ContiguousNFA
    return AhoCorasick(needles, implementation=form)


class Finder:
    """Says which of some needles stand in a text, each by its number; a few of them are tried one by one.

    The automaton is built when a text is looked at first: who asks for one code needs few of them.
    """

    __slots__ = ("_automaton", "_few", "needles")

    def __init__(self, needles: Iterable[str]) -> None:
        self.needles = every = tuple(needles)
        self._few = tuple(enumerate(every)) if 0 < len(every) <= FEW else ()
        self._automaton: AhoCorasick | None = None

    def __reduce__(self) -> tuple[type["Finder"], tuple[tuple[str, ...]]]:
        """Travel to another process as the needles alone: an automaton is built anew there."""
        return Finder, (self.needles,)

    def __len__(self) -> int:
        """Count the needles."""
        return len(self.needles)

    def find_all(self, text: str) -> list[int]:
        """Return the numbers of those that stand in a text, in order, each once."""
        if self._few:
            return [number for number, wanted in self._few if wanted in text]
        found = self._find(text)
        if len(found) < 2:
            return [found[0][0]] if found else []
        return sorted({number for number, _, _ in found})

    def is_in(self, text: str) -> bool:
        """Say whether any of them stands in a text."""
        if self._few:
            return any(wanted in text for _, wanted in self._few)
        return bool(self._find(text))

    def find_places(self, text: str) -> list[tuple[int, int]]:
        """Return which of them stand where a text, each as often as it does, in the order of their ends."""
        return [(number, start) for number, start, _ in self._find(text)]

    def _find(self, text: str) -> list[tuple[int, int, int]]:
        if self._automaton is None:
            self._automaton = _build(self.needles)
        try:
            return self._automaton.find_matches_as_indexes(text, True)  # noqa: FBT003 - overlapping, too
        except UnicodeEncodeError:  # a lone surrogate, out of broken UTF-7
            return self._find(text.encode("utf-8", "replace").decode("utf-8"))


class PhraseSet:
    """Phrases in canonical form."""

    __slots__ = ("_finder", "_telling", "phrases")

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        # By their longest words, the loose ones last: of two that say as much, the later one is shown.
        given = dict.fromkeys(phrase for phrase in phrases if phrase)
        self.phrases = tuple(sorted(given, key=_order))
        self._finder = Finder(map(needle, self.phrases))
        self._telling: Finder | None = None

    def may_hold(self, text: str) -> bool:
        """Say cheaply whether a text that is not yet canonical may hold a phrase."""
        low = text.lower()
        if not low.isascii():
            return True
        if self._telling is None:
            self._telling = Finder({max(phrase.split(), key=len) for phrase in self.phrases})
        return self._telling.is_in(low)

    def find_all(self, text: str) -> list[str]:
        """Return the phrases that a canonical text holds, in the same order every time."""
        found = self._finder.find_all(text)
        return [self.phrases[number] for number in found] if found else []

    def is_in(self, text: str) -> bool:
        """Say whether a canonical text holds any of the phrases."""
        return self._finder.is_in(text)
