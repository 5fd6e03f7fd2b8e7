"""Tell challenges, complaints, notices and copies that arrived, by words that only together say enough.

Only the mail's own words count, never what it quotes.  A mail that asks its reader something is a person's;
so is one with a single word that a person may use as well.
"""

import re

from watcher.model import Kind
from watcher.reader.findings import Recognition
from watcher.reader.recognise.claimed import asks, claim_of
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.signs import Hit
from watcher.reader.ruleset.wording import canonical


# Under which a list writes to who posts to it: `chorus-owner@`, `chorus-request@`.
_KEEPER = re.compile(r"(?i)[-+](?:owner|admin|request|bounces|moderators?)@")


def find_early(view: View) -> Recognition | None:
    """Return what opens like a report and is none: a challenge, a held post, a copy that arrived."""
    if view.is_reply and view.is_threaded and not _is_machine(view):
        return _challenge(view)
    notice = None if _leads_as_report(view) else _notice(view)
    return _challenge(view) or _complaint(view) or notice or _delivered(view)


def _challenge(view: View) -> Recognition | None:
    """Return a challenge: our mail is held, and we are to prove who we are; both must be said."""
    if view.is_listed or "prose.reply" in view.rules or view.sender_hits:
        return None
    hits = _sure(view, Kind.CHALLENGE)
    if hits:
        return found_by(hits[0], 0.85)
    if view.mark_hits and not asks(view):
        return found_by(view.mark_hits[0], 0.9)
    # Who asks what only a person can answer, and gives no link to do it by, writes a letter.
    machine = view.is_null_sender or view.auto_submitted.startswith("auto") or "://" in view.own_text
    claimed = claim_of(view, Kind.CHALLENGE) if machine or not asks(view) else None
    return claimed if claimed and (machine or not view.spoken.greets_someone) else None


def _complaint(view: View) -> Recognition | None:
    """Return a complaint that a provider passes on in its own words."""
    writer, subject = view.of(Kind.COMPLAINT, "sender"), view.of(Kind.COMPLAINT, "subject")
    hits = _sure(view, Kind.COMPLAINT) if writer or subject else ()
    letter = not writer and (asks(view) or view.greetings)
    if subject and (hits or writer) and not (letter or view.is_reply or view.is_listed):
        return found_by(subject[0], 0.8)
    if hits and writer and "returned.original" in view.rules and not view.is_listed:
        return found_by(hits[0], 0.8)
    if view.is_reply or view.is_listed or "prose.reply" in view.rules:
        return None
    return claim_of(view, Kind.COMPLAINT, impersonal=True, labelled=bool(writer))


def _notice(view: View) -> Recognition | None:
    subject = view.of(Kind.NOTICE, "subject")
    report = next((hit for hit in subject if hit.sign.sure), None)
    if report is not None and not view.is_reply:
        return found_by(report, 0.9)
    if view.is_reply or view.is_listed or _leads_as_reply(view):
        return None
    if "prose.reply" in view.rules:
        return None  # it tells of a refusal, whatever it calls the mail
    machine = _is_machine(view)
    hits = _sure(view, Kind.NOTICE) if machine else ()
    if hits:
        return found_by(hits[0], 0.8)
    if _returns(view):
        return None
    keeper = _KEEPER.search(view.message.headers.raw("From") or "") is not None
    claimed = claim_of(view, Kind.NOTICE, impersonal=not machine, labelled=keeper)
    # A person may moderate a list; that an attachment was taken out, and the rest sent on, none does not say.
    known = machine or (keeper and not view.of(Kind.NOTICE, "body"))  # signs of a notice say it more surely
    return claimed if claimed and (known or claimed.reason == "virus_notice") else None


def _delivered(view: View) -> Recognition | None:
    """RFC 3461 asks for a report of success; older systems write it in prose."""
    if not (view.sender_hits or view.is_null_sender):
        return None
    sure = tuple(hit for hit in view.of(Kind.DELIVERY, "body") if hit.sign.sure)
    subject, words = view.of(Kind.DELIVERY, "subject"), (*sure, *view.of(Kind.DELIVERY, "own"))
    refused = view.of(Kind.DELAY, "own") or (view.of(Kind.BOUNCE, "own") and view.of(Kind.BOUNCE, "subject"))
    if (subject or sure) and words and not refused:
        return found_by(words[0], 0.9)
    failed = view.of(Kind.BOUNCE, "subject", "own") or view.of(Kind.DELAY, "subject", "own")
    if subject and view.sender_hits and not failed and "prose.reply" not in view.rules:
        return found_by(subject[0], 0.75)
    return None


def _sure(view: View, kind: Kind) -> tuple[Hit, ...]:
    return tuple(hit for hit in view.of(kind, "own") if hit.sign.sure)


def _leads_as_report(view: View) -> bool:
    """Tell a report on a notice, whose subject it repeats behind its own words: `Undeliverable: …`."""
    if "prose.address_line" not in view.rules or not view.of(Kind.BOUNCE, "own"):
        return False
    return any(
        canonical(view.subject).startswith(f" {hit.phrase} ") for hit in view.of(Kind.BOUNCE, "subject")
    )


def _returns(view: View) -> bool:
    """Tell a report that brings the original back, and says in subject and text that it was not passed on."""
    if not (view.is_null_sender and "returned.original" in view.rules):
        return False
    return bool(view.of(Kind.BOUNCE, "subject") and view.of(Kind.BOUNCE, "own"))


def _leads_as_reply(view: View) -> bool:
    return any(hit.sign.sure for hit in view.of(Kind.AUTO_REPLY, "subject"))


def _is_machine(view: View) -> bool:
    bulk = view.precedence in {"bulk", "junk"} and not view.is_threaded
    marked = view.is_null_sender or view.sender_hits or view.auto_submitted.startswith("auto")
    return bool(marked or bulk or view.of(Kind.NOTICE, "subject", "sender"))


def found_by(hit: Hit, confidence: float) -> Recognition:
    """Return the kind that a sign speaks for."""
    sign = hit.sign
    return Recognition(sign.kind, sign.reason, confidence, (hit.evidence(),), sign.language)
