"""Tell a report in prose from mail that only looks like one.

No single sign is enough.  Points are given for who wrote it, what the subject and the opening say, and what
extraction found; an answer, a mail passed on, or a post to a list has to overcome points against it.  When in
doubt it is not a bounce.
"""

from watcher.model import Action, Evidence, Kind
from watcher.reader.findings import LIST_RULE, Recognition
from watcher.reader.parse.address import parse_mailboxes
from watcher.reader.recognise.desk import opens_as_desk
from watcher.reader.recognise.plain_report import find_plain_report
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.signs import Hit
from watcher.reader.ruleset.wording import canonical


THRESHOLD = 5
SURE = 9  # points beyond which more say nothing more
# What extraction found, and how much it says.
_POINTS = {
    "header.x_failed_recipients": 3,
    "prose.dialect": 2,
    "prose.address_line": 1,
    "prose.address_in_sentence": 1,
    "prose.reply": 1,
    "returned.original": 1,
}

_TOLD_SURELY = frozenset(_POINTS) - {"prose.address_in_sentence", "prose.reply"}
_TELLING = frozenset(_POINTS) - {"returned.original"}


def find_report(view: View) -> Recognition | None:
    """Return bounce or delay where the signs together are enough."""
    held = view.of(Kind.CHALLENGE, "subject") and view.of(Kind.CHALLENGE, "body")
    if held or view.of(Kind.ORDINARY, "subject"):
        return None  # TMDA opens as Exim does, and holds what Exim refuses
    if _is_letter(view):
        return _find_account(view) or find_plain_report(view)
    subject = _report_hits(view, "subject")
    if not (
        subject or _is_from_system(view) or view.is_null_sender or "header.x_failed_recipients" in view.rules
    ):
        return None
    body = _report_hits(view, "body")
    if not (body or not _TELLING.isdisjoint(view.rules) or _is_signed_return(view, subject)):
        return None
    points = _count(view, subject, body)
    points += points < SURE and _is_told_return(view)
    if points < THRESHOLD or opens_as_desk(view):
        return None
    evidence = tuple(hit.evidence() for hit in (*subject[:1], *body[:1], *view.sender_hits[:1]))
    found = tuple(e for e in view.extract.evidence if e.rule in _POINTS or e.rule.startswith("dialect."))
    language = next((hit.sign.language for hit in (*subject, *body) if hit.sign.language), None)
    confidence = min(0.99, 0.55 + 0.05 * points)
    kind = _kind(view)
    reason = "delivered" if kind is Kind.DELIVERY else None
    return Recognition(kind, reason, confidence, (*evidence, *found), language)


def find_list_refusal(view: View) -> Recognition | None:
    """Return a bounce where a list manager refuses our post."""
    refusal = view.rules.get(LIST_RULE)
    if refusal is None:
        return None
    if view.is_reply and view.is_threaded and not view.auto_submitted.startswith("auto"):
        return None
    language = view.extract.language
    return Recognition(Kind.BOUNCE, None, 0.9, (refusal,), language)


def _find_account(view: View) -> Recognition | None:
    """Return a bounce where a list manager tells the keepers of a list whose copies failed, and how.

    LISTSERV does so once a day, under a return-path of its own.
    """
    writer = view.of(Kind.NOTICE, "sender")
    if not writer or view.is_reply or view.is_threaded or not view.is_to_owner:
        return None
    found = [view.rules.get(rule) for rule in ("prose.address_line", "prose.reply")]
    evidence = (writer[0].evidence(), *(each for each in found if each))
    return Recognition(_kind(view), None, 0.8, evidence) if all(found) else None


def _is_signed_return(view: View, subject: tuple[Hit, ...]) -> bool:
    """Tell a report that names nobody and no fault, but brings the original from a mail system.

    A mailer-daemon's name is enough; others, that people write under, too, need a subject that says it.
    """
    if "returned.original" not in view.rules:
        return False
    signed = bool(subject) and (_is_from_system(view) or view.is_null_sender)
    return signed or any(hit.sign.sure for hit in view.sender_hits)


