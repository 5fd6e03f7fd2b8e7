"""Signs of what kind of mail a message is: words of a subject, sender, opening or header field, by language.

A sign is looked for in the canonical form of `wording` (words and clause marks, a space around each), so a
phrase never begins or ends inside a word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from watcher.model import Evidence, Kind
from watcher.reader.ruleset.phrase_set import PhraseSet, needle
from watcher.reader.ruleset.wording import is_loose


MAX_MATCHED = 120  # characters of a mail that an evidence shows
_SENTENCE = re.compile(r"[.!?。](?:(?<=。)|(?<= .)(?<!\d .)(?= ))")


@dataclass(frozen=True, slots=True)
class Sign:
    """One row: words that, seen at a place, speak for a kind (and reason) of mail."""

    id: str
    kind: Kind
    where: str  # subject, label (of the subject, before its colon), body, sender, header
    phrases: tuple[str, ...] = ()  # canonical; none in a header sign: any value will do
    reason: str | None = None
    at: str = "anywhere"  # or start, whole
    near: tuple[str, ...] = ()  # canonical; one of them must stand in the same sentence
    beside: tuple[str, ...] = ()  # canonical; one of them must stand anywhere in the same text
    header: str | None = None
    sure: bool = False  # enough on its own
    typical: bool = False  # a turn of phrase that machines use, and too little on its own
    language: str | None = None


class Hit(NamedTuple):
    """A sign that was seen, and the words of it that were."""

    sign: Sign
    phrase: str

    def evidence(self) -> Evidence:
        """Return what a report says about it."""
        place = self.sign.header.lower() if self.sign.header else self.sign.where
        return Evidence(self.sign.id, self.phrase, "from" if place == "sender" else place)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What else must stand in a text that holds one of a sign's phrases."""

    near: PhraseSet | None
    beside: PhraseSet | None


@dataclass(frozen=True, slots=True)
class Signs:
    """Every sign, by the place where it is looked for."""

    rows: tuple[Sign, ...] = ()
    _by_place: dict[str, tuple[PhraseSet, dict[str, tuple[int, ...]]]] = field(
        init=False, default_factory=dict, repr=False
    )
    _besides: dict[int, _Beside] = field(init=False, default_factory=dict, repr=False)
    _headers: dict[str, tuple[Sign, ...]] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Index the rows by the place that they look at."""
        sets: dict[tuple[str, ...], PhraseSet | None] = {(): None}
        for number, row in enumerate(self.rows):
            for phrases in (row.near, row.beside):
                if phrases not in sets:
                    sets[phrases] = PhraseSet(phrases)
            if row.near or row.beside:
                self._besides[number] = _Beside(sets[row.near], sets[row.beside])
        for place in ("subject", "label", "body", "sender"):
            owners: dict[str, tuple[int, ...]] = {}
            for number, row in enumerate(self.rows):
                for phrase in row.phrases if row.where == place else ():
                    owners[phrase] = (*owners.get(phrase, ()), number)
            self._by_place[place] = (PhraseSet(owners), owners)
        for row in self.rows:
            if row.header:
                self._headers[row.header] = (*self._headers.get(row.header, ()), row)

    def find(self, place: str, text: str) -> tuple[Hit, ...]:
        """Return every sign seen in a canonical text, in the order of the rows, each once."""
        phrases, owners = self._by_place[place]
        hits: dict[int, str] = {}
        for phrase in phrases.find_all(text):
            for number in owners[phrase]:
                if self._holds(number, phrase, text):
                    hits[number] = max(phrase, hits.get(number, ""), key=len)
        return tuple(Hit(self.rows[number], hits[number]) for number in sorted(hits))

    def _holds(self, number: int, phrase: str, text: str) -> bool:
        """Say whether a phrase that stands in a text stands where its row asks, and beside what it asks."""
        at = self.rows[number].at
        if at != "anywhere" and not _stands(phrase, at, text):
            return False
        asked = self._besides.get(number)
        if asked is None:
            return True
        if asked.beside is not None and not asked.beside.is_in(text):
            return False
        return asked.near is None or _stand_together(phrase, asked.near.find_all(text), text)

    def header_names(self) -> Iterable[str]:
        """List the header fields that signs look at."""
        return self._headers.keys()

    def find_header(self, name: str, value: str) -> tuple[Hit, ...]:
        """Return the signs seen in one header field, its value in canonical form."""
        hits = []
        for sign in self._headers[name]:
            phrase = next((p for p in sign.phrases if _stands(p, sign.at, value)), None)
            if phrase is not None or not sign.phrases:
                hits.append(Hit(sign, phrase or value.strip()[:MAX_MATCHED]))
        return tuple(hits)


def _stand_together(phrase: str, others: list[str], text: str) -> bool:
    """Say whether a phrase stands in one sentence with any of some others."""
    if not others:
        return False
    wanted, beside = needle(phrase), [needle(other) for other in others]
    return any(
        wanted in sentence and any(other in sentence for other in beside)
        for sentence in _SENTENCE.split(text)
    )


def _stands(phrase: str, at: str, text: str) -> bool:
    if at == "whole":
        return text.strip(" .!") == phrase
    if at == "start":
        words = text.lstrip()
        return words.startswith(phrase) and (is_loose(phrase) or words.startswith(f"{phrase} "))
    return needle(phrase) in text
