"""Drop what is older than the config wants it kept.

What is still to be done is never dropped: unfiled messages, results not yet written, deliveries due,
open reviews.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection

from watcher.store.times import to_text


@dataclass(frozen=True, slots=True)
class Keep:
    """How long to keep what; None keeps it for good."""

    facts: timedelta | None
    delivered_events: timedelta | None
    dead_events: timedelta | None


def purge(sql: Connection, keep: Keep, now: datetime) -> int:
    """Drop what is past its time; tell how many rows went."""
    dropped = 0
    if keep.delivered_events is not None:
        dropped += _forget_bodies(sql, "delivered", now - keep.delivered_events)
    if keep.dead_events is not None:
        dropped += _forget_bodies(sql, "dead", now - keep.dead_events)
    if keep.facts is not None:
        dropped += _drop_facts(sql, now - keep.facts)
    return dropped


def _forget_bodies(sql: Connection, state: str, before: datetime) -> int:
    # The id stays as long as the facts do: a message met again must not be notified again.
    return sql.execute(
        "UPDATE outbox SET body = NULL WHERE state = :state AND finished < :before AND body IS NOT NULL",
        {"state": state, "before": to_text(before)},
    ).rowcount


def _drop_facts(sql: Connection, before: datetime) -> int:
    limit = {"before": to_text(before)}
    facts = sql.execute("DELETE FROM facts WHERE received < :before", limit).rowcount
    events = sql.execute("DELETE FROM outbox WHERE body IS NULL AND finished < :before", limit).rowcount
    messages = sql.execute(
        "DELETE FROM messages WHERE recorded < :before AND (target IS NULL OR moved IS NOT NULL)"
        " AND id NOT IN (SELECT message FROM results_pending)"
        " AND id NOT IN (SELECT message FROM review WHERE resolved IS NULL)",
        limit,
    ).rowcount
    return facts + events + messages
