"""Tell a mail by the claims that its writer, its subject and its own words make together."""

import re

from watcher.model import Kind
from watcher.reader.findings import Recognition
from watcher.reader.recognise.spoken import SPEAKS_OF_SELF
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.wording import canonical, canonical_body


CONFIDENCE = 0.75
MAX_OWN = 1_200  # characters of own words; who has more to say is no machine with one thing to tell
_ASKS = re.compile(r"\?(?=[\s)\"'»”]|$)")
OTHER_MARKS = "？؟"  # which ask in other scripts
_LINK = re.compile(r"https?://\S{1,300}")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.]\d{2}(?!\d)|(?<!\d)\d{4}[-./年]")


def claim_of(
    view: View, kind: Kind, *, impersonal: bool = False, labelled: bool = False
) -> Recognition | None:
    """Return what a mail is by the first claim of a kind that it makes.

    Where it has to be impersonal, it may ask its reader nothing, and its writer may neither speak of
    themselves nor sign.  Some claims say enough only in a mail that is labelled as one of its kind.
    """
    if len(view.own) > MAX_OWN or (impersonal and asks(view)):
        return None
    made = (each for each in view.claimed if each.claim.kind is kind)
    told = next((each for each in made if labelled or not each.claim.labelled), None)
    if told is None or (impersonal and (is_signed(view) or _speaks(view, told.language))):
        return None
    return Recognition(kind, told.claim.reason, CONFIDENCE, (told.evidence(),), told.language)


def is_signed(view: View) -> bool:
    """Say whether the text ends in the name that the writer goes by, as people sign."""
    name = canonical((view.message.headers.first("From") or "").partition("<")[0]).split()
    own = view.own.rstrip(" .,!-")
    return bool(name) and any(own.endswith(f" {signed}") for signed in (name[0], " ".join(name)))


def asks(view: View) -> bool:
    """Say whether its own words ask something; the mark within a link asks nothing."""
    text = view.own_text
    if "?" in text and _ASKS.search(text) is not None:
        return True
    return not text.isascii() and any(mark in text for mark in OTHER_MARKS)


def _speaks(view: View, language: str) -> bool:
    """Say whether its writer speaks of themselves, in the language of a claim."""
    signs = {f"{sign}{language}" for sign in SPEAKS_OF_SELF}
    said = view.own_hits
    if "://" in view.own_text:  # in `…/view?i=7` nobody says "I"
        said = view.signs.find("body", canonical_body(_LINK.sub(" ", view.own_text)))
    return any(hit.sign.id in signs for hit in said)


def has_time(view: View) -> bool:
    """Say whether it names a time or a date, as receipts do."""
    return _TIME.search(view.opening_text) is not None
