"""Keep what is known of addresses: facts, the standing decision, its log, and the queue for a person."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from sqlite3 import Connection, Row

from watcher.decide.address import address_key
from watcher.decide.history import Fact, History, Suppression, SuppressionChange
from watcher.events import Release
from watcher.model import Action, BounceClass, Kind, Level
from watcher.store.times import from_text, from_text_or_none, to_text, to_text_or_none


MOST_FACTS = 500  # of one address, newest first: more say nothing new and would slow every decision


def add_facts(sql: Connection, fingerprint: str, facts: Sequence[Fact]) -> None:
    """Write a message's facts; a message met again corrects what it said, at the time it first came."""
    for fact in facts:
        sql.execute(
            "INSERT INTO facts (fingerprint, place, address, address_key, kind, action, class, reason,"
            " advice, level, original, held, received) VALUES (:fingerprint, :place, :address, :key, :kind,"
            " :action, :class, :reason, :advice, :level, :original, :held, :received)"
            " ON CONFLICT (fingerprint, place) DO UPDATE SET address = excluded.address,"
            " address_key = excluded.address_key, kind = excluded.kind, action = excluded.action,"
            " class = excluded.class, reason = excluded.reason, advice = excluded.advice,"
            " level = excluded.level, original = excluded.original, held = excluded.held, received = CASE"
            " WHEN excluded.received < facts.received THEN excluded.received ELSE facts.received END",
            {
                "fingerprint": fingerprint,
                "place": fact.place,
                "address": fact.address,
                "key": None if fact.address is None else address_key(fact.address),
                "kind": fact.kind,
                "action": fact.action,
                "class": fact.bounce_class,
                "reason": fact.reason,
                "advice": fact.advice,
                "level": fact.level,
                "original": fact.original,
                "held": int(fact.held),
                "received": to_text(fact.received),
            },
        )
    places = {fact.place for fact in facts}
    sql.execute(
        "DELETE FROM facts WHERE fingerprint = :fingerprint AND place > :last",
        {"fingerprint": fingerprint, "last": max(places, default=-1)},
    )


def histories(sql: Connection, addresses: Iterable[str]) -> dict[str, History]:
    """Give the history of each address, under its key; an unknown one has an empty history."""
    return {key: _history(sql, key) for key in {address_key(address) for address in addresses}}


def _history(sql: Connection, key: str) -> History:
    rows = sql.execute(
        "SELECT * FROM facts WHERE address_key = :key ORDER BY received DESC, fingerprint DESC, place DESC"
        " LIMIT :limit",
        {"key": key, "limit": MOST_FACTS},
    ).fetchall()
    return History(tuple(_fact(row) for row in reversed(rows)), suppression(sql, key))


def suppression(sql: Connection, key: str) -> Suppression | None:
    """Give the standing decision on an address."""
    row = sql.execute("SELECT * FROM suppressions WHERE address_key = :key", {"key": key}).fetchone()
    if row is None:
        return None
    return Suppression(row["state"], row["reason"], from_text(row["since"]), from_text_or_none(row["until"]))


def change_suppression(sql: Connection, change: SuppressionChange, now: datetime) -> None:
    """Set the standing decision on an address, and log that it was set."""
    values = {
        "key": address_key(change.address),
        "address": change.address,
        "state": change.state,
        "reason": change.reason,
        "since": to_text(change.since),
        "until": to_text_or_none(change.until),
        "source": change.source,
        "changed": to_text(now),
    }
    sql.execute(
        "INSERT INTO suppressions (address_key, address, state, reason, since, until, source, changed)"
        " VALUES (:key, :address, :state, :reason, :since, :until, :source, :changed)"
        " ON CONFLICT (address_key) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
        " since = excluded.since, until = excluded.until, source = excluded.source,"
        " changed = excluded.changed",
        values,
    )
    sql.execute(
        "INSERT INTO suppression_log (address_key, address, state, reason, since, until, source, changed)"
        " VALUES (:key, :address, :state, :reason, :since, :until, :source, :changed)",
        values,
    )


def release_lapsed(sql: Connection, now: datetime, limit: int) -> list[Release]:
    """End the quarantines that are past their time, log that they ended, and tell which they were."""
    rows = sql.execute(
        "DELETE FROM suppressions WHERE address_key IN (SELECT address_key FROM suppressions"
        " WHERE state = 'quarantined' AND until <= :now ORDER BY until LIMIT :limit)"
        " RETURNING address_key, address, reason, since, until, source",
        {"now": to_text(now), "limit": limit},
    ).fetchall()
    sql.executemany(
        "INSERT INTO suppression_log (address_key, address, state, reason, since, until, source, changed)"
        " VALUES (:address_key, :address, 'removed', :reason, :since, :until, :source, :changed)",
        [{**dict(row), "changed": to_text(now)} for row in rows],
    )
    return [
        Release(
            row["address"],
            row["address_key"],
            from_text(row["since"]),
            from_text(row["until"]),
            _mailbox(sql, row["source"]),
        )
        for row in rows
    ]


def _mailbox(sql: Connection, fingerprint: str) -> str | None:
    row = sql.execute(
        "SELECT mailbox FROM messages WHERE fingerprint = :fingerprint ORDER BY id LIMIT 1",
        {"fingerprint": fingerprint},
    ).fetchone()
    return None if row is None else str(row["mailbox"])


def open_review(sql: Connection, message: int, fingerprint: str, reason: str, now: datetime) -> None:
    """Queue a message for a person, once."""
    sql.execute(
        "INSERT INTO review (message, fingerprint, reason, opened)"
        " VALUES (:message, :fingerprint, :reason, :now)"
        " ON CONFLICT (fingerprint) DO NOTHING",
        {"message": message, "fingerprint": fingerprint, "reason": reason, "now": to_text(now)},
    )


def _fact(row: Row) -> Fact:
    return Fact(
        fingerprint=row["fingerprint"],
        place=row["place"],
        address=row["address"],
        kind=Kind(row["kind"]),
        action=None if row["action"] is None else Action(row["action"]),
        bounce_class=None if row["class"] is None else BounceClass(row["class"]),
        reason=row["reason"],
        advice=row["advice"],
        level=Level(row["level"]),
        original=row["original"],
        held=bool(row["held"]),
        received=from_text(row["received"]),
    )
