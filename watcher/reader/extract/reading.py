"""Choose the way to read a mail: delivery status, feedback report, notification, header field, prose."""

from typing import NamedTuple

from watcher.model import Action, Evidence, Kind
from watcher.reader.extract.bare_names import find_bare_names, find_home
from watcher.reader.extract.delivery_status import MAX_RECIPIENTS, StatusReport, find_status
from watcher.reader.extract.diagnosis import find_reply
from watcher.reader.extract.dialect import find_dialect
from watcher.reader.extract.feedback import (
    COMPLAINER_FIELD,
    find_complainer,
    find_disposition,
    find_feedback,
    find_reader,
)
from watcher.reader.extract.lists import find_list, find_refusal
from watcher.reader.extract.merging import add_prose, blame_hops, needs_prose, settle_expiry
from watcher.reader.extract.notice import Notice, find_notice
from watcher.reader.extract.notification import find_notification
from watcher.reader.extract.prose import ProseReport, read_prose
from watcher.reader.extract.returned import count_hops, find_returned, find_sole_recipient, read_original
from watcher.reader.extract.stage import add_commands
from watcher.reader.extract.suspicion import is_suspect
from watcher.reader.findings import LIST_RULE, Clue, Extract, Finding
from watcher.reader.parse.address import normalise_address
from watcher.reader.parse.fields import FieldGroup
from watcher.reader.parse.header import Headers
from watcher.reader.parse.message import Message
from watcher.reader.parse.return_path import find_carried
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.dialects import Dialect
from watcher.reader.ruleset.signs import MAX_MATCHED, Hit
from watcher.reader.ruleset.wording import canonical, canonical_body


MAX_BODY_WORDS = 1_500  # characters of the report's opening in which a system names itself
_CROWDED = f"more than {MAX_RECIPIENTS} recipients; the rest was not read"


class _View(NamedTuple):
    """What every way of reading looks at."""

    message: Message
    rules: Rules
    notice: Notice
    returned: Headers | None
    subject: str  # canonical
    opening: str  # canonical

    def is_delayed(self) -> bool:
        """Say whether the report's words speak of a delay, and not of giving up."""
        prose, signs = self.rules.dialects.prose, self.rules.signs
        words = f"{self.subject}{self.opening}"
        if prose.final.is_in(words):
            return False
        return prose.delays.is_in(words) or any(
            hit.sign.kind is Kind.DELAY for hit in signs.find("body", self.opening)
        )


def extract(message: Message, rules: Rules) -> Extract:
    """Extract recipients, original and dialect; an empty Extract from mail that reports nothing."""
    report = _from_form(message, rules)
    if report is not None:
        return report
    status = find_status(message, rules.dialects.prose, lambda: _is_delay_subject(message, rules))
    if status is not None:
        return _from_status(_look(message, rules), status)
    notification = find_notification(message)
    if notification is not None:
        return notification
    if not is_suspect(message, rules):
        return Extract()
    return _from_prose(_look(message, rules))


def _from_form(message: Message, rules: Rules) -> Extract | None:
    """Read a feedback report or a disposition notification."""
    feedback = find_feedback(message)
    if feedback is not None:
        view = _look(message, rules)
        kind = (feedback.token("Feedback-Type") or "").lower()[:MAX_MATCHED]
        evidence = Evidence("feedback.rfc5965", kind, "feedback-type")
        return _result(view, find_complainer(feedback, view.returned), "arf", evidence)
    if COMPLAINER_FIELD in message.headers:
        evidence = Evidence("feedback.jmrp", COMPLAINER_FIELD, "header")
        return _result(_look(message, rules), find_complainer(None, message.headers), "jmrp", evidence)
    disposition = find_disposition(message)
    if disposition is not None:
        evidence = Evidence(
            "receipt.rfc8098", (disposition.first("Disposition") or "")[:MAX_MATCHED], "disposition"
        )
        view = _look(message, rules)
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


def _refused(reader: Finding, view: _View) -> Finding:
    words = " ".join(view.notice.text(MAX_BODY_WORDS).split())
    return reader._replace(action=Action.FAILED, clues=(Clue(words, "body"),) if words else ())


def _result(view: _View, findings: tuple[Finding, ...], form: str, evidence: Evidence) -> Extract:
    original = read_original(view.returned) if view.returned else None
    return Extract(format=form, findings=findings, original=original, evidence=(evidence,))


def _look(message: Message, rules: Rules) -> _View:
    notice = find_notice(message, rules.dialects.prose)
    return _View(
        message,
        rules,
        notice,
        find_returned(message, notice),
        canonical(message.headers.first("Subject") or ""),
        canonical_body(notice.text(MAX_BODY_WORDS)),
    )


def _is_delay_subject(message: Message, rules: Rules) -> bool:
    return rules.dialects.prose.delays.is_in(canonical(message.headers.first("Subject") or ""))


def _from_status(view: _View, status: StatusReport) -> Extract:
    found = find_dialect(view.rules.dialects, view.message.headers, status.groups, view.subject, view.opening)
    dialect = found[0] if found else None
    findings = status.findings
    prose = view.rules.dialects.prose
    if needs_prose(findings, view.notice):
        told = read_prose(view.notice, prose, dialect, delayed=False)
        findings = add_prose(findings, told, view.notice)
    findings = tuple(settle_expiry(finding, prose) for finding in findings)
    if view.returned is not None and (hops := count_hops(view.returned)):
        findings = tuple(blame_hops(finding, hops) for finding in findings)
    findings = add_commands(findings, view.notice.text(MAX_BODY_WORDS))
    evidence = (status.evidence, *((found[1],) if found else ()))
    if status.nested:
        evidence = (*evidence, Evidence("dsn.nested", "message/rfc822", "content-type"))
    return Extract(
        format=dialect.format if dialect else "rfc3464",
        reporting_mta=status.reporting_mta,
        findings=findings,
        original=read_original(view.returned) if view.returned else None,
        evidence=evidence,
        notes=(_CROWDED,) if status.crowded else (),
    )


