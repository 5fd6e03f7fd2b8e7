"""Webhooks and outbox rows to deliver in tests."""

from datetime import UTC, datetime

from watcher.config.webhook import Webhook
from watcher.store.delivery_records import OutboxRow


SECRET = "whsec_" + "c2FtcGxlIHNlY3JldCBvZiB0aGlydHktdHdvIGJ5dGU="
OTHER_SECRET = "whsec_" + "YW5vdGhlciBzZWNyZXQgZm9yIHdoaWxlIHJvdGF0aW5n"
START = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)


def webhook(url: str, **keys: object) -> Webhook:
    return Webhook.model_validate({"name": "app", "url": url, "secret": SECRET} | keys)


def row(number: int, endpoint: str = "app", due: datetime = START) -> OutboxRow:
    body = f'{{"type":"bounce.hard","number":{number}}}'.encode()
    return OutboxRow(f"event-{number}", endpoint, "bounce.hard", body, due)
