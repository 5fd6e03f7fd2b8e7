"""Find out which endpoints want an event, and freeze its body for them."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from watcher.config.webhook import Webhook
from watcher.decide.address import address_key
from watcher.deliver.shapes.shape import Body, shape
from watcher.events import Event
from watcher.store.delivery_records import OutboxRow


log = logging.getLogger(__name__)


def outbox_rows(
    events: Iterable[Event], mailbox: str | None, webhooks: Sequence[Webhook], now: datetime
) -> Iterator[OutboxRow]:
    """Give a row for each endpoint that wants an event of this mailbox, and whose format can say it."""
    for event in events:
        shared: Body | None = None  # most endpoints share one body
        for hook in webhooks:
            if not _wants(hook, mailbox, event.type):
                continue
            plain = hook.format == "standard" and hook.syslog is None
            body = shared if plain and shared is not None else shape(event, hook)
            if plain:
                shared = body
            if body is not None:
                yield _row(event, hook, body, now)


def _row(event: Event, hook: Webhook, body: Body, now: datetime) -> OutboxRow:
    if body.error is not None:
        log.error("event_not_shaped event=%s endpoint=%s error=%s", event.event_id, hook.name, body.error)
    return OutboxRow(
        event_id=event.event_id,
        endpoint=hook.name,
        type=event.type,
        body=body.content,
        due=now + hook.retry[0],
        format=body.format,
        order_key=_order_key(event) if hook.order == "recipient" else None,
        error=body.error,
    )


def _order_key(event: Event) -> str | None:
    address = (event.data.get("recipient") or {}).get("address")
    return None if address is None else address_key(address)


def wanted_types(mailbox: str, webhooks: Sequence[Webhook]) -> frozenset[str] | None:
    """Give the types of events that any endpoint wants of a mailbox; None: all."""
    wanted = [hook.events for hook in webhooks if hook.mailboxes is None or mailbox in hook.mailboxes]
    return None if any("*" in events for events in wanted) else frozenset().union(*wanted)


def _wants(hook: Webhook, mailbox: str | None, event_type: str) -> bool:
    from_here = hook.mailboxes is None or mailbox in hook.mailboxes
    return from_here and ("*" in hook.events or event_type in hook.events)
