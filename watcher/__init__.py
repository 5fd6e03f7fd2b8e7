"""Bounce Watcher: reads return-path mailboxes and says which addresses failed, and why."""

__version__ = "0.1.0"
