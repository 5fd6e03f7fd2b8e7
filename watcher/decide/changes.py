"""Say what changed in how an address stands, for the list, its log and the events."""

from dataclasses import replace
from datetime import datetime

from watcher.decide.history import STATES, Act, History, Suppression, SuppressionChange


def change_of(
    key: str, before: History, after: History, now: datetime, act: Act | None = None
) -> SuppressionChange | None:
    """Give the change from one history to the next, or None where the address stands as it did."""
    was = _valid(before.suppression, now)
    return None if was == after.suppression else change_to(key, was or before.suppression, after, act)


def change_to(key: str, was: Suppression | None, after: History, act: Act | None = None) -> SuppressionChange:
    """Give the change from one standing to another, which differ."""
    stands = after.suppression or was
    assert stands is not None
    if after.suppression is None:
        stands = replace(stands, state="active", until=None, led_by=())
    return SuppressionChange(
        address=_address(key, after, act),
        state=stands.state,
        reason=stands.reason,
        since=stands.since,
        until=stands.until,
        source=stands.source if act is None else act.source,
        cause=stands.cause,
        led_by=stands.led_by,
        before=None if was is None else was.state,
        who=None if act is None else act.who,
        why=None if act is None else act.why,
    )


def is_added(before: Suppression | None, after: Suppression | None, now: datetime) -> bool:
    """Tell whether an address is off limits that was not, or for longer."""
    was = _valid(before, now)
    if after is None or not after.blocks:
        return False
    return was is None or _weight(after) > _weight(was)


def is_removed(before: Suppression | None, after: Suppression | None) -> bool:
    """Tell whether an address may be mailed again."""
    return before is not None and before.blocks and (after is None or not after.blocks)


def _weight(suppression: Suppression) -> int:
    return STATES.index(suppression.state)


def _valid(suppression: Suppression | None, now: datetime) -> Suppression | None:
    if suppression is None or (suppression.until is not None and suppression.until <= now):
        return None
    return suppression


def _address(key: str, history: History, act: Act | None) -> str:
    """Give the address as it was last written; a domain is its own key."""
    if key.startswith("@"):
        return key
    written = [fact.address for fact in history.facts if fact.address is not None]
    said = [each.address for each in (*history.acts, *([act] if act else []))]
    return (written or said or [key])[-1]
