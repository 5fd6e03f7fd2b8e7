"""Tell machines' answers, receipts and requests that no header names, by words that together say enough.

Only the mail's own words count, never what it quotes.  A mail that asks its reader something is a person's;
so is one with a single word that a person may use as well.
"""

import re

from watcher.model import Evidence, Kind
from watcher.reader.findings import Recognition
from watcher.reader.parse.list_address import find_kept, find_writer
from watcher.reader.recognise.brief import (
    LEAVES,
    MAX_GREETING,
    find_brief,
    find_led,
    find_stand_in,
    opens_with,
    points_elsewhere,
)
from watcher.reader.recognise.by_words import found_by
from watcher.reader.recognise.claimed import asks, claim_of, has_time
from watcher.reader.recognise.self_named import find_self_named, names_of_writer, stands
from watcher.reader.recognise.to_command import find_to_command
from watcher.reader.recognise.told import asks_something, find_told, is_persons, speaks_of_mail, tells
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.signs import Hit, Sign
from watcher.reader.ruleset.wording import canonical, is_unspaced


MAX_ASKED = 260  # characters of own words in which a mail asks for nothing but to be removed or added
MAX_ANSWER = 40  # the same, in which an answer to what we sent does
# A List-Unsubscribe address may ask for a word and a code: `unsubscribe:c2Vzc2lv77`.
_CODED = re.compile(r"\s{0,4}([^\W\d_]{2,30})[\s:=_-]{1,3}(\S{6,200})\s{0,4}$")
MAX_LEAD = 10  # words before the first sentence of an auto-reply's own, in no answer
MIN_TITLE = 6  # letters of a title that no text holds by chance
MAX_RECEIPT = 250  # characters of own words of a receipt that says nothing else
MAX_SUBJECT = 3  # words before "no longer work here" in which "I" stands
_QUOTED = re.compile(r"[\"'„“«»「『‹›‚‘’”]([^\"„“«»「」『』‹›”]{3,200})[\"'“”«»」』‹›’]")
_SPEAKER = "ordinary.first_person."  # the signs of people who speak of themselves, by language
_STAYS = "human_reply"  # the reason of claims that ask for the opposite of being removed
_MACHINES_WORDS = ("auto_reply.body.other.", "auto_reply.body.automatic.")


def find_late(view: View) -> Recognition | None:
    """Return a reply, a receipt or a request that nothing but its words shows."""
    if view.is_listed:
        return None
    found = _receipt(view) or find_stand_in(view) or _answer(view) or find_self_named(view)
    return found or _asked(view) or find_to_command(view)


def _answer(view: View) -> Recognition | None:
    if not view.has_signs:
        return find_told(view)
    turns = _absence(view) or _acknowledgement(view)
    found = turns or find_brief(view) or find_told(view) or find_led(view)
    if found is not None and found.reason in LEAVES and view.is_answerable and view.spoken.greets_someone:
        return None  # of a new address, or who left, people tell each other, too
    return found


def _receipt(view: View) -> Recognition | None:
    """QUIRK: Outlook and Exchange write receipts in words alone, behind `Read: ` and the subject."""
    label = any(mark in view.subject[:40] for mark in (":", "："))
    subject, words = view.of(Kind.RECEIPT, "subject"), view.of(Kind.RECEIPT, "own")
    sure = tuple(hit for hit in subject if not hit.sign.typical)
    if label and sure and words:
        return found_by(sure[0], 0.85)
    if label and subject and _repeats_title(view) and has_time(view):
        return found_by(subject[0], 0.8)
    if label and _names_title_and_self(view) and has_time(view):
        evidence = (Evidence("receipt.self_named", view.subject[:120], "subject"),)
        return Recognition(Kind.RECEIPT, "read_receipt", 0.7, evidence)
    labelled = bool(label and subject)
    claimed = claim_of(view, Kind.RECEIPT, impersonal=True, labelled=labelled)
    return claimed if claimed and has_time(view) else None


def _repeats_title(view: View) -> bool:
    """Say whether the text holds the subject that stands behind the label."""
    title = canonical(view.subject.replace("：", ":").partition(":")[2]).strip(" .!?")
    enough = MIN_TITLE // 2 if is_unspaced(title) else MIN_TITLE
    return len(title) >= enough and needle(title) in view.own


def _names_title_and_self(view: View) -> bool:
    """Say whether it names its own writer, and then quotes what stands behind the label of its subject."""
    if len(view.own) > MAX_RECEIPT or view.is_reply or asks_something(view.own) or " http" in view.own:
        return False
    title = view.subject.replace("：", ":").partition(":")[2].strip()
    quoted = _QUOTED.search(view.own_text)
    if quoted is None or not title or quoted[1].strip() != title:
        return False
    before = view.own[: view.own.find(needle(canonical(title).strip(" .!?")))]
    return stands(names_of_writer(view), before) and speaks_of_mail(view, before)


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
    speaker = f"{_SPEAKER}{hit.sign.language}"
    return tuple(other.sign for other in view.of(Kind.ORDINARY, "own") if other.sign.id == speaker)


def asks_to_stay(view: View) -> bool:
    """Say whether a mail asks for the opposite: not to be removed."""
    staying = any(hit.sign.sure for hit in view.of(Kind.ORDINARY, "own"))
    told = claim_of(view, Kind.ORDINARY)
    return staying or (told is not None and told.reason == _STAYS)


def _asked(view: View) -> Recognition | None:
    coded = _CODED.match(view.subject)
    if coded is not None and any(letter.isdigit() for letter in coded[2]):
        word = view.signs.find("subject", canonical(coded[1]))
        asked = [hit for hit in word if hit.sign.kind is Kind.REQUEST]
        if asked:
            return found_by(asked[0], 0.85)
    if " http " in view.own or " https " in view.own:
        return None
    keepers = find_kept(find_writer(view.message.headers))  # a list only tells how to leave it
    if keepers or len(view.own) > MAX_ASKED or view.auto_submitted.startswith("auto"):
        return None
    if asks_to_stay(view) or claim_of(view, Kind.ORDINARY) is not None:
        return None  # or speaks of an appointment, a file, an invoice: what is to be removed may be that
    hits = view.of(Kind.REQUEST, "own")
    if (
        "?" in view.own
    ):  # "Could you take me off?" asks for it; "How do I get off?" may be a friend's question
        hits = tuple(hit for hit in hits if hit.sign.sure)
    if hits and _is_about_mailings(view):
        return found_by(hits[0], 0.75)
    answers = (view.is_reply or view.is_threaded) and len(view.own) <= MAX_ANSWER
    return None if asks(view) else claim_of(view, Kind.REQUEST, labelled=answers)


def _is_about_mailings(view: View) -> bool:
    """Say whether subject and text name what is to end, a mailing or the writer's own entry; or answer it."""
    concepts = view.claims.concepts
    named = concepts.bits_of("by_mail", "mine", "no_more")
    about = concepts.find(f"{canonical(view.subject)}.{view.own}")
    return view.is_reply or any(bits & named for bits in about.values())


def _is_doubly_told(gone: tuple[Hit, ...]) -> bool:
    """Say whether two signs tell of a change of address, or one of it and one of a leave."""
    changed = {hit.sign.id for hit in gone if hit.sign.reason == "address_changed"}
    return len(changed) > 1 or len({hit.sign.reason for hit in gone}) > 1


def is_machines_word(hit: Hit) -> bool:
    """Say whether a sign is a machine's word about itself: `this is an automatic reply`."""
    return hit.sign.id.startswith(_MACHINES_WORDS)


def _thanks(said: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(hit for hit in said if hit.sign.reason == "auto_acknowledgement")
