"""Say of each sentence of an answer what it speaks of, by its topics and by its signs."""

import re
from typing import NamedTuple

from watcher.reader.recognise.topics import find_topics, greets_someone, topics_as_words
from watcher.reader.ruleset.concepts import Concepts
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.signs import Hit, split_sentences
from watcher.reader.ruleset.wording import canonical


# Signs, by language, of people who speak of themselves.
SPEAKS_OF_SELF = FIRST_PERSON, PERSON_SPEAKS = ("ordinary.first_person.", "ordinary.person.")
MIN_DIGITS = 6  # of a telephone number
MAX_LEAD = 4  # words of a subject that says nothing but that somebody is away
ADDRESS = " someaddress "  # as it stands in a text
_CLAUSE_END = re.compile(r" [,.;!?。、،؛]")
_ANSWERED = re.compile(r"[:：]| (?:Re|AW|SV|RE|Antw|TR)\b")  # `Away Re: your offer`
# What a sentence speaks of where a sign of these reasons is seen in it.
_ABOUT = {
    "out_of_office": "away",
    "no_longer_here": "gone",
    "address_changed": "moved",
    "auto_acknowledgement": "received",
}
# What a subject of an answer's own may speak of.
_LEADS = frozenset({"away", "back", "gone", "moved", "firm", "received"})


class Spoken(NamedTuple):
    """What an answer speaks of, in words that signs are looked for in."""

    language: str | None
    told: str  # a sentence of names for each sentence: ` away till . instead . `
    led_by: str  # what the subject speaks of: ` ledaway . `
    greets_someone: bool  # by name, as who answers everybody cannot


def read_spoken(own: str, subject: str, hits: tuple[Hit, ...], concepts: Concepts, *, named: bool) -> Spoken:
    """Read the own words of a mail, which may name another's address, and its subject if that is its own."""
    sentences = [each for each in split_sentences(own) if each.strip(" ,")]
    label = canonical(_ANSWERED.split(subject, maxsplit=1)[0])
    lead = [] if len(label.split()) > MAX_LEAD or "?" in label else [label]
    language, found = find_topics((*lead, *sentences), concepts)
    told = []
    for sentence, names in zip(sentences, found[len(lead) :], strict=True):
        about = names or _signed(sentence, hits)
        told.append((sentence, about | _places(sentence, about, named=named)))
    led = sorted(f"led{name}" for names in found[: len(lead)] for name in names & _LEADS)
    return Spoken(
        language,
        topics_as_words(told),
        f" {' '.join(led)} . " if led else "",
        greets_someone(_CLAUSE_END.split(own, maxsplit=1)[0], concepts),
    )


def _signed(sentence: str, hits: tuple[Hit, ...]) -> set[str]:
    """Return what signs tell of a sentence that holds no listed word."""
    seen = [hit.sign for hit in hits if speaks_of_absence(hit)]
    return {
        _ABOUT[sign.reason or ""]
        for sign in seen
        if any(needle(phrase) in sentence for phrase in sign.phrases)
    }


def speaks_of_absence(hit: Hit) -> bool:
    """Say whether a sign tells what the sentence that it stands in speaks of."""
    return hit.sign.reason in _ABOUT and not hit.sign.typical


def _places(sentence: str, about: set[str], *, named: bool) -> set[str]:
    """Say if a sentence names another's address, which alone says whom to ask, or a number to call."""
    if named and ADDRESS in sentence:
        return {"address"} if about else {"address", "instead"}
    numbered = "instead" in about and sum(map(str.isdigit, sentence)) >= MIN_DIGITS
    return {"address"} if numbered else set()
