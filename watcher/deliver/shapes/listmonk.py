"""Write an event for listmonk's own webhook, `POST /webhooks/bounce`: hard, soft or complaint."""

from typing import Any

from watcher.deliver.shapes.facts import address_of, header_of, recipient_of
from watcher.deliver.shapes.names import LISTMONK, find_name
from watcher.deliver.shapes.standard import fit
from watcher.events import Event


def encode(event: Event) -> bytes | None:
    """Give the body of an event, None where listmonk has no word for it."""
    name = find_name(event, LISTMONK)
    if name is None or address_of(event) is None:
        return None
    recipient, campaign = recipient_of(event), header_of(event, "X-Listmonk-Campaign")
    body: dict[str, Any] = {
        "email": address_of(event),
        "type": name,
        "source": "bounce-watcher",
        "created_at": event.timestamp,
        "meta": {
            "event_id": event.event_id,
            "event_type": event.type,
            "reason": recipient.get("reason"),
            "status": recipient.get("status"),
            "diagnostic": recipient.get("diagnostic"),
        },
    }
    return fit(body | ({"campaign_uuid": campaign} if campaign else {}))
