"""Choose which events a report leads to: by action for each recipient, else by the message's kind."""

from dataclasses import dataclass

from watcher.decide.review import MESSAGE
from watcher.model import Action, BounceClass, Kind, Level, Recipient, Report


@dataclass(frozen=True, slots=True)
class Notice:
    """An event to be sent; `place` is the recipient's in the report, None for the message as a whole."""

    type: str
    place: int | None


# Kinds and reasons that are told; what stands in neither table is not.
_BY_REASON = {
    (Kind.AUTO_REPLY, "address_changed"): "address.changed",
    (Kind.REQUEST, "unsubscribe_request"): "request.unsubscribe",
}
_BY_KIND = {
    Kind.AUTO_REPLY: "auto_reply.received",
    Kind.CHALLENGE: "challenge.received",
    Kind.COMPLAINT: "complaint.received",
    Kind.RECEIPT: "receipt.received",
    Kind.UNREADABLE: "review.needed",
}


def notices(report: Report, held: frozenset[int]) -> tuple[Notice, ...]:
    """Give the events of a report, in the order of its recipients."""
    if report.authenticity.level is Level.CONTRADICTED:
        return _for_each(report, "authenticity.rejected")
    by_kind = _BY_REASON.get((report.kind, report.reason or "")) or _BY_KIND.get(report.kind)
    if not report.recipients:
        return _about_message(report, by_kind, held=MESSAGE in held)
    found = []
    for place, recipient in enumerate(report.recipients):
        event_type = _by_action(recipient) or by_kind
        if event_type is not None:
            found.append(Notice("review.needed" if place in held else event_type, place))
    return tuple(found)


def _for_each(report: Report, event_type: str) -> tuple[Notice, ...]:
    return tuple(Notice(event_type, place) for place in range(len(report.recipients))) or (
        Notice(event_type, None),
    )


def _about_message(report: Report, by_kind: str | None, *, held: bool) -> tuple[Notice, ...]:
    if report.kind is Kind.BOUNCE:  # somebody's copy failed, and nobody can say whose
        return (Notice("review.needed", None),)
    if by_kind is None:
        return ()
    return (Notice("review.needed" if held else by_kind, None),)


def _by_action(recipient: Recipient) -> str | None:
    match recipient.action:
        case Action.FAILED:
            return f"bounce.{recipient.bounce_class or BounceClass.UNDETERMINED}"
        case Action.DELAYED:
            return "delay.reported"
        case Action.DELIVERED | Action.RELAYED | Action.EXPANDED:
            return "delivery.confirmed"
        case None:
            return None
