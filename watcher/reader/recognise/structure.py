"""Tell the kinds that a standard form settles.

DSN (RFC 3464), ARF (RFC 5965), MDN (RFC 8098), DMARC (RFC 7489) and TLS reports (RFC 8460).
"""

from watcher.model import Action, Evidence, Kind
from watcher.reader.findings import Recognition
from watcher.reader.recognise.aggregate import find_attached_report, is_passed_on
from watcher.reader.recognise.desk import quotes_as_desk
from watcher.reader.recognise.view import View


# RFC 5965 section 7.3, RFC 6430 (not-spam), RFC 6591 (auth-failure), and opt-out, which came with the drafts.
_FEEDBACK = {
    "abuse": (Kind.COMPLAINT, "complaint_abuse"),
    "fraud": (Kind.COMPLAINT, "complaint_fraud"),
    "virus": (Kind.COMPLAINT, "complaint_virus"),
    "other": (Kind.COMPLAINT, "complaint_other"),
    "opt-out": (Kind.COMPLAINT, "complaint_other"),
    "opt-out-list": (Kind.COMPLAINT, "complaint_other"),
    "not-spam": (Kind.FEEDBACK, "not_spam"),
    "auth-failure": (Kind.FEEDBACK, "auth_failure_report"),
    "dmarc": (Kind.FEEDBACK, "auth_failure_report"),
}
_NOTIFICATIONS = {
    "Bounce": (Kind.BOUNCE, None),
    "DeliveryDelay": (Kind.DELAY, None),
    "Delivery": (Kind.DELIVERY, "delivered"),
    "Complaint": (Kind.COMPLAINT, "complaint_abuse"),
}
_TLS_TYPES = frozenset({"application/tlsrpt+gzip", "application/tlsrpt+json"})
_ARCHIVES = frozenset(
    {"application/zip", "application/gzip", "application/x-gzip", "application/x-zip-compressed"}
)


def find_by_structure(view: View) -> Recognition | None:
    """Return the kind that a standard form settles."""
    return _feedback(view) or _receipt(view) or _status(view) or _notification(view) or _machine_report(view)


def _feedback(view: View) -> Recognition | None:
    evidence = view.rules.get("feedback.rfc5965")
    if evidence is None:
        return None
    kind, reason = _FEEDBACK.get(evidence.matched, (Kind.FEEDBACK, None))
    return Recognition(kind, reason, 0.99, (evidence,))


def _receipt(view: View) -> Recognition | None:
    refusal = view.rules.get("refusal.rfc5429")
    if refusal is not None:
        return Recognition(Kind.BOUNCE, None, 0.95, (refusal,))
    evidence = view.rules.get("receipt.rfc8098")
    return Recognition(Kind.RECEIPT, "read_receipt", 0.98, (evidence,)) if evidence else None


def _status(view: View) -> Recognition | None:
    evidence = view.rules.get("dsn.rfc3464") or view.rules.get("dsn.status_part")
    if evidence is None or (_is_apart(view) and quotes_as_desk(view)):
        return None
    sure = 0.99 if evidence.rule == "dsn.rfc3464" else 0.95
    if not any(finding.reply_code for finding in view.extract.findings):
        challenge = view.challenge_hits
        if challenge:
            return Recognition(Kind.CHALLENGE, "challenge_response", 0.9, (challenge[0].evidence(), evidence))
    if _is_passed_on_by_person(view):
        passed_on = view.rules.get("dsn.nested", evidence)
        return Recognition(Kind.ORDINARY, "human_reply", 0.8, (passed_on,))
    actions = {finding.action for finding in view.extract.findings}
    if Action.FAILED in actions:
        return Recognition(Kind.BOUNCE, None, sure, (evidence,))
    if Action.DELAYED in actions:
        return Recognition(Kind.DELAY, None, sure, (evidence,))
    return Recognition(Kind.DELIVERY, "delivered", sure, (evidence,))


def _is_passed_on_by_person(view: View) -> bool:
    """Tell a report that somebody attached, or passed on with its parts, from one that a system sent."""
    if not _is_apart(view):
        return view.is_answerable and view.is_reply
    if view.is_answerable:
        return True
    by_system = view.is_null_sender or view.sender_hits
    if "dsn.nested" not in view.rules:
        return view.is_reply and not by_system
    return view.is_reply or not (by_system or view.subject_hits)


def _is_apart(view: View) -> bool:
    """Say whether the status stands in a mail of another form than a report's own, or in one within it."""
    return "dsn.rfc3464" not in view.rules or "dsn.nested" in view.rules


def _notification(view: View) -> Recognition | None:
    evidence = view.rules.get("notification.amazonses")
    if evidence is None:
        return None
    kind, reason = _NOTIFICATIONS[evidence.matched]
    return Recognition(kind, reason, 0.97, (evidence,))


def _machine_report(view: View) -> Recognition | None:
    """RFC 8460 section 5.3, RFC 7489 section 7.2.1.1."""
    root = view.message.root
    if root.params.get("report-type", "").lower() == "tlsrpt" or "TLS-Report-Domain" in view.message.headers:
        evidence = Evidence("notice.tlsrpt", "tlsrpt", "content-type")
        return Recognition(Kind.NOTICE, "machine_report", 0.98, (evidence,))
    found = _entitled_report(view) or _attached_report(view)
    return None if found is None or is_passed_on(view) else found


def _entitled_report(view: View) -> Recognition | None:
    hit = next((hit for hit in view.subject_hits if hit.sign.reason == "machine_report"), None)
    types = {part.content_type for part in view.message.walk()} if hit else set[str]()
    if hit and (not types.isdisjoint(_ARCHIVES | _TLS_TYPES) or any(name.endswith("xml") for name in types)):
        return Recognition(Kind.NOTICE, "machine_report", 0.97, (hit.evidence(),), hit.sign.language)
    return None


def _attached_report(view: View) -> Recognition | None:
    attached = find_attached_report(view)
    return Recognition(Kind.NOTICE, "machine_report", 0.95, (attached,)) if attached else None
