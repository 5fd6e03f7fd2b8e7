"""State: one owner, one door."""

from watcher.store.retention import Keep
from watcher.store.store import Store


__all__ = ["Keep", "Store"]
