"""Write an event as Mailgun's webhooks have it: the `event-data`; the signature is added on each try."""

from typing import Any

from watcher.deliver.shapes.facts import address_of, bare, header_of, original_of, recipient_of, seconds_of
from watcher.deliver.shapes.names import MAILGUN, find_name
from watcher.deliver.shapes.standard import fit
from watcher.events import Event


_EVENTS = frozenset(
    {"complained", "unsubscribed", "delivered"}
)  # the others are `severity/reason` of a failure

_LOG_LEVELS = {"permanent": "error", "temporary": "warn"}


def encode(event: Event) -> bytes | None:
    """Give the `event-data` of an event, None where Mailgun has no word for it."""
    name = find_name(event, MAILGUN)
    address = address_of(event)
    if name is None or address is None:
        return None
    said: dict[str, Any] = {"event": name}
    if name not in _EVENTS:
        severity, _, reason = name.partition("/")
        said = {"event": "failed", "severity": severity, "reason": reason}
    original, campaign = original_of(event), header_of(event, "X-Campaign-ID")
    return fit({
        **said,
        "id": event.event_id[:22],
        "timestamp": float(seconds_of(event)),
        "log-level": _LOG_LEVELS.get(said.get("severity", ""), "info"),
        "recipient": address,
        "recipient-domain": address.rpartition("@")[2],
        "message": {
            "headers": {
                "message-id": bare(original.get("message_id")),
                "from": original.get("from"),
                "to": ", ".join(original.get("to") or ()),
                "subject": original.get("subject"),
            },
        },
        "delivery-status": _status(event),
        "tags": [campaign] if campaign else [],
        "campaigns": [],
        "user-variables": {"event_id": event.event_id, "event_type": event.type},
        "flags": {"is-delayed-bounce": said["event"] == "failed"},
    })  # fmt: skip


def _status(event: Event) -> dict[str, Any]:
    recipient = recipient_of(event)
    return {
        "code": recipient.get("reply_code"),
        "enhanced-code": recipient.get("status"),
        "message": recipient.get("diagnostic") or "",
        "description": recipient.get("reason") or "",
        "mx-host": recipient.get("remote_mta"),
        "bounce-type": recipient.get("class"),
    }
