"""Bounce Watcher: reads return-path mailboxes and says which addresses failed, and why."""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Offer `load_rules` here, read only when asked for: most commands need no rules."""
    if name != "load_rules":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from watcher.rules import load_rules  # noqa: PLC0415

    return load_rules
