"""Write an event as CloudEvents 1.0.2 has it, in structured mode: our `data` in their envelope.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md.  `subject` is a digest
of the address, so that what only routes events need not see it.
"""

from hashlib import sha256
from urllib.parse import quote

from watcher.decide.address import address_key
from watcher.deliver.shapes.facts import address_of
from watcher.deliver.shapes.standard import fit
from watcher.events import Event


def encode(event: Event) -> bytes:
    """Give the body of an event."""
    mailbox, address = event.data.get("mailbox"), address_of(event)
    envelope = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": f"urn:bounce-watcher:mailbox:{quote(mailbox, safe='')}"
        if mailbox
        else "urn:bounce-watcher:self",
        "type": event.type,
        "time": event.timestamp,
        "datacontenttype": "application/json",
    }
    if address is not None:
        envelope["subject"] = f"sha256:{sha256(address_key(address).encode()).hexdigest()}"
    return fit({**envelope, "data": event.data})
