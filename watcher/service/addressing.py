"""Find out which endpoints want an event, and freeze its body for them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from watcher.config.webhook import Webhook
from watcher.deliver.shapes.standard import encode
from watcher.events import Event
from watcher.store.records import OutboxRow


def outbox_rows(
    events: Iterable[Event], mailbox: str | None, webhooks: Sequence[Webhook], now: datetime
) -> Iterator[OutboxRow]:
    """Give a row for each endpoint that wants an event of this mailbox."""
    for event in events:
        wanting = [hook for hook in webhooks if _wants(hook, mailbox, event.type)]
        body = encode(event) if wanting else b""
        for hook in wanting:
            yield OutboxRow(event.event_id, hook.name, event.type, body, now + hook.retry[0])


def _wants(hook: Webhook, mailbox: str | None, event_type: str) -> bool:
    from_here = hook.mailboxes is None or mailbox in hook.mailboxes
    return from_here and ("*" in hook.events or event_type in hook.events)
