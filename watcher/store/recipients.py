"""Keep what is known of addresses: facts, the standing decision, its log, and the queue for a person."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from sqlite3 import Connection, Row

from watcher.decide.address import address_key
from watcher.decide.history import (
    Act,
    Fact,
    History,
    SuppressionChange,
    Verb,
    corrected,
    is_weaker,
    order,
)
from watcher.model import Action, BounceClass, Kind, Level
from watcher.store.suppressed import erasure_key, hashed, own_suppression
from watcher.store.times import from_text, from_text_or_none, to_text, to_text_or_none


# Newest first: more say nothing new and would slow every decision.  Those that are verified or strong have as
# much room again, so that no stranger can push them out.
MOST_PROOFS = 20  # that a domain is alive
MOST_FACTS = 500  # of one address


def replace_facts(sql: Connection, fingerprint: str, facts: Sequence[Fact], level: Level) -> None:
    """Write all facts of a message, in place of those that it was read to say before, at no surer a level."""
    add_facts(sql, fingerprint, facts)
    places = {fact.place for fact in facts}
    for known in Level:
        if not is_weaker(level, known):
            sql.execute(
                "DELETE FROM facts WHERE fingerprint = :fingerprint AND place > :last AND word = 0"
                " AND level = :level",
                {"fingerprint": fingerprint, "last": max(places, default=-1), "level": known},
            )


def add_facts(sql: Connection, fingerprint: str, facts: Sequence[Fact]) -> None:
    """Write facts of a message; one met again corrects what it said, at the time it first came."""
    for read in facts:
        fact = _corrected(sql, fingerprint, read)
        if fact is None:
            continue
        key = None if fact.address is None else address_key(fact.address)
        sql.execute(
            "INSERT INTO facts (fingerprint, place, address, address_key, domain, kind, action, class,"
            " reason, advice, level, original, held, proof, word, received) VALUES (:fingerprint, :place,"
            " :address, :key, :domain, :kind, :action, :class, :reason, :advice, :level, :original, :held,"
            " :proof, :word, :received)"
            " ON CONFLICT (fingerprint, place) DO UPDATE SET address = excluded.address,"
            " address_key = excluded.address_key, domain = excluded.domain, kind = excluded.kind,"
            " action = excluded.action, proof = excluded.proof, word = excluded.word,"
            " class = excluded.class, reason = excluded.reason, advice = excluded.advice,"
            " level = excluded.level, original = excluded.original, held = excluded.held,"
            " received = excluded.received",
            {
                "fingerprint": fingerprint,
                "place": fact.place,
                "address": fact.address,
                "key": key,
                "domain": fact.domain,
                "kind": fact.kind,
                "action": fact.action,
                "class": fact.bounce_class,
                "reason": fact.reason,
                "advice": fact.advice,
                "level": fact.level,
                "original": fact.original,
                "held": int(fact.held),
                "proof": int(fact.proof),
                "word": int(fact.word),
                "received": to_text(fact.received),
            },
        )


def _corrected(sql: Connection, fingerprint: str, fact: Fact) -> Fact | None:
    """Give the fact as it is to be written; None where all but its date is to stay as it is."""
    at = {"fingerprint": fingerprint, "place": fact.place}
    row = sql.execute(
        "SELECT * FROM facts WHERE fingerprint = :fingerprint AND place = :place", at
    ).fetchone()
    if row is None:
        return fact
    known = _fact(row)
    found = corrected(known, fact)
    if replace(found, received=known.received) != known:
        return found
    sql.execute(
        "UPDATE facts SET received = :received WHERE fingerprint = :fingerprint AND place = :place",
        at | {"received": to_text(found.received)},
    )
    return None


def histories(sql: Connection, addresses: Iterable[str]) -> dict[str, History]:
    """Give the history of each address, under its key; an unknown one has an empty history.

    "@example.com" asks for what was said of that domain by way of any of its addresses.
    """
    secret = erasure_key(sql)
    return {key: _history(sql, key, secret) for key in {address_key(address) for address in addresses}}


def _history(sql: Connection, key: str, secret: bytes | None) -> History:
    facts = _domain_facts(sql, key[1:]) if key.startswith("@") else _newest(sql, _OF_ADDRESS, key, MOST_FACTS)
    said = sql.execute("SELECT * FROM acts WHERE address_key = :key ORDER BY id", {"key": key}).fetchall()
    return History(facts, own_suppression(sql, key, secret), tuple(map(_act, said)))


def _domain_facts(sql: Connection, domain: str) -> tuple[Fact, ...]:
    gone = _newest(sql, _OF_DOMAIN, domain, MOST_FACTS)
    if not gone:
        return ()
    return tuple(sorted((*gone, *_newest(sql, _PROOFS_OF_DOMAIN, domain, MOST_PROOFS)), key=order))


def _newest(sql: Connection, query: str, key: str, limit: int) -> tuple[Fact, ...]:
    rows = sql.execute(query.format(proven=""), {"key": key, "limit": limit}).fetchall()
    if len(rows) < limit:
        return tuple(_fact(row) for row in reversed(rows))
    rows += sql.execute(query.format(proven=_PROVEN), {"key": key, "limit": limit}).fetchall()
    return tuple(sorted({(row["fingerprint"], row["place"]): _fact(row) for row in rows}.values(), key=order))


_PROVEN = " AND level IN ('verified', 'strong')"  # word for word as in the indexes for it
_OF_ADDRESS = (
    "SELECT * FROM facts WHERE address_key = :key{proven}"
    " ORDER BY received DESC, fingerprint DESC, place DESC LIMIT :limit"
)
_OF_DOMAIN = _OF_ADDRESS.replace("address_key = :key", "domain = :key AND proof = 0")
_PROOFS_OF_DOMAIN = _OF_ADDRESS.replace("address_key = :key", "domain = :key AND proof = 1")


def change_suppression(sql: Connection, change: SuppressionChange, now: datetime) -> None:
    """Set the standing decision on an address, and log that it was set."""
    key = address_key(change.address)
    values = {
        "key": key,
        "address": change.address,
        "state": change.state,
        "reason": change.reason,
        "since": to_text(change.since),
        "until": to_text_or_none(change.until),
        "source": change.source,
        "changed": to_text(now),
        "cause": change.cause,
        "led_by": json.dumps(change.led_by),
        "before": change.before,
        "who": change.who,
        "why": change.why,
        "events": json.dumps(change.events),
    }
    if change.state == "active":
        secret = erasure_key(sql)
        erased = None if secret is None else hashed(key, secret)
        sql.execute(
            "DELETE FROM suppressions WHERE address_key = :key OR address_key = :erased",
            {"key": key, "erased": erased},
        )
    else:
        sql.execute(_SET, values)
    # Who is only watched is not on the list: the facts alone tell of it.
    if change.state != "watch" and (change.state, change.before) != ("active", "watch"):
        sql.execute(_LOG, values)


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
        domain=row["domain"],
        proof=bool(row["proof"]),
        word=bool(row["word"]),
    )


def _act(row: Row) -> Act:
    return Act(
        address=row["address"],
        verb=Verb(row["act"]),
        cause=row["cause"],
        reason=row["reason"],
        source=row["source"],
        who=row["who"],
        since=from_text(row["since"]),
        until=from_text_or_none(row["until"]),
        why=row["why"],
    )
