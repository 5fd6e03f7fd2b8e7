"""Put one report into words: what it is, whom it is about, what decided, what would be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from watcher.cli.overheard import Overheard
from watcher.cli.rows import printable
from watcher.cli.spot import Spotter, underlined
from watcher.config.mailbox import Folders
from watcher.decide.decision import Decision
from watcher.model import Action, Evidence, Kind, Recipient, Report
from watcher.reader.report_json import report_to_dict
from watcher.reader.ruleset import Rules


KINDS = {
    Kind.BOUNCE: "a bounce: a copy of a message could not be delivered",
    Kind.DELAY: "a delay notice: delivery is still being tried",
    Kind.DELIVERY: "a delivery notice: the message went through",
    Kind.AUTO_REPLY: "an auto-reply: the address works, nobody read the message yet",
    Kind.CHALLENGE: "a challenge: the receiver wants the sender to prove to be human",
    Kind.COMPLAINT: "a complaint: the recipient called the message spam",
    Kind.FEEDBACK: "a feedback report that is no complaint",
    Kind.RECEIPT: "a receipt: a mail program tells what became of the message",
    Kind.REQUEST: "a request of a subscriber",
    Kind.NOTICE: "a notice of a mail system",
    Kind.ORDINARY: "ordinary mail, written by a person or a list",
    Kind.UNREADABLE: "not readable as mail",
}
ACTIONS = {
    Action.FAILED: "delivery failed",
    Action.DELAYED: "delivery is delayed",
    Action.DELIVERED: "delivered",
    Action.RELAYED: "handed on to a server that gives no notices",
    Action.EXPANDED: "delivered to a list",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One message with all that was made of it."""

    source: str
    raw: bytes
    report: Report
    decision: Decision
    rules: Rules
    folders: Folders
    overheard: tuple[Overheard, ...] = ()


def in_words(case: Case) -> Iterator[str]:
    """Give the explanation, line by line."""
    spotter, report = Spotter(case.raw), case.report
    yield f"{case.source}: {KINDS[report.kind]} (confidence {report.confidence:.2f})"
    yield from _facts(case)
    yield from _because(report.evidence, spotter)
    for spoke, why in case.overheard:
        yield f"  did not decide: your {spoke.rule}, on '{spoke.matched}' in {spoke.where}: {why}"
    for recipient in report.recipients:
        yield ""
        yield from _recipient(case, recipient, spotter)
    yield ""
    yield from _consequences(case)
    yield from (f"note: {note}" for note in report.notes)


def _facts(case: Case) -> Iterator[str]:
    report = case.report
    if report.reason:
        yield f"  reason: {report.reason}{_definition(case, report.reason)}"
    facts = (
        ("subject", report.message.subject),
        ("form", report.format),
        ("written by", report.reporting_mta),
    )
    yield from (f"  {name}: {value}" for name, value in facts if value)
    if report.return_path is not None and report.return_path.recipient:
        yield f"  return-path: {report.return_path.address}, made for {report.return_path.recipient}"


def _definition(case: Case, reason: str) -> str:
    if reason not in case.rules.taxonomy:
        return ""
    text = case.rules.taxonomy[reason].definition
    first = text[:1] if text[1:2].isupper() else text[:1].lower()  # `SPF` stays as it is
    return f" ({first}{text[1:].rstrip('.')})" if text else ""


def _recipient(case: Case, one: Recipient, spotter: Spotter) -> Iterator[str]:
    verdict = one.bounce_class or (ACTIONS[one.action] if one.action else "named")
    yield f"{one.address or 'a recipient without an address'}: {verdict} (confidence {one.confidence:.2f})"
    if one.original_address and one.original_address != one.address:
        yield f"  sent to: {one.original_address}"
    if one.reason:
        yield f"  reason: {one.reason}{_definition(case, one.reason)}"
    if one.diagnostic:
        yield f"  {one.remote_mta or 'the server'} said: {one.diagnostic}"
    codes = [str(code) for code in (one.reply_code, one.status) if code]
    if codes:
        yield f"  codes: {' '.join(codes)}, which alone say: {one.code_class}"
    if one.advice:
        yield f"  advice: {one.advice.replace('_', ' ')}; fault of the {one.fault}"
    yield from _because(one.evidence, spotter)


def _because(evidence: tuple[Evidence, ...], spotter: Spotter) -> Iterator[str]:
    if not evidence:
        return
    first, *others = evidence
    yield f"  decided by {first.rule}, on '{first.matched}' in {first.where}"
    spot = spotter.find(first)
    if spot is not None:
        yield from (f"    {line}" for line in underlined(spot))
    for other in others:
        yield f"  also spoke: {other.rule}, on '{other.matched}' in {other.where}"


def _consequences(case: Case) -> Iterator[str]:
    would = consequences(case)
    yield "what would be done:"
    yield f"  folder: {would['folder'] or 'stays where it is'}"
    yield f"  events: {', '.join(would['events']) or 'none'}"
    for change in case.decision.suppressions:
        yield f"  suppression: {change.address} {change.state}, for {change.reason}"
    if case.decision.review:
        yield f"  for a person to look at: {case.decision.review}"


def consequences(case: Case) -> dict[str, Any]:
    """Give what would be done, in the form that a dry run has it."""
    decision = case.decision
    return {
        "folder": case.folders.target(decision.filing),
        "events": [event.type for event in decision.events],
        "suppression": [
            {"address": change.address, "state": change.state, "reason": change.reason}
            for change in decision.suppressions
        ],
    }


def as_json(case: Case) -> dict[str, Any]:
    """Give the contract's JSON, what would be done, and where the deciding words stand."""
    spotter = Spotter(case.raw)
    evidences = [case.report.evidence, *(one.evidence for one in case.report.recipients)]
    decisive = [found[0] for found in evidences if found]
    spots = ((evidence, spotter.find(evidence)) for evidence in decisive)
    return {
        **report_to_dict(case.report, case.source),
        "would": consequences(case),
        "decided": [
            {"rule": evidence.rule, "line": spot.line, "text": spot.text, "decoded": spot.decoded}
            for evidence, spot in spots
            if spot is not None
        ],
        "overheard": [
            {"rule": evidence.rule, "matched": evidence.matched, "where": evidence.where, "why": why}
            for evidence, why in case.overheard
        ],
    }


def safe(line: str) -> str:
    """Make a line fit for a terminal: mail wrote parts of it."""
    return printable(line)
