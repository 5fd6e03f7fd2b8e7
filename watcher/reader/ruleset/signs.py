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
from watcher.reader.parse.text import fold
from watcher.reader.ruleset.nears import Nears
from watcher.reader.ruleset.phrase_set import Finder, PhraseSet, needle
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.spelling import ascii_spellings
from watcher.reader.ruleset.wording import MAX_TEXT, canonical, clauses_of, is_unspaced


MAX_MATCHED = 120  # characters of a mail that an evidence shows
REMEMBERED = 4_096  # texts whose signs are remembered
MAX_REMEMBERED = 200  # characters of such a text
BODIES = 8  # longer ones that are remembered
MARK = "mark"  # the place of signs in codes, links and addresses; see `recognise.marks`
FATE = "fate"  # the place of signs that are words near each other, in a subject or a text
CHALLENGE = "challenge"  # the place of the body's signs of a challenge, which are asked for alone, too
_BLANK_LINE = re.compile(r"\n[^\S\n]{0,80}\n")
_SENTENCE = re.compile(r"[.!?。](?:(?<=。)|(?<= .)(?<!\d .)(?= ))")


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


_UNWRITTEN = ("'", "`", "-", "\u2019")  # marks within words that entries are without


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
        self._find_fate_again = lru_cache(maxsize=BODIES)(self._find_fate)

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
    def _fates(self) -> Nears:
        told = (
            WordRow(row.id, row.kind, near=row.words, unless=row.unless, within=row.within)
            for row in self._fate_rows.values()
        )
        return Nears.build(told, {})

    @cached_property
    def _telling(self) -> tuple[Finder, ...]:
        """Of the fates' first and last parts, the longest word of each entry."""
        parts = ({row.words[at] for row in self._fate_rows.values()} for at in (0, -1))
        return tuple(Finder({word for part in each for word in _longest_words(part)}) for each in parts)

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
                if asked is None or _holds(asked, phrase, text, seen):
                    hits[number] = max(phrase, hits.get(number, ""), key=len)
        return tuple([Hit(self.rows[number], hits[number]) for number in sorted(hits)])

    def find_writer(self, headers: Headers) -> tuple[Hit, ...]:
        """Return the signs of who wrote a mail: by From, and by Sender where it has one."""
        writers = (headers.first("From"), headers.first("Sender"))
        return self.find("sender", canonical(" ".join(filter(None, writers))))

    def find_fate(self, text: str) -> tuple[Hit, ...]:
        """Return the signs that clauses of a text tell in words near each other; the text is as it came."""
        return self._find_fate_again(text)

    def _find_fate(self, text: str) -> tuple[Hit, ...]:
        folded = fold(text[:MAX_TEXT])
        if not self._may_tell(folded):
            return ()
        paragraphs = [each for each in _BLANK_LINE.split(folded) if self._may_tell(each)]
        found = self._fates.find(clause for each in paragraphs for clause in clauses_of(each))
        return tuple([Hit(self._fate_rows[row.id], said[:MAX_MATCHED]) for row, said in found])

    def _may_tell(self, folded: str) -> bool:
        """Say cheaply whether a text may tell of a letter's fate: most do not."""
        written = folded
        for mark in _UNWRITTEN:
            written = written.replace(mark, "")
        letter, fate = self._telling
        return fate.is_in(written) and letter.is_in(written)

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


def _longest_words(part: str) -> Iterable[str]:
    """Yield of each entry of a part its longest word, also as it is spelled in ASCII."""
    for entry in part.split(" | "):
        longest = max(entry.split(), key=len).rstrip("*")
        yield longest
        yield from ascii_spellings(longest)


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
