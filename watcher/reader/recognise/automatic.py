"""Tell what machines write that is no delivery report: auto-replies, challenges, notices.

RFC 3834 for auto-replies.  A word in a subject alone is not enough unless it leads the subject: people write
about vacations, too.
"""

import re

from watcher.model import Kind
from watcher.reader.findings import Recognition
from watcher.reader.parse.address import parse_writer
from watcher.reader.recognise.answers import is_machines_word
from watcher.reader.recognise.by_words import found_by
from watcher.reader.recognise.claimed import is_signed
from watcher.reader.recognise.request_in_words import asks_to_stay
from watcher.reader.recognise.told import LEAVES, find_reason, gravity
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.signs import Hit
from watcher.reader.ruleset.wording import canonical


MAX_REQUEST = 120  # characters of a mail that only asks to be removed
_OPEN = {"out_of_office", "auto_acknowledgement", "auto_reply_other", None}
_LIST_MANAGERS = frozenset(
    {"x-mailman-version", "x-list-administrivia", "x-loop", "x-ml-name", "x-listserver"}
)
_ROBOTS = _LIST_MANAGERS | {"x-mlserver", "mailing-list"}
_FOR_KEEPERS = re.compile(
    r"^owner-|-(?:request|admin|owner|bounces|ctl|help|confirm|join|leave)(?:\+[^@]{0,80})?@", re.IGNORECASE
)


def find_automatic(view: View) -> Recognition | None:
    """Return the kind of a machine's message that is no delivery report."""
    return (
        _sure_feedback(view)
        or _challenge(view)
        or _auto_reply(view)
        or find_robot(view)
        or _notice(view)
        or _receipt(view)
    )


def find_complaint(view: View) -> Recognition | None:
    """Return a complaint that does not follow RFC 5965: the bare message behind a subject that says so."""
    header = view.of(Kind.COMPLAINT, "header")
    if header:
        return found_by(header[0], 0.9)
    hits = view.of(Kind.COMPLAINT, "subject")
    if hits and view.extract.original is not None and not view.is_listed:
        return found_by(hits[0], 0.85)
    returned = any(part.content_type == "message/rfc822" for part in view.message.root.children)
    if hits and returned and not view.is_listed and not view.is_reply:
        return found_by(hits[0], 0.85)
    return None


def find_request(view: View) -> Recognition | None:
    """Return a request: the whole subject or the whole text asks for nothing else."""
    hits = view.of(Kind.REQUEST, "subject")
    if not hits and len(view.message.root.body) <= MAX_REQUEST:
        hits = tuple(hit for hit in view.of(Kind.REQUEST, "body") if hit.sign.at == "whole")
    if hits and not view.is_listed and not asks_to_stay(view):
        return found_by(hits[0], 0.85)
    return None


def _sure_feedback(view: View) -> Recognition | None:
    hits = tuple(hit for hit in view.of(Kind.FEEDBACK, "subject") if hit.sign.sure)
    return found_by(hits[0], 0.9) if hits and not view.is_reply else None


def _challenge(view: View) -> Recognition | None:
    header = view.of(Kind.CHALLENGE, "header")
    if header:
        return found_by(header[0], 0.95)
    subject = view.of(Kind.CHALLENGE, "subject")
    if not (subject or view.is_null_sender or view.auto_submitted.startswith("auto") or view.header_hits):
        return None
    body = view.of(Kind.CHALLENGE, "body")
    if body and not view.is_listed:
        return found_by(body[0], 0.9 if subject else 0.8)
    return None


def find_robot(view: View) -> Recognition | None:
    """Return the answer of a list manager's robot to what it took for commands."""
    if not _is_list_manager(view):
        return None
    told = next((each for each in view.claimed if each.claim.kind is Kind.AUTO_REPLY), None)
    if told is None:
        return None
    return Recognition(Kind.AUTO_REPLY, told.claim.reason, 0.85, (told.evidence(),))


def _is_list_manager(view: View) -> bool:
    """Say whether a list manager wrote it, under its own name or for a list's keepers; no post is that."""
    headers = view.message.headers
    if "List-Post" in headers and "X-List-Administrivia" not in headers:
        return False
    if view.of(Kind.NOTICE, "sender"):
        return True
    if not headers.has_any(_ROBOTS):
        return False
    return _FOR_KEEPERS.search(parse_writer(headers)) is not None


