"""Signs of what kind of mail a message is: words of a subject, sender, opening or header field, by language.

A sign is looked for in the canonical form of `wording` (words and clause marks, a space around each), so a
phrase never begins or ends inside a word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from watcher.model import Evidence, Kind
from watcher.reader.parse.header import Headers
from watcher.reader.ruleset.fates import Fates
from watcher.reader.ruleset.phrase_set import PhraseSet, needle
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.wording import canonical, is_unspaced


MAX_MATCHED = 120  # characters of a mail that an evidence shows
REMEMBERED = 4_096  # texts whose signs are remembered
MAX_REMEMBERED = 200  # characters of such a text
BODIES = 8  # longer ones that are remembered
MARK = "mark"  # the place of signs in codes, links and addresses; see `recognise.marks`
FATE = "fate"  # the place of signs that are words near each other, in a subject or a text
CHALLENGE = "challenge"  # the place of the body's signs of a challenge, which are asked for alone, too
# A full stop before the ending of a file's name ends none: `The attachment bill.doc was removed.`
_FILES = "pdf|docx?|docm|odt|rtf|txt|xlsx?|xlsm|ods|csv|pptx?|zip|rar|7z|iso|exe|scr|bat|js|jar|vbs|html?"
_SENTENCE = re.compile(rf"[.!?。](?:(?<=。)|(?<= .)(?<!\d .)(?= )(?! (?:{_FILES}) ))")


@dataclass(frozen=True, slots=True)
class Sign:
    """One row: words that, seen at a place, speak for a kind (and reason) of mail."""

    id: str
    kind: Kind
    where: str  # subject, label (before its colon), body, sender, header, mark, told, answer, fate
    phrases: tuple[str, ...] = ()  # canonical; none in a header sign: any value will do
    reason: str | None = None
    at: str = "anywhere"  # or start, whole
    near: tuple[str, ...] = ()  # canonical; one of them must stand in the same sentence
    beside: tuple[str, ...] = ()  # canonical; one of them must stand anywhere in the same text
    unless: tuple[str, ...] = ()  # canonical; none of them may stand in the same sentence
    words: tuple[str, ...] = ()  # of a fate: parts that stand near each other in one clause; see `nears`
    within: int = 6  # words between them, all together
    header: str | None = None  # the field's name, lower case
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


class _Asked(NamedTuple):
    """What a row asks of a text that holds one of its phrases; nothing, and the phrase is enough."""

    at: str
    near: frozenset[str]
    beside: frozenset[str]
    unless: frozenset[str]


class _Place(NamedTuple):
    """What is looked for at one place: the rows' phrases and, in the same pass, what must stand with them."""

    phrases: PhraseSet
    owners: dict[str, tuple[int, ...]]
    asked: dict[int, _Asked]  # by the row's number


