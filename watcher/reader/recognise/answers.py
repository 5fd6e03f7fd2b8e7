"""Tell automatic replies that no header names, by words that together say enough.

Only the mail's own words count, never what it quotes.  A mail that asks its reader something is a person's;
so is one with a single word that a person may use as well.
"""

from watcher.model import Kind
from watcher.reader.findings import Recognition
from watcher.reader.recognise.brief import (
    MAX_GREETING,
    find_brief,
    find_led,
    find_stand_in,
    opens_with,
    points_elsewhere,
)
from watcher.reader.recognise.by_words import found_by
from watcher.reader.recognise.self_named import find_self_named
from watcher.reader.recognise.spoken import FIRST_PERSON
from watcher.reader.recognise.told import LEAVES, asks_something, find_told, is_persons, speaks_of_mail, tells
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.signs import Hit, Sign
from watcher.reader.ruleset.wording import canonical


MAX_LEAD = 10  # words before the first sentence of an auto-reply's own, in no answer
MAX_SUBJECT = 3  # words before "no longer work here" in which "I" stands
_MACHINES_WORDS = ("auto_reply.body.other.", "auto_reply.body.automatic.")


def find_answer(view: View) -> Recognition | None:
    """Return an automatic reply that nothing but its words shows."""
    return find_stand_in(view) or _answer_in_words(view) or find_self_named(view)


def _answer_in_words(view: View) -> Recognition | None:
    if not view.has_signs:
        return find_told(view)
    turns = _absence(view) or _acknowledgement(view)
    found = turns or find_brief(view) or find_told(view) or find_led(view)
    if found is not None and found.reason in LEAVES and view.is_answerable and view.spoken.greets_someone:
        return None  # of a new address, or who left, people tell each other, too
    return found


def _absence(view: View) -> Recognition | None:
    """Return an absence, or one who left, told with a turn of phrase that only such a reply uses."""
    said = view.answer_hits("own")
    if not (said or view.of(Kind.AUTO_REPLY, "subject")) or asks_something(view.own) or is_persons(view):
        return None
    if (view.is_reply or view.is_threaded) and not opens_with(view.own, said, MAX_GREETING):
        return None  # a person comes to the matter first, and tells of the holidays then
    courtesy = tuple(hit for hit in said if hit.sign.typical or is_machines_word(hit))
    gone = tuple(hit for hit in said if hit.sign.reason in LEAVES and not _is_told_of_others(view, hit))
    elsewhere = points_elsewhere(view)
    told = courtesy or _thanks(said) or (view.has_address and _is_doubly_told(gone))
    if gone and (told or (elsewhere and not _is_beside_the_matter(view, gone))):
        # One who left says in the same mail where to write instead.
        return found_by(min(gone, key=lambda hit: hit.sign.reason != "no_longer_here"), 0.75)
    opens = opens_with(view.own, said, MAX_LEAD)
    away = tuple(hit for hit in said if hit.sign.reason == "out_of_office" and opens)
    if _is_beside_the_matter(view, away):
        return None
    subject = view.of(Kind.AUTO_REPLY, "subject")
    bare = tuple(hit for hit in subject if hit.sign.at == "whole" and hit.sign.where == "subject")
    led = tuple(hit for hit in subject if not hit.sign.typical)
    paired = any(hit != other for hit in away for other in (*courtesy, *led))
    if bare or paired or (away and elsewhere):
        return found_by((*away, *bare)[0], 0.75)
    return None


def _is_beside_the_matter(view: View, away: tuple[Hit, ...]) -> bool:
    """Tell a letter, which speaks of the matter at hand before an absence, from a reply about that alone."""
    matters = [
        _first(view.own, hit.sign.phrases) for hit in view.of(Kind.ORDINARY, "own") if hit.sign.typical
    ]
    return bool(matters and away) and min(matters) < min(_place(view.own, hit) for hit in away)


def _first(text: str, phrases: tuple[str, ...]) -> int:
    """Say where the first of some phrases stands, or 0."""
    return min((at for phrase in phrases if (at := text.find(needle(phrase))) >= 0), default=0)


def _place(text: str, hit: Hit) -> int:
    """Say where a sign is complete: behind the first of the words that it asks for near its own."""
    return max(text.find(needle(hit.phrase)), _first(text, hit.sign.near))


def _acknowledgement(view: View) -> Recognition | None:
    """Return an acknowledgement of our mail whose words or subject say that a machine wrote it."""
    said = view.of(Kind.AUTO_REPLY, "own")
    if view.is_threaded:
        return None
    subject = _thanks(view.of(Kind.AUTO_REPLY, "subject"))
    if not _thanks(said):
        return found_by(subject[0], 0.7) if subject and _says_so_again(view) else None
    machine = any(is_machines_word(hit) for hit in said)
    # Of our mail, not of an order.
    ours = tuple(hit for hit in _thanks(said) if hit.sign.near and not hit.sign.typical)
    # A machine tells the number of the case, or when it will be answered; so does a person, who says "I".
    promise = any(hit.sign.typical and not _speakers(view, hit) for hit in _thanks(said))
    led = subject or " ledreceived " in view.spoken.led_by
    if ours and (led or machine or promise or view.auto_submitted.startswith("auto")):
        return found_by(ours[0], 0.75)
    return None


def _says_so_again(view: View) -> bool:
    """Say whether below a subject that tells of a mail stands the number of a case, or a promise."""
    if view.is_reply or asks_something(view.own) or is_persons(view) or view.spoken.greets_someone:
        return False
    told = view.spoken.told
    again = (" received " in told or " promise " in told) and " else " not in told
    return again and speaks_of_mail(view, canonical(view.subject))


def _is_told_of_others(view: View, hit: Hit) -> bool:
    """Say whether a person, who speaks of themselves elsewhere, tells that somebody else has left."""
    if hit.sign.reason != "no_longer_here":
        return False
    persons = _speakers(view, hit)
    return bool(persons) and not any(
        tells(person, leaving) for leaving in _find_leaving(hit.sign, view.own) for person in persons
    )


def _find_leaving(sign: Sign, own: str) -> list[str]:
    """Return each phrase of a sign that a text holds, with the words before it that tell who has left."""
    places = ((own.find(needle(phrase)), phrase) for phrase in sign.phrases)
    return [
        f" {' '.join(own[max(0, at - 60) : at].split()[-MAX_SUBJECT:])}{needle(phrase)}"
        for at, phrase in places
        if at >= 0
    ]


def _speakers(view: View, hit: Hit) -> tuple[Sign, ...]:
    """Return the signs, in the language of another, of a person who speaks of themselves."""
    speaker = f"{FIRST_PERSON}{hit.sign.language}"
    return tuple(other.sign for other in view.of(Kind.ORDINARY, "own") if other.sign.id == speaker)


def _is_doubly_told(gone: tuple[Hit, ...]) -> bool:
    """Say whether two signs tell of a change of address, or one of it and one of a leave."""
    changed = {hit.sign.id for hit in gone if hit.sign.reason == "address_changed"}
    return len(changed) > 1 or len({hit.sign.reason for hit in gone}) > 1


def is_machines_word(hit: Hit) -> bool:
    """Say whether a sign is a machine's word about itself: `this is an automatic reply`."""
    return hit.sign.id.startswith(_MACHINES_WORDS)


def _thanks(said: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(hit for hit in said if hit.sign.reason == "auto_acknowledgement")
