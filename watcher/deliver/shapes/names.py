"""Find what other services call an event: the `out_*` columns of `taxonomy.csv`.

The columns give the nearest name for a reason in its own class.  A verdict of another class goes out under
the names of that class at large: what is soft here must not read as final there, nor the other way round.
"""

from collections.abc import Mapping
from functools import cache

from watcher.events import Event
from watcher.model import BounceClass
from watcher.rules.files import CLASSIFY
from watcher.rules.taxonomy import load_taxonomy


POSTMARK = "out_postmark_type"
SENDGRID = "out_sendgrid_type_classification"
MAILGUN = "out_mailgun_severity_reason"
LISTMONK = "out_listmonk_type"

_BY_TYPE = {  # events whose names are those of one reason, whatever led to them
    "bounce.escalated": "mailbox_disabled",
    "delay.reported": "delay_warning",
    "delivery.confirmed": "delivered",
    "request.unsubscribe": "unsubscribe_request",
    "receipt.received": "read_receipt",
}
_BY_DEFAULT = {  # events that have several reasons, where the mail tells none
    "complaint.received": "complaint_abuse",
    "auto_reply.received": "auto_reply_other",
    "address.changed": "address_changed",
    "challenge.received": "challenge_response",
}
_AT_LARGE = {
    BounceClass.HARD: "mailbox_disabled",
    BounceClass.SOFT: "undetermined_temporary",
    BounceClass.BLOCK: "policy_rejected",
    BounceClass.UNDETERMINED: "undetermined_permanent",
}
_BOUNCES = {f"bounce.{found}": found for found in BounceClass}


@cache
def _rows() -> Mapping[str, tuple[BounceClass | None, Mapping[str, str]]]:
    taxonomy = load_taxonomy(CLASSIFY / "taxonomy.csv")
    return {row.name: (row.bounce_class, dict(row.outbound)) for row in taxonomy}


def find_name(event: Event, column: str) -> str | None:
    """Give the name of an event in a column; None where that service has none for it."""
    reason = _reason(event)
    name = None if reason is None else _rows()[reason][1].get(column)
    return None if name in {None, "", "-"} else name


def carried(column: str) -> frozenset[str]:
    """Give the types of events that a service has a name for."""
    rows = _rows()
    types = {kind: [reason] for kind, reason in (_BY_TYPE | _BY_DEFAULT).items()}
    types |= {kind: [_AT_LARGE[found]] for kind, found in _BOUNCES.items()}
    named = (
        kind
        for kind, reasons in types.items()
        if any(rows[r][1].get(column) not in {"", "-"} for r in reasons)
    )
    return frozenset(named)


def _reason(event: Event) -> str | None:
    recipient = event.data.get("recipient")
    if event.type in _BY_TYPE:
        return _BY_TYPE[event.type]
    said: str = (recipient.get("reason") if recipient else None) or ""
    if event.type in _BOUNCES:
        verdict = _BOUNCES[event.type]
        fits = said in _rows() and _rows()[said][0] is verdict
        return said if fits else _AT_LARGE[verdict]
    if event.type in _BY_DEFAULT:
        return said if said in _rows() else _BY_DEFAULT[event.type]
    return None
