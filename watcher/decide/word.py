"""Put a person's word into a report: what the reader was not sure of is what the person says."""

from dataclasses import dataclass, replace

from watcher.decide.address import address_key
from watcher.decide.policy import TRUSTED
from watcher.model import (
    Action,
    Authenticity,
    BounceClass,
    CodeClass,
    Evidence,
    Kind,
    Level,
    Recipient,
    Report,
)
from watcher.reader.ruleset.taxonomy import Reason


FIXED = ("confirm", "dismiss")  # verdicts that name no reason
ERASED = "erased"  # the evidence of a recipient who was taken out on request, and of whom nobody speaks


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says of a message, or of one recipient of it."""

    verdict: str  # confirm, dismiss, or the name of a reason
    recipient: str | None = None  # None: all that wait
    who: str = "unknown"
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A report with a person's word in it; `places` are the recipients that were spoken of."""

    report: Report
    places: frozenset[int]
    dismissed: bool = False


def speak(report: Report, word: Word, row: Reason | None) -> Spoken:
    """Give the report as the person has it; `row` is the reason that was named, if one was.

    ValueError says what is missing.
    """
    report = _with_recipient(report, word)
    places = _places(report, word)
    report = replace(report, authenticity=_vouched(report.authenticity), confidence=1.0)
    if word.verdict == "dismiss":
        return Spoken(report, places, dismissed=True)
    evidence = Evidence("review.person", word.verdict, "review")
    recipients = tuple(
        _judged(each, row, evidence) if place in places else each
        for place, each in enumerate(report.recipients)
    )
    report = replace(report, recipients=recipients, evidence=(evidence, *report.evidence))
    if row is None:
        return Spoken(report, places)
    if row.kind is Kind.BOUNCE:
        return Spoken(replace(report, kind=Kind.BOUNCE, reason=None, advice=None), places)
    return Spoken(replace(report, kind=row.kind, reason=row.name, advice=row.advice), places)


def _with_recipient(report: Report, word: Word) -> Report:
    """Add the recipient that the person names, where the reader found nobody."""
    if word.recipient is None or _place(report, word.recipient) is not None:
        return report
    named = [each for each in report.recipients if each.address is not None]
    if named:
        raise ValueError(f"{word.recipient}: not a recipient of this message; it names {named[0].address}")
    return replace(report, recipients=(Recipient(word.recipient),))


def _places(report: Report, word: Word) -> frozenset[int]:
    if word.recipient is None:
        return frozenset(place for place, each in enumerate(report.recipients) if not _is_erased(each))
    place = _place(report, word.recipient)
    return frozenset() if place is None else frozenset({place})


def _is_erased(recipient: Recipient) -> bool:
    return any(each.rule == ERASED for each in recipient.evidence)


def _place(report: Report, address: str) -> int | None:
    keys = [None if each.address is None else address_key(each.address) for each in report.recipients]
    key = address_key(address)
    return keys.index(key) if key in keys else None


def _vouched(found: Authenticity) -> Authenticity:
    """Take a report for our own because a person does."""
    if found.level in TRUSTED:
        return found
    return Authenticity(Level.STRONG, (*found.checks, ("person", "pass")))


def _judged(recipient: Recipient, row: Reason | None, evidence: Evidence) -> Recipient:
    """Give a recipient with the verdict of a person, or with the reader's own confirmed."""
    known = replace(recipient, confidence=1.0, evidence=(evidence, *recipient.evidence))
    if row is None:
        return known
    if row.kind is not Kind.BOUNCE:
        return replace(known, action=None, bounce_class=None, reason=None, fault=row.fault, advice=row.advice)
    temporary = recipient.code_class is CodeClass.TEMPORARY
    return replace(
        known,
        action=Action.FAILED,
        bounce_class=row.class_for(temporary=temporary) or BounceClass.UNDETERMINED,
        reason=row.name,
        fault=row.fault,
        advice=row.advice_for(temporary=temporary),
    )
