"""Tell a request to be removed, or added, by the words in which it is made, and nothing else besides."""

import re
from typing import Final

from watcher.model import Kind
from watcher.reader.findings import Recognition
from watcher.reader.parse.address import parse_writer
from watcher.reader.parse.list_address import find_kept
from watcher.reader.recognise.by_words import found_by
from watcher.reader.recognise.claimed import asks, claim_of
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.wording import canonical


MAX_OWN: Final = 260  # characters of own words in which a mail asks for nothing but to be removed or added
MAX_ANSWER: Final = 40  # the same, in which an answer to what we sent does
# A List-Unsubscribe address may ask for a word and a code: `unsubscribe:c2Vzc2lv77`.
_CODED: Final = re.compile(r"\s{0,4}([^\W\d_]{2,30})[\s:=_-]{1,3}(\S{6,200})\s{0,4}$")
_STAYS: Final = "human_reply"  # the reason of claims that ask for the opposite of being removed


def find_request_in_words(view: View) -> Recognition | None:
    """Return the request that a mail's subject or own words make."""
    coded = _CODED.match(view.subject)
    if coded is not None and any(letter.isdigit() for letter in coded[2]):
        word = view.signs.find("subject", canonical(coded[1]))
        asked = [hit for hit in word if hit.sign.kind is Kind.REQUEST]
        if asked:
            return found_by(asked[0], 0.85)
    if " http " in view.own or " https " in view.own:
        return None
    keepers = find_kept(parse_writer(view.message.headers))  # a list only tells how to leave it
    if keepers or len(view.own) > MAX_OWN or view.auto_submitted.startswith("auto"):
        return None
    if asks_to_stay(view) or claim_of(view, Kind.ORDINARY) is not None:
        return None  # or speaks of an appointment, a file, an invoice: what is to be removed may be that
    hits = view.of(Kind.REQUEST, "own")
    if "?" in view.own:
        # "Could you take me off?" asks for it; "How do I get off?" may be a friend's question.
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


def asks_to_stay(view: View) -> bool:
    """Say whether a mail asks for the opposite: not to be removed."""
    staying = any(hit.sign.sure for hit in view.of(Kind.ORDINARY, "own"))
    told = claim_of(view, Kind.ORDINARY)
    return staying or (told is not None and told.reason == _STAYS)
