"""Join the stages of the reader: bytes of a mail and rules in, a report out.

Pure, and never raises on mail.
"""

import re
from hashlib import sha256

from watcher.model import Action, CodeClass, Evidence, Kind, MessageFacts, Recipient, Report
from watcher.reader.classify import classify_alike
from watcher.reader.findings import Extract, Finding, Recognition, Verdict
from watcher.reader.parse.address import parse_mailbox, parse_mailboxes
from watcher.reader.parse.dates import parse_date
from watcher.reader.parse.fingerprint import fingerprint
from watcher.reader.parse.message import Message, parse_message
from watcher.reader.parse.return_path import parse_return_path
from watcher.reader.passed_on import read
from watcher.reader.ruleset import Rules


MAX_TO = 50
MAX_TEXT = 998  # RFC 5322 section 2.1.1: no line is longer
MAX_DIGEST = 1 << 20
_ARRIVED = frozenset({Action.DELIVERED, Action.RELAYED, Action.EXPANDED})
MAX_SEARCH = 4_000  # characters in which a field may hide below lines that are none
_FIELD = re.compile(
    r"^(?:From|To|Subject|Date|Received|Message-ID|Return-Path|MIME-Version):[ \t]",
    re.MULTILINE | re.IGNORECASE,
)
_REPORTS = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.DELIVERY})
# Kinds whose recipients are those that the mail is about: whom it names, else its own sender.
_ABOUT_NAMED = frozenset({Kind.COMPLAINT, Kind.FEEDBACK, Kind.RECEIPT})
_ABOUT_SENDER = frozenset({Kind.AUTO_REPLY, Kind.CHALLENGE, Kind.RECEIPT})


def analyse(raw: bytes, rules: Rules, profile: str = "default") -> Report:
    """Say all that one mail says: kind, recipients, reasons, original; ValueError on an unknown profile."""
    if profile != "default" and profile not in rules.profiles:
        known = ", ".join(sorted({"default", *rules.profiles.names()}))
        raise ValueError(f"{profile!r}: no such profile; known are {known}")
    return analyse_and_parse(raw, rules, profile)[0]


def analyse_and_parse(raw: bytes, rules: Rules, profile: str) -> tuple[Report, Message | None]:
    """Give the mail too, for whoever goes on to look into it; None where it could not be parsed."""
    message = None
    try:
        message = parse_message(raw)
        return _analyse(raw, message, rules, profile), message
    except Exception as error:  # noqa: BLE001 - the one loop that must not stop: a strange mail is set aside
        return _unreadable(raw, f"the reader failed: {type(error).__name__}: {error}"[:300]), message


def _analyse(raw: bytes, message: Message, rules: Rules, profile: str) -> Report:
    facts = _facts(message)
    if not raw.strip():
        return Report(Kind.UNREADABLE, facts, notes=("empty mail",))
    if not len(message.headers) and not _FIELD.search(message.text[:MAX_SEARCH]):
        return Report(Kind.UNREADABLE, facts, notes=("no header field",))
    mail, found, kind = read(message, rules)
    return Report(
        kind=kind.kind,
        message=facts,
        reason=kind.reason,
        advice=_advice(kind, rules),
        confidence=kind.confidence,
        evidence=kind.evidence,
        format=_format(kind, found),
        language=kind.language,
        reporting_mta=found.reporting_mta,
        recipients=_recipients(kind, found, mail, rules, profile),
        original=None if kind.kind is Kind.ORDINARY else found.original,
        return_path=parse_return_path(message.headers),
        notes=(*message.notes, *found.notes),
    )


def _format(kind: Recognition, found: Extract) -> str | None:
    """Name the dialect; `prose` tells nothing of mail that is no report."""
    if kind.kind is Kind.ORDINARY or (found.format == "prose" and kind.kind not in _REPORTS):
        return None
    return found.format


def _facts(message: Message) -> MessageFacts:
    headers = message.headers
    message_id = headers.first("Message-ID")
    return MessageFacts(
        fingerprint=fingerprint(message),
        message_id=message_id.strip()[:MAX_TEXT] if message_id else None,
        sender=parse_mailbox(headers.first("From")),
        to=parse_mailboxes(headers.first("To"))[:MAX_TO],
        subject=subject[:MAX_TEXT] if (subject := headers.first("Subject")) is not None else None,
        date=parse_date(headers.first("Date")),
        size=message.size,
    )


def _advice(kind: Recognition, rules: Rules) -> str | None:
    if kind.reason is None:
        return None
    return rules.taxonomy[kind.reason].advice if kind.reason in rules.taxonomy else None


def _recipients(
    kind: Recognition, found: Extract, message: Message, rules: Rules, profile: str
) -> tuple[Recipient, ...]:
    if kind.kind is Kind.DELIVERY:
        return tuple(_judge(_arrived(finding), found, rules, profile) for finding in found.findings)
    if kind.kind in _REPORTS:
        return tuple(_judge(finding, found, rules, profile) for finding in found.findings)
    findings = found.findings if kind.kind in _ABOUT_NAMED else ()
    named = tuple(_mention(finding.address, kind) for finding in findings if finding.address)
    if named or kind.kind not in _ABOUT_SENDER:
        return named
    sender = parse_mailbox(message.headers.first("From"))
    return (_mention(sender, kind),) if sender else ()


def _arrived(finding: Finding) -> Finding:
    """Infer the weaker claim where a notice in prose tells of a copy that arrived: the next host took it."""
    return finding if finding.action in _ARRIVED else finding._replace(action=Action.RELAYED)


def _judge(finding: Finding, found: Extract, rules: Rules, profile: str) -> Recipient:
    """Add the verdict to what was found about one recipient."""
    action = finding.action or Action.FAILED
    verdict = (
        _arrival(action, rules) if action in _ARRIVED else classify_alike(finding, found, rules, profile)
    )
    return Recipient(
        address=finding.address,
        original_address=finding.original_address,
        action=action,
        status=finding.status,
        reply_code=finding.reply_code,
        diagnostic=finding.diagnostic,
        remote_mta=finding.remote_mta,
        command=finding.command,
        code_class=verdict.code_class,
        bounce_class=verdict.bounce_class,
        reason=verdict.reason,
        fault=verdict.fault,
        advice=verdict.advice,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
    )


def _arrival(action: Action, rules: Rules) -> Verdict:
    """Judge a copy that arrived: its codes are not looked at."""
    reason = rules.taxonomy["delivered"]
    evidence = (Evidence("dsn.action", action.value, "action"),)
    return Verdict(
        reason=reason.name,
        bounce_class=None,
        code_class=CodeClass.NONE,
        fault=reason.fault,
        advice=reason.advice,
        confidence=0.98,
        evidence=evidence,
    )


def _mention(address: str | None, kind: Recognition) -> Recipient:
    """Name whom a mail other than a delivery report is about."""
    return Recipient(address=address, reason=kind.reason, confidence=kind.confidence)


def _unreadable(raw: bytes, note: str) -> Report:
    try:
        facts = _facts(parse_message(raw))
    except Exception:  # noqa: BLE001 - it was the parsing that failed
        facts = MessageFacts(f"sha256:{sha256(raw[:MAX_DIGEST]).hexdigest()}", size=len(raw))
    return Report(Kind.UNREADABLE, facts, notes=(note,))
