"""Choose how an address stands once a person or a program has spoken, or the time of a decision is over."""

from dataclasses import replace
from datetime import datetime

from watcher.decide.changes import change_of, change_to
from watcher.decide.history import Act, History, SuppressionChange
from watcher.decide.policy import Policy
from watcher.decide.standing import settle


def with_act(
    key: str, history: History, act: Act, policy: Policy, now: datetime
) -> tuple[History, SuppressionChange | None]:
    """Give the history with what was said added, and what changed by it."""
    said = replace(history, acts=(*history.acts, act))
    after = replace(said, suppression=settle(said, policy, now, domain=key.startswith("@")))
    return after, change_of(key, history, after, now, act)


def settled_anew(
    key: str, history: History, policy: Policy, now: datetime
) -> tuple[History, SuppressionChange | None]:
    """Give how an address stands as of now, and what changed by the mere passing of time."""
    after = replace(history, suppression=settle(history, policy, now, domain=key.startswith("@")))
    if after.suppression == history.suppression:
        return after, None
    return after, change_to(key, history.suppression, after)