def _is_from_system(view: View) -> bool:
    """Say whether a mail system or a list manager wrote it."""
    return bool(view.sender_hits or view.of(Kind.NOTICE, "sender"))


def _report_hits(view: View, place: str) -> tuple[Hit, ...]:
    known = (*view.of(Kind.BOUNCE, place), *view.of(Kind.DELAY, place))
    if known:
        return known  # and need not be told in other words
    if not view.sender_hits and (view.answer_hits("own", "header") or view.challenge_hits):
        return ()  # who is away, or wants a proof first, tells that a mail was not passed on, too
    return () if _may_be_bait(view) else view.find_fate(place)


def _count(view: View, subject: tuple[Hit, ...], body: tuple[Hit, ...]) -> int:
    points = sum(_POINTS.get(rule, 0) for rule in view.rules)
    points += 1 if any(rule.startswith("dialect.") for rule in view.rules) else 0
    points += 2 * bool(subject) + 2 * bool(body) + 2 * bool(view.sender_hits)
    points += _weigh_null_sender(view, body) if view.is_null_sender else 0
    automatic = view.auto_submitted.startswith("auto")
    points += automatic * (1 + (bool(subject) and "prose.reply" in view.rules and _is_in_subject(view)))
    named = "prose.address_line" in view.rules or "prose.address_in_sentence" in view.rules
    daemon = bool(view.sender_hits) or view.is_null_sender
    manager = _is_from_system(view) and not view.sender_hits and not view.is_threaded
    points += manager + 2 * _names_whom_we_mailed(view)
    machine = daemon or automatic or manager
    if not machine:
        # Nothing but words says that a machine wrote it; people answer and pass on, and quote what they got.
        points -= 1 + 3 * (view.is_reply or view.is_threaded)
        points += _returns_part(view) or view.is_to_owner
    if not view.sender_hits:
        points -= (1 if machine else 3) * view.is_listed
    if not daemon:
        points -= 1  # a test, a job or a shop may speak of failed deliveries, too
        # So may a person, with the mail in question below.
        points -= 2 * (bool(view.greetings) and not automatic)
        # And so do machines that tell of changes and tasks.
        points -= 2 * (automatic and _TOLD_SURELY.isdisjoint(view.rules) and not _leads(view, subject))
    points -= 3 * _may_be_bait(view)
    if _is_about_its_reader(view):
        points -= 5
    elif named and any(hit.sign.sure for hit in view.sender_hits):
        points += 2  # a mailer-daemon names somebody else: in whatever words, it tells of a delivery
    return points


def _is_told_return(view: View) -> bool:
    """Say whether a mail brings the original, and tells in words of its own that it was not passed on."""
    may_be = view.is_null_sender and "returned.original" in view.rules
    answers = view.is_reply or view.is_threaded
    return may_be and not answers and bool(view.find_fate("body")) and not view.answer_hits("own")


def _names_whom_we_mailed(view: View) -> bool:
    """Say whether its own words name the one address that the mail it returns went to."""
    if "prose.address_line" not in view.rules and "prose.address_in_sentence" not in view.rules:
        return False
    if view.is_reply or view.is_threaded or view.extract.original is None:
        return False
    mailed = {address.lower() for address in view.extract.original.to}
    named = {finding.address.lower() for finding in view.extract.findings if finding.address}
    return bool(named) and named == mailed


def _weigh_null_sender(view: View, body: tuple[Hit, ...]) -> int:
    """RFC 5321 section 4.5.5: reports have the null return-path; few others have, and none quotes a reply."""
    named = "prose.address_line" in view.rules or "prose.address_in_sentence" in view.rules
    if named and "prose.reply" in view.rules:
        return 3
    return 2 if named and (body or view.sender_hits) else 1


