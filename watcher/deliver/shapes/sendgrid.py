"""Write an event as an item of SendGrid's event webhook; the list is made around it on each try."""

from typing import Any

from watcher.deliver.shapes.facts import address_of, bare, header_of, original_of, recipient_of, seconds_of
from watcher.deliver.shapes.names import SENDGRID, find_name
from watcher.deliver.shapes.standard import fit
from watcher.events import Event


def encode(event: Event) -> bytes | None:
    """Give the item of an event, None where SendGrid has no word for it."""
    name = find_name(event, SENDGRID)
    if name is None or address_of(event) is None:
        return None
    original, recipient = original_of(event), recipient_of(event)
    item: dict[str, Any] = {
        "email": address_of(event),
        "timestamp": seconds_of(event),
        **_what(name),
        "sg_event_id": event.event_id,
        "sg_message_id": bare(original.get("message_id")) or "",
        "smtp-id": original.get("message_id") or "",
        "event_type": event.type,
    }
    if name not in {"spamreport", "unsubscribe", "delivered"}:
        item["reason"] = recipient.get("diagnostic") or recipient.get("reason") or ""
        item |= {"status": recipient["status"]} if recipient.get("status") else {}
    campaign, listmonk = header_of(event, "X-Campaign-ID"), header_of(event, "X-Listmonk-Campaign")
    item |= {"category": [campaign]} if campaign else {}
    item |= {"XListmonkCampaign": listmonk} if listmonk else {}
    return fit(item)


def _what(name: str) -> dict[str, str]:
    """Read `bounce/Invalid Address`, `blocked/Content`, `dropped/Bounced Address`, `deferred`."""
    kind, slash, classification = name.partition("/")
    if kind == "dropped":
        return {"event": "dropped"}
    if not slash:
        return {"event": kind}
    return {"event": "bounce", "type": kind, "bounce_classification": classification}
