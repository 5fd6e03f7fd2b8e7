"""Keep what is known of addresses: the standing decision, its log, and the queue for a person."""

from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection

from watcher.compact_json import dump
from watcher.decide.address import address_key
from watcher.decide.history import Act, SuppressionChange
from watcher.store.suppressed import erasure_key, hashed
from watcher.store.times import to_text, to_text_or_none


def change_suppressions(sql: Connection, changes: Iterable[SuppressionChange], now: datetime) -> None:
    """Set the standing decisions on addresses, in their order, and log that they were set."""
    standing: list[dict[str, str | None]] = []
    logged: list[dict[str, str | None]] = []
    for change in changes:
        values = _values(change, now)
        # Who is only watched is not on the list: the facts alone tell of it.
        if change.state != "watch" and (change.state, change.before) != ("active", "watch"):
            logged.append(values)
        if change.state != "active":
            standing.append(values)
            continue
        sql.executemany(_SET, standing)
        standing = []
        _take_off(sql, str(values["key"]))
    sql.executemany(_SET, standing)
    sql.executemany(_LOG, logged)


def _take_off(sql: Connection, key: str) -> None:
    secret = erasure_key(sql)
    erased = None if secret is None else hashed(key, secret)
    sql.execute(
        "DELETE FROM suppressions WHERE address_key = :key OR address_key = :erased",
        {"key": key, "erased": erased},
    )


def _values(change: SuppressionChange, now: datetime) -> dict[str, str | None]:
    return {
        "key": address_key(change.address),
        "address": change.address,
        "state": change.state,
        "reason": change.reason,
        "since": to_text(change.since),
        "until": to_text_or_none(change.until),
        "source": change.source,
        "changed": to_text(now),
        "cause": change.cause,
        "led_by": dump(change.led_by).decode(),
        "before": change.before,
        "who": change.who,
        "why": change.why,
        "events": dump(change.events).decode(),
    }


_SET = (
    "INSERT INTO suppressions (address_key, address, state, reason, since, until, source, changed, cause,"
    " led_by) VALUES (:key, :address, :state, :reason, :since, :until, :source, :changed, :cause, :led_by)"
    " ON CONFLICT (address_key) DO UPDATE SET address = excluded.address, state = excluded.state,"
    " reason = excluded.reason, since = excluded.since, until = excluded.until, source = excluded.source,"
    " changed = excluded.changed, cause = excluded.cause, led_by = excluded.led_by"
)
_LOG = (
    "INSERT INTO suppression_log (address_key, address, state, reason, since, until, source, changed,"
    " state_before, who, why, events) VALUES (:key, :address, :state, :reason, :since, :until, :source,"
    " :changed, :before, :who, :why, :events)"
)


def add_act(sql: Connection, act: Act, now: datetime) -> None:
    """Write down what a person or a program said of an address."""
    sql.execute(
        "INSERT INTO acts (address_key, address, act, cause, reason, source, who, why, since, until,"
        " recorded) VALUES (:key, :address, :act, :cause, :reason, :source, :who, :why, :since, :until,"
        " :now)",
        {
            "key": address_key(act.address),
            "address": act.address,
            "act": act.verb,
            "cause": act.cause,
            "reason": act.reason,
            "source": act.source,
            "who": act.who,
            "why": act.why,
            "since": to_text(act.since),
            "until": to_text_or_none(act.until),
            "now": to_text(now),
        },
    )


def lapsed(sql: Connection, now: datetime, limit: int) -> list[str]:
    """Give the keys of addresses whose suppression is past its time."""
    rows = sql.execute(
        "SELECT address_key FROM suppressions WHERE until <= :now ORDER BY until LIMIT :limit",
        {"now": to_text(now), "limit": limit},
    )
    return [row["address_key"] for row in rows]


def mailbox_of(sql: Connection, fingerprint: str) -> str | None:
    """Give the mailbox in which a message was first met."""
    row = sql.execute(
        "SELECT mailbox FROM messages WHERE fingerprint = :fingerprint ORDER BY id LIMIT 1",
        {"fingerprint": fingerprint},
    ).fetchone()
    return None if row is None else str(row["mailbox"])
