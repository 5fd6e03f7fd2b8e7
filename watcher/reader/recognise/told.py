"""Tell an answer that people leave behind by all that it says: each sentence is of what such answers are of.

No header names it, and no turn of phrase is known; but it says that somebody is away, and whom to ask instead
or that mail is not read, and nothing else.  A letter says other things as well: a sentence too much, a name
that it greets, a question or a word on the matter at hand, and it is a person's.  So is, of mail that answers
nothing, whatever does not say so in its subject.
"""

import re

from watcher.model import Kind
from watcher.reader.findings import Recognition
from watcher.reader.recognise.spoken import ADDRESS, PERSON_SPEAKS, speaks_of_absence
from watcher.reader.recognise.topics import ELSE, is_else
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.signs import Hit, Sign, split_sentences


MAX_TOLD = 700  # characters of own words of an answer that says nothing else
MAX_BEGIN = 250  # characters in which most letters have said what no such answer says
PERSON = "person"
# "Urgent? Call us." asks nobody anything.
_QUESTION = re.compile(r"(?: [^\s.,;!?]+){3} \?")
LEAVES = frozenset({"no_longer_here", "address_changed"})
# What an auto-reply says in the first place, where it says several things.
_GRAVEST = ("no_longer_here", "address_changed", "out_of_office", "auto_acknowledgement", "auto_reply_other")
_NEWS = frozenset({"away", "back", "gone", "moved", "firm", "closing", "disused", "solely", "received"})
# What strangers are told alone, and what an answer concludes from an absence.
_UNANNOUNCED = frozenset({"away", "back", "unread"})
_NUMBERED = frozenset({"received", "promise"})  # the same, where the subject names a case
_NUMBER = re.compile(r"\d{3}")
_CONCLUDED = frozenset({"unread", "instead", "closing", "received", "moved", "update"})
_ELSEWHERE = ("instead", "address", "closing", "unread")
_LINK = re.compile(r" https? ")
_COURTEOUS = frozenset({"thanks"})


def find_told(view: View) -> Recognition | None:
    """Return an answer whose every sentence speaks of an absence, a leave, a new address or what we sent."""
    if len(view.own) > MAX_TOLD or asks_something(view.own) or _begins_otherwise(view):
        return None
    if is_persons(view) or _concludes(view) or view.spoken.greets_someone:
        return None
    said = [set(each.split()) for each in view.spoken.told.split(" . ") if each.strip()]
    spoken = [each for each in said if not each <= _COURTEOUS]
    if not spoken or not spoken[0] & _NEWS or any(ELSE in each for each in said[:-1]):
        return None
    answers, ends = view.is_reply or view.is_threaded, ELSE in said[-1]
    if ends and (answers or len(spoken) < 3):
        return None
    answers = answers or (not ends and view.thanks_for_mail)
    hits = view.signs.find("told", _as_far_as_told(view, said, answers=answers))
    if not hits or _is_told_of_others(view) or _is_of_a_matter(view):
        return None
    hit = min(hits, key=gravity)
    return Recognition(Kind.AUTO_REPLY, hit.sign.reason, 0.7, (hit.evidence(),), view.spoken.language)


def _is_told_of_others(view: View) -> bool:
    """Say whether who speaks of themselves tells that somebody else has left, as a successor does."""
    spoken = [each for each in _spoken_of_oneself(view, "gone") if ADDRESS not in each]
    gone = view.concepts.bits_of("gone")
    return bool(spoken) and not any(
        gone & bits for each in spoken for bits in view.concepts.find(each).values()
    )


def _is_of_a_matter(view: View) -> bool:
    """Say whether who speaks of themselves has received what is no mail: `I have received the book`."""
    received = view.concepts.bits_of("received")
    about = [
        each
        for each in _spoken_of_oneself(view, "received")
        if any(bits & received for bits in view.concepts.find(each).values())
    ]
    return bool(about) and not any(speaks_of_mail(view, each) for each in about)


def speaks_of_mail(view: View, text: str) -> bool:
    """Say whether a canonical text has a word for a mail."""
    mail = view.claims.concepts.bits_of("mail")
    return any(bits & mail for bits in view.claims.concepts.find(text).values())


def _spoken_of_oneself(view: View, topic: str) -> list[str]:
    """Return the sentences in which the writer of a mail that speaks of a topic says "I"."""
    speaker = f"{PERSON_SPEAKS}{view.spoken.language}"
    persons = tuple(hit.sign for hit in view.own_hits if hit.sign.id == speaker)
    sentences = split_sentences(view.own) if persons and f" {topic} " in view.spoken.told else ()
    return [each for each in sentences if any(tells(sign, each) for sign in persons)]


def tells(sign: Sign, sentence: str) -> bool:
    """Say whether a sentence holds a phrase of a sign."""
    return any(needle(phrase) in sentence for phrase in sign.phrases)


def asks_something(own: str) -> bool:
    """Say whether own words, in canonical form, hold a question."""
    return "?" in own and _QUESTION.search(own) is not None


def _begins_otherwise(view: View) -> bool:
    """Say cheaply whether one of the first sentences speaks of something else, as in most letters."""
    if any(speaks_of_absence(hit) for hit in view.own_hits):
        return False  # which may say of a sentence what no list does
    begin = [each for each in split_sentences(view.own[:MAX_BEGIN]) if each.strip(" ,")][:-1]
    return any(ADDRESS not in each and is_else(each, view.concepts) for each in begin)


def _as_far_as_told(view: View, said: list[set[str]], *, answers: bool) -> str:
    """Leave out of mail that answers nothing, nor says so in its subject, what others announce as well."""
    if answers or view.spoken.led_by:
        return f"{view.spoken.led_by}{view.spoken.told}"
    if _LINK.search(view.own):
        return " "
    left = _UNANNOUNCED | _NUMBERED if _NUMBER.search(view.subject) else _UNANNOUNCED
    return f" {' . '.join(' '.join(sorted(each & left)) for each in said)} . "


def find_reason(view: View, *, promised: bool) -> Hit | None:
    """Return what an answer that is known to be one speaks of.

    Behind the promise of an answer, holidays and hours are those of the promise.
    """
    told = view.spoken.told.partition(" promise ")[0] + " " if promised else view.spoken.told
    hits = view.signs.find("answer", told)
    if promised and " away " not in told:
        hits = tuple(hit for hit in hits if hit.sign.reason != "out_of_office")
    if promised and not any(f" {name} " in told for name in _ELSEWHERE):
        hits = tuple(hit for hit in hits if hit.sign.reason not in LEAVES)
    return min(hits, key=gravity) if hits else None


def is_persons(view: View) -> bool:
    """Say whether a person writes about the matter at hand: an order, an issue of what we send, a meeting."""
    return f" {PERSON} " in view.spoken.told


def _concludes(view: View) -> bool:
    """Say whether it concludes something from an absence, other than that mail is not read."""
    said = (set(each.split()) for each in view.spoken.told.split(" . "))
    return any("hence" in each and each.isdisjoint(_CONCLUDED) for each in said)


def gravity(hit: Hit) -> int:
    """Say how much a sign of an auto-reply tells; the gravest is 0."""
    return _GRAVEST.index(hit.sign.reason or "auto_reply_other")
