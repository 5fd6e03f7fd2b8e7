"""Write an event as Postmark's bounce, spam complaint and delivery webhooks: one JSON object.

What Postmark has no Type for is not sent.  `Inactive` says that the address should not be mailed: hard
bounces and complaints.  Ids are ours: `ID` is a number made of the event's, `Metadata` holds the whole.
"""

from typing import Any

from watcher.deliver.shapes.facts import address_of, bare, header_of, number_of, original_of, recipient_of
from watcher.deliver.shapes.names import POSTMARK, find_name
from watcher.deliver.shapes.standard import fit
from watcher.events import Event


_CODES = {  # TypeCode, and Postmark's own name of the type
    "HardBounce": (1, "Hard bounce"),
    "Transient": (2, "Message delayed"),
    "Unsubscribe": (16, "Unsubscribe request"),
    "Subscribe": (32, "Subscribe request"),
    "AutoResponder": (64, "Auto responder"),
    "AddressChange": (128, "Address change"),
    "DnsError": (256, "DNS error"),
    "SpamNotification": (512, "Spam notification"),
    "OpenRelayTest": (1024, "Open relay test"),
    "Unknown": (2048, "Unknown"),
    "SoftBounce": (4096, "Soft bounce"),
    "VirusNotification": (8192, "Virus notification"),
    "ChallengeVerification": (16384, "Spam challenge verification"),
    "BadEmailAddress": (100000, "Invalid email address"),
    "SpamComplaint": (100001, "Spam complaint"),
    "Blocked": (100006, "Blocked"),
    "SMTPApiError": (100007, "SMTP API error"),
    "DMARCPolicy": (100009, "DMARC policy"),
}
_INACTIVE = frozenset({"HardBounce", "BadEmailAddress", "SpamComplaint"})


def encode(event: Event) -> bytes | None:
    """Give the body of an event, None where Postmark has no word for it."""
    kind = find_name(event, POSTMARK)
    if kind is None or address_of(event) is None:
        return None
    if kind == "Delivery record":
        return fit(_delivery(event))
    return fit(_bounce(event, kind))


def _common(event: Event) -> dict[str, Any]:
    metadata = {"event_id": event.event_id, "event_type": event.type}
    campaign = header_of(event, "X-Campaign-ID")
    listmonk = header_of(event, "X-Listmonk-Campaign")
    metadata |= {"X-Listmonk-Campaign": listmonk} if listmonk else {}
    return {
        "ServerID": 0,
        "MessageStream": "outbound",
        "MessageID": bare(original_of(event).get("message_id")) or "",
        "Tag": campaign or "",
        "Metadata": metadata,
        "Details": recipient_of(event).get("diagnostic") or "",
    }


def _bounce(event: Event, kind: str) -> dict[str, Any]:
    code, name = _CODES[kind]
    reason = recipient_of(event).get("reason") or event.type
    return {
        "RecordType": "SpamComplaint" if kind == "SpamComplaint" else "Bounce",
        "ID": number_of(event),
        "Type": kind,
        "TypeCode": code,
        "Name": name,
        **_common(event),
        "Description": f"{name} ({reason})",
        "Email": address_of(event),
        "From": original_of(event).get("from") or "",
        "BouncedAt": event.timestamp,
        "DumpAvailable": False,
        "Inactive": kind in _INACTIVE,
        "CanActivate": kind != "SpamComplaint",
        "Subject": original_of(event).get("subject") or "",
    }


def _delivery(event: Event) -> dict[str, Any]:
    return {
        "RecordType": "Delivery",
        **_common(event),
        "Recipient": address_of(event),
        "DeliveredAt": event.timestamp,
    }
