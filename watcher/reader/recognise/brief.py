"""Tell short answers that say one thing, and at most whom to ask: who stands in, what is shut or unread.

Their words are those of letters, too; so a clause that says anything else makes the mail a person's.
"""

import re

from watcher.reader.findings import Recognition
from watcher.reader.recognise.by_words import found_by
from watcher.reader.recognise.spoken import ADDRESS, PERSON_SPEAKS
from watcher.reader.recognise.told import LEAVES, asks_something, is_persons, tells
from watcher.reader.recognise.topics import find_topics
from watcher.reader.recognise.view import NOBODY_READS, ON_CONDITION, SHUT, STANDS_IN, View
from watcher.reader.ruleset.signs import Hit, split_sentences
from watcher.reader.ruleset.wording import canonical


MAX_POINTING = 500  # characters of own words in which an answer names whom to write to instead
MAX_BRIEF = 250  # the same, in which it names who stands in, or tells that a shop is shut
MAX_UNREAD = 400  # characters in which a mailbox says that nobody reads it
MAX_ASIDE = 2  # words of a clause that says nothing
MAX_SHUT_ASIDE = 1  # the same, where a shop is shut: "Deliver then." is a letter's
MAX_GREETING = 4  # words before the first sentence of an auto-reply's own, where it answers
_CLAUSE_END = re.compile(r" [,.;!?。、،؛]")


def find_brief(view: View) -> Recognition | None:
    """Return an answer that says one thing alone."""
    if not any(hit.sign.id.startswith(ON_CONDITION) for hit in view.own_hits):
        return None
    return _shut(view) or _unread(view)


def find_stand_in(view: View) -> Recognition | None:
    """Return a short answer that names who takes over for a while, whatever it says of why."""
    named = next((hit for hit in view.own_hits if hit.sign.id.startswith(STANDS_IN)), None)
    if named is None or len(view.own) > MAX_BRIEF or not points_elsewhere(view):
        return None
    if asks_something(view.own) or is_persons(view) or " hence " in view.spoken.told:
        return None
    return None if _goes_on(view, named) else found_by(named, 0.75)


def _shut(view: View) -> Recognition | None:
    """Return the answer of a shop that is shut for a while, and says only until when and whom to ask."""
    told = view.spoken.told if view.is_reply or view.is_threaded else ""
    said = _said_alone(view, SHUT, MAX_BRIEF, MAX_SHUT_ASIDE) if " till " in told or " back " in told else ()
    return found_by(said[0], 0.7) if said else None


def _unread(view: View) -> Recognition | None:
    """Return the answer of a mailbox that nobody reads: it says so first, then at most where to ask."""
    said = _said_alone(view, NOBODY_READS, MAX_UNREAD, MAX_ASIDE)
    gone = any(hit.sign.reason in LEAVES and not hit.sign.typical for hit in view.own_hits)
    answers = view.is_reply or view.is_threaded
    if not said or gone or (not answers and " else " in view.spoken.told) or _speaks(view, said[0]):
        return None
    if any(tells(said[0].sign, f"{each} ") and any(map(str.isdigit, each)) for each in _clauses(view)):
        return None  # a monitor tells since when
    return found_by(said[0], 0.7)


def find_led(view: View) -> Recognition | None:
    """Return a leave, or a new address, that the subject tells, where the text only says whom to ask."""
    subject = tuple(hit for hit in view.subject_hits if hit.sign.reason in LEAVES)
    if not subject or view.is_reply or asks_something(view.own) or is_persons(view):
        return None
    told = view.spoken.told
    if " else " in told or " address " not in told:
        return None
    bears_out = any(f" {name} " in told for name in ("gone", "unread", "closing"))
    sure = tuple(hit for hit in subject if bears_out or not hit.sign.typical)
    return found_by(sure[0], 0.7) if sure else None


def _said_alone(view: View, family: str, limit: int, aside: int) -> tuple[Hit, ...]:
    """Return the signs of a family that a short mail begins with, if it is no person's, nor says more."""
    said = tuple(hit for hit in view.own_hits if hit.sign.id.startswith(family))
    if not said or len(view.own) > limit or asks_something(view.own) or is_persons(view):
        return ()
    alone = opens_with(view.own, said, MAX_GREETING) and not _says_more(view, said, aside)
    return said if alone and " hence " not in view.spoken.told else ()


def _speaks(view: View, hit: Hit) -> bool:
    """Say whether its writer speaks of themselves, in the language of a sign, as no mailbox does."""
    return any(other.sign.id == f"{PERSON_SPEAKS}{hit.sign.language}" for other in view.own_hits)


def _says_more(view: View, said: tuple[Hit, ...], aside: int) -> bool:
    """Say whether a clause behind the first holds neither sign nor listed word: "…, leave it there"."""
    clauses = [each for each in _clauses(view)[1:] if len(each.split()) > aside]
    others = [each for each in clauses if not any(tells(hit.sign, f"{each} ") for hit in said)]
    return not all(find_topics(others, view.concepts)[1])


def _goes_on(view: View, named: Hit) -> bool:
    """Say whether a clause behind the one that names who stands in is of something else."""
    clauses = _clauses(view)
    at = next((at for at, each in enumerate(clauses) if tells(named.sign, f"{each} ")), 0)
    others = [
        each for each in clauses[at + 1 :] if len(each.split()) > MAX_ASIDE and ADDRESS not in f"{each} "
    ]
    return not all(find_topics(others, view.concepts)[1])


def _clauses(view: View) -> list[str]:
    """Return the clauses of a text; a writer's own name, below it, is none."""
    name = set(canonical(view.message.headers.first("From") or "").split())
    return [each for each in _CLAUSE_END.split(view.own) if not set(each.split()) <= name]


def points_elsewhere(view: View) -> bool:
    """Say whether it is a short answer that names another's address: whom to write to in the meantime."""
    return (view.is_reply or view.is_threaded) and len(view.own) <= MAX_POINTING and view.names_another


def opens_with(own: str, said: tuple[Hit, ...], limit: int) -> bool:
    """Say whether no more than some words stand before the first sentence that holds a sign."""
    before = 0
    for sentence in split_sentences(own):
        if any(tells(hit.sign, sentence) for hit in said):
            return True
        before += sum(word.isalnum() for word in sentence.split())
        if before > limit:
            return False
    return False