def _auto_reply(view: View) -> Recognition | None:
    header = view.of(Kind.AUTO_REPLY, "header")
    subject = view.of(Kind.AUTO_REPLY, "subject")
    opening = () if view.is_listed else view.of(Kind.AUTO_REPLY, "body")
    leading = tuple(hit for hit in (*subject, *opening) if hit.sign.sure)
    if view.is_listed and not any(map(is_machines_word, view.of(Kind.AUTO_REPLY, "own"))):
        # A newsletter may be about such replies.
        leading = tuple(hit for hit in leading if _is_label(view, hit))
    if view.sender_hits and not subject:
        return None  # a mail system's own words, though it calls them a reply
    if header or leading:
        confidence = 0.97 if header and (subject or leading) else 0.93
        return _said(view, (*header, *leading, *subject), confidence)
    if view.is_listed or not _is_machine(view) or (view.is_answerable and "?" in view.own):
        return None
    body = view.answer_hits("own")
    subject = tuple(hit for hit in subject if not hit.sign.typical)
    if view.is_answerable and view.spoken.greets_someone:
        # Of a new address, or who left, people tell each other, too.
        subject = tuple(hit for hit in subject if hit.sign.reason not in LEAVES)
    if all(hit.sign.reason == "out_of_office" for hit in subject):
        # What tells of holidays may be sent automatically, too: `do not reply` alone makes no reply of it.
        body = tuple(hit for hit in body if not is_machines_word(hit))
    if subject and (
        body or view.is_null_sender or view.precedence in {"bulk", "junk"} or view.is_suppressing()
    ):
        return _said(view, subject, 0.9)
    if body and (view.is_null_sender or view.precedence in {"bulk", "junk"}):
        return _said(view, body, 0.85)
    return None


def _is_label(view: View, hit: Hit) -> bool:
    """Say whether a phrase is all that stands before a subject's colon, or leads the subject answered."""
    return canonical(view.label).removesuffix(" re ").strip() == hit.phrase


def _is_machine(view: View) -> bool:
    return bool(
        view.subject_hits
        or view.is_null_sender
        or view.precedence in {"bulk", "junk"}
        or view.auto_submitted.startswith("auto")
    )


def _said(view: View, hits: tuple[Hit, ...], confidence: float) -> Recognition:
    """Choose the reason that the words give, the gravest first."""
    said = (*hits, *view.of(Kind.AUTO_REPLY, "body"))
    best = min(said, key=gravity)
    if best.sign.reason in _OPEN:
        told = find_reason(view, promised=best.sign.reason == "auto_acknowledgement")
        best = told if told is not None and gravity(told) < gravity(best) else best
    language = next((hit.sign.language for hit in (*said, best) if hit.sign.language), None)
    evidence = (best.evidence(), *(hit.evidence() for hit in hits[:2] if hit is not best))
    return Recognition(Kind.AUTO_REPLY, best.sign.reason, confidence, evidence, language)


def _notice(view: View) -> Recognition | None:
    hits = tuple(hit for hit in view.of(Kind.NOTICE, "subject") if hit.sign.reason != "machine_report")
    managed = view.message.headers.has_any(_LIST_MANAGERS)
    machine = (
        managed or bool(view.sender_hits) or view.is_null_sender or view.auto_submitted.startswith("auto")
    )
    if hits and machine and not view.is_reply:
        return found_by(hits[0], 0.9)
    if managed and not hits and not view.is_reply:
        body = tuple(hit for hit in view.of(Kind.NOTICE, "body") if hit.sign.reason == "moderation_notice")
        return found_by(body[0], 0.85) if body else None
    return None


def _receipt(view: View) -> Recognition | None:
    """QUIRK: Outlook sends receipts as TNEF alone, or in words, without a disposition notification."""
    hits = tuple(hit for hit in view.of(Kind.RECEIPT, "subject") if not hit.sign.typical)
    tnef = view.message.root.content_type == "application/ms-tnef"
    if hits and (tnef or (view.of(Kind.RECEIPT, "body") and not is_signed(view))):
        return found_by(hits[0], 0.85)
    return None