def _from_prose(view: _View) -> Extract:
    refusal = find_refusal(view.message.headers, view.rules.signs, view.opening)
    return _from_list(view, refusal) if refusal else _from_report(view)


def _from_list(view: _View, refusal: Hit) -> Extract:
    """Read a list manager's refusal: the list is the recipient."""
    headers = view.message.headers
    found = find_dialect(view.rules.dialects, headers, (), view.subject, view.opening)
    text = view.notice.text(MAX_BODY_WORDS)
    refusing = find_list(headers, f"{headers.first('Subject') or ''}\n{text}")
    if refusing is None and view.returned is not None:
        refusing = find_sole_recipient(view.returned)
    words = " ".join(text.split())
    finding = Finding(address=refusing, action=Action.FAILED, clues=(Clue(words, "body"),))
    return Extract(
        format=found[0].format if found else "prose",
        findings=(finding,),
        original=read_original(view.returned) if view.returned else None,
        evidence=(Evidence(LIST_RULE, refusal.phrase, "body"), *((found[1],) if found else ())),
    )


def _from_report(view: _View) -> Extract:
    headers = view.message.headers
    found = find_dialect(view.rules.dialects, headers, (), view.subject, view.opening)
    dialect: Dialect | None = found[0] if found else None
    delayed = view.is_delayed()
    told = read_prose(view.notice, view.rules.dialects.prose, dialect, delayed=delayed)
    findings, evidence = told.findings, _prose_evidence(told)
    listed = _listed(headers)
    if listed:
        findings = tuple(_find_told(address, told, view, delayed=delayed) for address in listed)
        evidence = [Evidence("header.x_failed_recipients", "X-Failed-Recipients", "header"), *evidence]
    elif not findings and (named := _find_named(view, delayed=delayed)):
        findings = named
    elif not findings and (carried := find_carried(headers)):
        findings = (_bare_finding(carried, told, view, delayed=delayed),)
        evidence = [*evidence, Evidence("return_path.verp", carried, "to")]
    elif not findings and view.returned is not None:
        sole = find_sole_recipient(view.returned)
        if sole:
            findings = (_bare_finding(sole, told, view, delayed=delayed),)
            evidence = [*evidence, Evidence("returned.sole_recipient", "To", "original")]
    if not findings:
        findings = (_bare_finding(None, told, view, delayed=delayed),)
    if view.returned is not None:
        evidence.append(Evidence("returned.original", "message", "original"))
    if found:
        evidence.append(found[1])
    return Extract(
        format=dialect.format if dialect else "prose",
        findings=findings[:MAX_RECIPIENTS],
        original=read_original(view.returned) if view.returned else None,
        evidence=tuple(evidence),
        notes=(_CROWDED,) if len(findings) > MAX_RECIPIENTS else (),
    )


def _find_named(view: _View, *, delayed: bool) -> tuple[Finding, ...]:
    """Read users named without a domain, where all of them can be told whose they are."""
    findings = []
    for local, line in find_bare_names(view.notice.lines, view.rules.dialects.prose):
        address = find_home(local, view.returned, view.message.headers)
        if address is None:
            return ()
        reply = find_reply(line)
        action = Action.DELAYED if delayed else Action.FAILED
        findings.append(
            Finding(address, None, action, reply.status, reply.reply_code, line, clues=(Clue(line, "body"),))
        )
    return tuple(findings)


def _prose_evidence(told: ProseReport) -> list[Evidence]:
    if not told.findings:
        return []
    rule = {3: "prose.dialect", 2: "prose.address_line", 1: "prose.address_in_sentence"}[told.strength]
    evidence = [Evidence(rule, told.findings[0].address or "", "body")]
    if told.replied:
        evidence.append(Evidence("prose.reply", (told.findings[0].diagnostic or "")[:MAX_MATCHED], "body"))
    return evidence


def _listed(headers: Headers) -> tuple[str, ...]:
    """Read X-Failed-Recipients, which Exim, Gmail and Google Groups write."""
    listed = (
        normalise_address(item) for field in headers.all("X-Failed-Recipients") for item in field.split(",")
    )
    return tuple(dict.fromkeys(address for address in listed if address and "@" in address))[
        : MAX_RECIPIENTS + 1
    ]


def _find_told(address: str, told: ProseReport, view: _View, *, delayed: bool) -> Finding:
    # Exim names the alias in the header, and the address that it led to in the text.
    finding = told.by_address.get(address.lower())
    if finding is not None:
        alias = finding.original_address is not None and finding.original_address.lower() == address.lower()
        return finding if alias else finding._replace(address=address)
    return _bare_finding(address, told, view, delayed=delayed)


def _bare_finding(address: str | None, told: ProseReport, view: _View, *, delayed: bool) -> Finding:
    """Give a recipient that no line names the words of the whole report."""
    clues = (*told.clues, Clue(" ".join(view.notice.text(3_000).split()), "body"))
    replied = next(
        (clue for clue in clues if find_reply(clue.text).reply_code or find_reply(clue.text).status), None
    )
    reply = find_reply(replied.text if replied else "")
    return Finding(
        address=address,
        action=Action.DELAYED if delayed else Action.FAILED,
        status=reply.status,
        reply_code=reply.reply_code,
        diagnostic=replied.text[:500] if replied and replied.where != "body" else None,
        clues=clues,
    )