class Signs:
    """Every sign, by the place where it is looked for; a place is indexed when it is looked at first."""

    def __init__(self, rows: Iterable[Sign] = ()) -> None:
        self.rows = tuple(rows)
        self._by_place: dict[str, list[int]] = {}  # the rows' numbers
        self._headers: dict[str, list[Sign]] = {}
        for number, row in enumerate(self.rows):
            self._by_place.setdefault(row.where, []).append(number)
            if row.where == "body" and row.kind is Kind.CHALLENGE:
                self._by_place.setdefault(CHALLENGE, []).append(number)
            if row.header:
                self._headers.setdefault(row.header, []).append(row)
        self._places: dict[str, _Place] = {}
        # Many mails share a subject, or a sender.
        self._find_again = lru_cache(maxsize=REMEMBERED)(self._find)
        # Of one mail several stages ask.
        self._find_body = lru_cache(maxsize=BODIES)(self._find)

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            self._places[name] = self._index(self._by_place.get(name, ()))
        return self._places[name]

    def _index(self, numbers: Iterable[int]) -> _Place:
        owners: dict[str, tuple[int, ...]] = {}
        others: dict[str, None] = {}
        asked: dict[int, _Asked] = {}
        for number in numbers:
            row = self.rows[number]
            for phrase in row.phrases:
                owners[phrase] = (*owners.get(phrase, ()), number)
            if row.near or row.beside or row.unless or row.at != "anywhere":
                asked[number] = _Asked(
                    row.at, frozenset(row.near), frozenset(row.beside), frozenset(row.unless)
                )
                others.update(dict.fromkeys((*row.near, *row.beside, *row.unless)))
        return _Place(PhraseSet((*owners, *others)), owners, asked)

    @cached_property
    def _fate_rows(self) -> dict[str, Sign]:
        return {row.id: row for row in (self.rows[number] for number in self._by_place.get(FATE, ()))}

    @cached_property
    def _fates(self) -> Fates:
        return Fates(
            WordRow(row.id, row.kind, near=row.words, unless=row.unless, within=row.within)
            for row in self._fate_rows.values()
        )

    def __reduce__(self) -> tuple[type["Signs"], tuple[tuple[Sign, ...]]]:
        """Travel to another process as the rows alone."""
        return Signs, (self.rows,)

    def find(self, place: str, text: str) -> tuple[Hit, ...]:
        """Return every sign seen in a canonical text, in the order of the rows, each once."""
        return (self._find_again if len(text) <= MAX_REMEMBERED else self._find_body)(place, text)

    def _find(self, place: str, text: str) -> tuple[Hit, ...]:
        phrases, owners, all_asked = self._place(place)
        found = phrases.find_all(text)
        if not found:
            return ()
        hits: dict[int, str] = {}
        seen = frozenset(found)
        for phrase in found:
            for number in owners.get(phrase, ()):
                asked = all_asked.get(number)
                longest = len(phrase) >= len(hits.get(number, ""))
                if longest and (asked is None or _holds(asked, phrase, text, seen)):
                    hits[number] = phrase
        return tuple([Hit(self.rows[number], hits[number]) for number in sorted(hits)])

    def find_writer(self, headers: Headers) -> tuple[Hit, ...]:
        """Return the signs of who wrote a mail: by From, and by Sender where it has one."""
        writers = (headers.first("From"), headers.first("Sender"))
        return self.find("sender", canonical(" ".join(filter(None, writers))))

    def find_fate(self, text: str) -> tuple[Hit, ...]:
        """Return the signs that clauses of a text tell in words near each other; the text is as it came."""
        told = self._fates.find(text)
        return tuple([Hit(self._fate_rows[row], said[:MAX_MATCHED]) for row, said in told]) if told else ()

    @cached_property
    def mark_words(self) -> tuple[str, ...]:
        """The longest word of each mark: a text without any of them, however written, bears none."""
        rows = (self.rows[number] for number in self._by_place.get(MARK, ()))
        return tuple(dict.fromkeys(max(phrase.split(), key=len) for row in rows for phrase in row.phrases))

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


def _holds(asked: _Asked, phrase: str, text: str, found: frozenset[str]) -> bool:
    """Say whether a phrase stands where its row asks, and beside what it asks of all that a text holds."""
    at, near, beside, unless = asked
    if at != "anywhere" and not _stands(phrase, at, text):
        return False
    if beside and beside.isdisjoint(found):
        return False
    others, against = near & found, unless & found
    if not near and not against:
        return True
    return bool(others or not near) and any(
        _says_it(phrase, others, against, s) for s in split_sentences(text)
    )


def _says_it(phrase: str, others: frozenset[str], against: frozenset[str], sentence: str) -> bool:
    """Say whether a sentence holds a phrase, with any of some others and none of those against it."""
    if needle(phrase) not in sentence or any(needle(other) in sentence for other in against):
        return False
    return not others or any(needle(other) in sentence for other in others)


@lru_cache(maxsize=8)  # each row that asks for it asks of the same text
def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a canonical text."""
    return tuple(_SENTENCE.split(text))


def _stands(phrase: str, at: str, text: str) -> bool:
    if at == "whole":
        return text.strip(" .!") == phrase
    if at == "start":
        words = text.lstrip()
        return words.startswith(phrase) and (is_unspaced(phrase) or words.startswith(f"{phrase} "))
    return needle(phrase) in text
