"""Tell how sure we are that a report is about mail of our own."""

from watcher.authenticity.level import assess


__all__ = ["assess"]