def _returns_part(view: View) -> bool:
    """Say whether the original, and no report, is attached as a mail; a person would attach the report."""
    return "returned.original" in view.rules and any(
        part.content_type in {"message/rfc822", "text/rfc822-headers"} for part in view.message.root.children
    )


def _leads(view: View, subject: tuple[Hit, ...]) -> bool:
    """Say whether the subject begins with a report's words, or names a failed address."""
    words = canonical(view.subject)
    return any(words.startswith(f" {hit.phrase} ") for hit in subject) or _is_in_subject(view)


def _is_in_subject(view: View) -> bool:
    """Say whether the subject names a failed address: a ticket about bounces rarely does."""
    subject = view.subject.lower()
    return any(finding.address.lower() in subject for finding in view.extract.findings if finding.address)


def _may_be_bait(view: View) -> bool:
    """Say whether a mail brings a link and nothing that only a mail system has: no reply, no original."""
    if view.is_null_sender or "Return-Path" not in view.message.headers or not view.has_link:
        return False
    return {"prose.reply", "returned.original", "header.x_failed_recipients"}.isdisjoint(view.rules)


def _is_about_its_reader(view: View) -> bool:
    """Tell bait (`5 mails to YOU could not be delivered`) from a report, which is about somebody else."""
    if "returned.original" in view.rules or "prose.dialect" in view.rules:
        return False
    named = {finding.address.lower() for finding in view.extract.findings if finding.address}
    readers = {address.lower() for address in parse_mailboxes(view.message.headers.first("To"))}
    if not named and _may_be_bait(view):
        return True  # a report that names nobody, and asks its reader to follow a link
    if not named and "prose.reply" not in view.rules and view.has_link:
        subject = view.subject.lower()  # `mail from us` is refused, mail to us is bait
        return any(reader in subject and f"from {reader}" not in subject for reader in readers)
    return bool(named) and named <= readers


def _is_letter(view: View) -> bool:
    """Tell mail that only quotes a report: a person's, a ticket's, a monitor's, a postmaster's own letter."""
    if "header.x_failed_recipients" in view.rules or "returned.original" in view.rules:
        return False
    if view.is_answerable or _is_persons_answer(view):
        return True
    if view.is_null_sender or any(rule.startswith("dialect.") for rule in view.rules):
        return False
    if any(hit.sign.sure for hit in view.sender_hits):
        return False  # nobody signs a letter as a mailer-daemon
    return bool(view.greetings) and not view.auto_submitted.startswith("auto")


def _is_persons_answer(view: View) -> bool:
    """Tell a postmaster's own letter: it answers a mail, quotes no server, and can be answered."""
    if view.is_null_sender or "Return-Path" not in view.message.headers or "prose.reply" in view.rules:
        return False
    sure = any(hit.sign.sure for hit in view.sender_hits)
    return (view.is_threaded or view.is_reply) and not sure and not view.auto_submitted.startswith("auto")


def _kind(view: View) -> Kind:
    actions = {finding.action for finding in view.extract.findings}
    if Action.FAILED in actions:
        return Kind.BOUNCE
    if actions:
        return Kind.DELAY if Action.DELAYED in actions else Kind.DELIVERY
    return Kind.DELAY if view.of(Kind.DELAY, "subject") else Kind.BOUNCE


def ordinary(view: View) -> Recognition:
    """Say that nothing could be shown; an answer is most likely a person's."""
    answers = view.is_threaded or view.is_reply or (view.is_quoting and _asks(view))
    reason = "human_reply" if answers else "unclassified"
    evidence = Evidence("ordinary.no_sign", "", "message")
    return Recognition(Kind.ORDINARY, reason, 0.95 if not view.subject_hits else 0.8, (evidence,))


def _asks(view: View) -> bool:
    """Say whether a person, whom one can answer, asks something in words of their own."""
    machine = view.auto_submitted.startswith("auto") or view.precedence in {"bulk", "junk", "list"}
    return "?" in view.own and view.is_answerable and not (view.is_listed or machine)
