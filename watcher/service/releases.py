"""Let addresses go whose quarantine has lapsed, and tell the endpoints that asked for it.

An address counts as free from the very moment; that it is told may come up to a day later.
"""

from collections.abc import Sequence
from datetime import datetime

from watcher.config.webhook import Webhook
from watcher.decide.history import History
from watcher.events import Event, Release, Standing, make_release_event
from watcher.model import Recipient
from watcher.reader.report_json import recipient_to_dict
from watcher.service.addressing import outbox_rows
from watcher.store import Store


_AT_ONCE = 500


def release_lapsed(store: Store, webhooks: Sequence[Webhook], now: datetime) -> int:
    """End the quarantines that are past their time, with their events; tell how many."""
    count = 0
    while some := _release_some(store, webhooks, now):
        count += some
    return count


def _release_some(store: Store, webhooks: Sequence[Webhook], now: datetime) -> int:
    with store.transaction():
        released = store.release_lapsed(now, _AT_ONCE)
        histories = store.histories(release.address for release in released)
        for release in released:
            event = _event(release, histories[release.key])
            store.queue_events(outbox_rows([event], release.mailbox, webhooks, now), now)
    return len(released)


def _event(release: Release, history: History) -> Event:
    standing = Standing(
        hard=history.hard,
        soft=history.soft,
        first_seen=history.first_seen,
        last_seen=history.last_seen,
        changed=True,
    )
    return make_release_event(release, recipient_to_dict(Recipient(release.address)), standing)
