"""Let addresses go whose time on the list is over, and tell the endpoints that asked for it.

An address counts as free from the very moment; that it is told may come up to a day later.
"""

from collections.abc import Sequence
from datetime import datetime

from watcher.config.webhook import Webhook
from watcher.decide.policy import Policy
from watcher.service.listing import Keeper
from watcher.store import Store


_AT_ONCE = 500


def release_lapsed(store: Store, webhooks: Sequence[Webhook], policy: Policy, now: datetime) -> int:
    """Settle anew how the addresses stand whose time is over; tell how many may be mailed again."""
    keeper = Keeper(store, policy, webhooks)
    count, before = 0, None
    while (keys := store.lapsed(now, _AT_ONCE)) and keys != before:
        before = keys
        with store.transaction():
            histories = store.histories(keys)
            count += sum(keeper.settle(key, histories[key], now) for key in keys)
    return count
