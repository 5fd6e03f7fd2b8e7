"""Tell an answer that speaks of its own writer by name, as people who write do not: "Jo Bell is on leave".

Whoever sets up an answer for somebody else, or in a form that asks for it, names whom it is about; who
writes a letter says "I".
"""

from collections.abc import Iterator
from typing import Final

from watcher.model import Evidence, Kind
from watcher.reader.findings import Recognition
from watcher.reader.recognise.spoken import SPEAKS_OF_SELF
from watcher.reader.recognise.told import asks_something, is_persons
from watcher.reader.recognise.topics import ELSE, find_topics
from watcher.reader.recognise.view import ON_CONDITION, View
from watcher.reader.recognise.writers_name import holds_name, names_of_writer
from watcher.reader.ruleset.signs import split_sentences
from watcher.reader.ruleset.wording import canonical, canonical_body


CONFIDENCE: Final = 0.75
MAX_OWN: Final = 600  # characters of own words
MAX_SUBJECT: Final = 12  # words of a subject that tells of its writer
_REASONS: Final = (("gone", "no_longer_here"), ("moved", "address_changed"), ("away", "out_of_office"))
_BEARS_OUT: Final = frozenset({"address", "desk", "unread", "closing", "instead"})


def find_self_named(view: View) -> Recognition | None:
    """Return an answer that tells of its own writer as of another, and whom to ask or that nobody reads."""
    if view.is_reply or "?" in view.subject or len(view.own) > MAX_OWN or " http" in view.own:
        return None
    names = names_of_writer(view)
    if not names or not holds_name(names, f"{canonical(view.subject)} {view.own}"):
        return None
    if asks_something(view.own) or is_persons(view) or view.spoken.greets_someone:
        return None
    if not _bears_out(view):
        return None
    for sentence in _sentences(view):
        reason = _told_of(sentence, names, view)
        if reason is not None:
            evidence = (Evidence("auto_reply.self_named", sentence.strip()[:120], "body"),)
            return Recognition(Kind.AUTO_REPLY, reason, CONFIDENCE, evidence, view.spoken.language)
    return None


def _bears_out(view: View) -> bool:
    """Say whether it tells whom to ask, or that nobody reads, and little else."""
    said = [set(each.split()) for each in view.spoken.told.split(" . ") if each.strip()]
    if sum(ELSE in each for each in said) > len(said) / 2:
        return False
    signs = any(hit.sign.id.startswith(ON_CONDITION) for hit in view.own_hits)
    return signs or any(each & _BEARS_OUT for each in said)


def _sentences(view: View) -> Iterator[str]:
    """Yield the subject, and each sentence, which ends with its line: people put their names below.

    A text that begins with something else says such things of its writer only in passing.
    """
    if len(view.subject.split()) <= MAX_SUBJECT:
        yield canonical(view.subject)
    if ELSE in view.spoken.told.partition(" . ")[0].split():
        return
    for line in view.own_text.split("\n"):
        yield from split_sentences(canonical_body(line))


def _told_of(sentence: str, names: frozenset[str], view: View) -> str | None:
    """Return what a sentence tells of one of some names, if its writer speaks of nobody else in it."""
    if not holds_name(names, sentence):
        return None
    language, found = find_topics((sentence,), view.concepts)
    reason = next((reason for topic, reason in _REASONS if topic in found[0]), None)
    reason = reason or _left_of(sentence, view)
    if reason is None:
        return None
    speaks = {f"{sign}{language}" for sign in SPEAKS_OF_SELF}
    return None if any(hit.sign.id in speaks for hit in view.signs.find("body", sentence)) else reason


def _left_of(sentence: str, view: View) -> str | None:
    """Return what a sentence tells that says nothing but a name and a word: `Jo Bell - away`."""
    name = canonical(view.message.headers.first("From") or "").split()
    left = " ".join(word for word in sentence.split() if word not in name)
    hits = view.signs.find("subject", canonical(left)) if left else ()
    return next((hit.sign.reason for hit in hits if hit.sign.id.startswith("auto_reply.subject.bare.")), None)
