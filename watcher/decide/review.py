"""Choose what a person should look at before anybody is told.

A bounce, complaint or request about which the reader is not sure is held back; an undetermined bounce is
told, and queued too.  Where only proven reports count, whatever is not proven is held back.
"""

from watcher.decide.policy import TRUSTED
from watcher.model import Action, BounceClass, Kind, Level, Report


MESSAGE = -1  # the place of the message itself, where it names no recipient

_DOUBTED = frozenset({Kind.BOUNCE, Kind.COMPLAINT, Kind.REQUEST})
_JUDGED = frozenset({Action.FAILED, Action.DELAYED})  # recipients of a bounce that have a verdict
_TOLD = _DOUBTED | {Kind.DELAY, Kind.DELIVERY, Kind.AUTO_REPLY, Kind.CHALLENGE, Kind.RECEIPT}


def held_places(report: Report, review_below: float, *, enforce: bool = False) -> frozenset[int]:
    """Give the places of the recipients whose events wait for a person."""
    if report.authenticity.level is Level.CONTRADICTED:
        return frozenset()
    unproven = enforce and report.kind in _TOLD and report.authenticity.level not in TRUSTED
    if report.kind not in _DOUBTED and not unproven:
        return frozenset()
    if unproven or report.confidence < review_below:
        return frozenset(range(len(report.recipients))) or frozenset({MESSAGE})
    return frozenset(
        place
        for place, recipient in enumerate(report.recipients)
        if (recipient.action in _JUDGED or report.kind is not Kind.BOUNCE)
        and recipient.confidence < review_below
    )


def review_reason(report: Report, held: frozenset[int], *, enforce: bool = False) -> str | None:
    """Say in a word why a person should look at a message, or None."""
    if report.authenticity.level is Level.CONTRADICTED:
        return None  # filed as suspicious, and told as rejected
    if report.kind is Kind.UNREADABLE:
        return "unreadable"
    if held:
        return "unproven" if enforce and report.authenticity.level not in TRUSTED else "low_confidence"
    return _told_and_queued(report)


def _told_and_queued(report: Report) -> str | None:
    """Say why a person should look at a message that is told all the same."""
    if report.kind is Kind.AUTO_REPLY and report.advice == "review":
        return "person_left"
    if report.kind is not Kind.BOUNCE:
        return None
    if not report.recipients:
        return "no_recipient"
    undetermined = any(r.bounce_class is BounceClass.UNDETERMINED for r in report.recipients)
    return "undetermined" if undetermined else None
