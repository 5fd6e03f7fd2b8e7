"""Choose the way to read a mail: delivery status, feedback report, notification, header field, prose."""

from watcher.model import Action, Evidence, Kind
from watcher.reader.extract.delivery_status import CROWDED, StatusReport, find_status
from watcher.reader.extract.dialect import find_dialect
from watcher.reader.extract.feedback import (
    COMPLAINER_FIELD,
    find_complainer,
    find_disposition,
    find_feedback,
    find_reader,
)
from watcher.reader.extract.lists import is_list_manager, is_machine
from watcher.reader.extract.look import MAX_BODY_WORDS, Look, look_at
from watcher.reader.extract.mailed import find_readers, name_mailed
from watcher.reader.extract.merging import add_prose, blame_hops, needs_prose, settle_expiry
from watcher.reader.extract.notification import find_notification
from watcher.reader.extract.prose import read_prose
from watcher.reader.extract.prose_reading import read_refusal, read_report_in_prose
from watcher.reader.extract.returned import count_hops, read_original
from watcher.reader.extract.stage import add_commands
from watcher.reader.extract.suspicion import is_suspect
from watcher.reader.findings import LIST_RULE, Clue, Extract, Finding
from watcher.reader.parse.address import parse_writer
from watcher.reader.parse.fields import FieldGroup
from watcher.reader.parse.message import Message
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.signs import MAX_MATCHED
from watcher.reader.ruleset.wording import canonical


_NOT_POSTED = frozenset({"5.7.1", "5.7.2"})  # RFC 3463: not authorised; mailing list expansion prohibited


def extract(message: Message, rules: Rules) -> Extract:
    """Extract recipients, original and dialect; an empty Extract from mail that reports nothing."""
    report = _from_form(message, rules)
    if report is not None:
        return report
    status = find_status(message, rules.dialects.prose, lambda: _is_delay_subject(message, rules))
    if status is not None:
        return _from_status(look_at(message, rules), status)
    notification = find_notification(message)
    if notification is not None:
        return notification
    if is_suspect(message, rules):
        return read_report_in_prose(look_at(message, rules))
    if is_machine(message.headers, rules.signs):
        return read_refusal(look_at(message, rules)) or Extract()
    return Extract()


def _from_form(message: Message, rules: Rules) -> Extract | None:
    """Read a feedback report or a disposition notification."""
    feedback = find_feedback(message)
    if feedback is not None:
        view = look_at(message, rules)
        kind = (feedback.token("Feedback-Type") or "").lower()[:MAX_MATCHED]
        evidence = Evidence("feedback.rfc5965", kind, "feedback-type")
        return _result(view, find_complainer(feedback, view.returned), "arf", evidence)
    if COMPLAINER_FIELD in message.headers:
        evidence = Evidence("feedback.jmrp", COMPLAINER_FIELD, "header")
        return _result(look_at(message, rules), find_complainer(None, message.headers), "jmrp", evidence)
    disposition = find_disposition(message)
    if disposition is not None:
        evidence = Evidence(
            "receipt.rfc8098", (disposition.first("Disposition") or "")[:MAX_MATCHED], "disposition"
        )
        view = look_at(message, rules)
        if _is_refusal(message, disposition, rules):
            refusal = Evidence("refusal.rfc5429", evidence.matched, evidence.where)
            return _result(
                view, tuple(_refused(reader, view) for reader in find_reader(disposition)), "mdn", refusal
            )
        return _result(view, find_reader(disposition), "mdn", evidence)
    return None


def _is_refusal(message: Message, disposition: FieldGroup, rules: Rules) -> bool:
    """Tell a refusal, which RFC 5429 section 2.2 lets a filter send as a receipt, from a receipt."""
    told = (disposition.first("Disposition") or "").lower()
    if not (told.startswith("automatic-action") and "deleted" in told):
        return False
    headers, signs = message.headers, rules.signs
    names = (name for name in signs.header_names() if name.lower() == "auto-submitted")
    submitted = (hit for n in names for hit in signs.find_header(n, canonical(headers.first(n) or "")))
    subject = headers.first("Subject") or ""
    label, colon, _ = subject.partition(":")
    begun = (hit for hit in signs.find("subject", canonical(subject)) if hit.sign.at == "start")
    labelled = (hit for hit in signs.find("label", canonical(label)) if colon and hit.sign.at == "whole")
    leading = (*submitted, *begun, *labelled)
    return any(hit.sign.kind is Kind.BOUNCE for hit in leading)


def _refused(reader: Finding, view: Look) -> Finding:
    words = " ".join(view.notice.text(MAX_BODY_WORDS).split())
    return reader._replace(action=Action.FAILED, clues=(Clue(words, "body"),) if words else ())


def _result(view: Look, findings: tuple[Finding, ...], form: str, evidence: Evidence) -> Extract:
    original = read_original(view.returned) if view.returned else None
    return Extract(format=form, findings=findings, original=original, evidence=(evidence,))


def _is_delay_subject(message: Message, rules: Rules) -> bool:
    return rules.dialects.prose.delays.is_in(canonical(message.headers.first("Subject") or ""))


def _from_status(view: Look, status: StatusReport) -> Extract:
    found = find_dialect(view.rules.dialects, view.message.headers, status.groups, view.subject, view.opening)
    dialect = found[0] if found else None
    findings = status.findings
    prose = view.rules.dialects.prose
    if needs_prose(findings, view.notice):
        readers = find_readers(view.message.headers, view.returned)
        told = read_prose(view.notice, prose, dialect, delayed=False, readers=readers)
        findings = add_prose(findings, told, view.notice, dialect)
    findings = name_mailed(findings, view.returned)
    findings = tuple(settle_expiry(finding, prose) for finding in findings)
    if view.returned is not None and (hops := count_hops(view.returned)):
        findings = tuple(blame_hops(finding, hops) for finding in findings)
    findings = add_commands(findings, view.notice.text(MAX_BODY_WORDS))
    evidence = (status.evidence, *((found[1],) if found else ()))
    if not status.nested and _is_of_list(view, findings):
        evidence = (*evidence, Evidence(LIST_RULE, findings[0].status or "", "status"))
    if status.nested:
        evidence = (*evidence, Evidence("dsn.nested", "message/rfc822", "content-type"))
    return Extract(
        format=dialect.format if dialect else "rfc3464",
        shares_reply=dialect is not None and dialect.shares_reply and len(findings) > 1,
        reporting_mta=status.reporting_mta,
        findings=findings,
        original=read_original(view.returned) if view.returned else None,
        evidence=evidence,
        notes=(CROWDED,) if status.crowded else (),
    )


def _is_of_list(view: Look, findings: tuple[Finding, ...]) -> bool:
    """Say whether a list manager refuses a post in a report: what is not authorised there is to post.

    Sympa says no more than the words of RFC 3463, and tells the cause in the language of the list.  What
    lists say of their subscribers, elsewhere, is none of this.
    """
    headers = view.message.headers
    home = parse_writer(headers).rpartition("@")[2].lower()
    refused = all(
        finding.action is Action.FAILED
        and finding.status in _NOT_POSTED
        and (finding.address or "").rpartition("@")[2].lower() == home
        for finding in findings
    )
    return refused and is_list_manager(headers, view.rules.signs)
