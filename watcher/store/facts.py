"""Write what messages said of recipients, once for each message however often it is met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection

from watcher.decide.address import address_key
from watcher.decide.history import Fact, corrected, is_weaker
from watcher.model import Level
from watcher.store.histories import fact_of
from watcher.store.many import rows_of
from watcher.store.times import to_text


@dataclass(frozen=True, slots=True)
class Said:
    """All that one message says of recipients, and how sure it is."""

    fingerprint: str
    facts: Sequence[Fact]
    level: Level


def write_facts(sql: Connection, said: Sequence[Said]) -> None:
    """Write the facts of many messages, in their order; most of these are new, and go in together."""
    known = _known(sql, [each.fingerprint for each in said])
    fresh: list[Fact] = []
    for each in said:
        if each.fingerprint not in known:
            known.add(each.fingerprint)
            fresh += each.facts
        else:
            _insert(sql, fresh)  # what is corrected may be among these
            fresh = []
            _replace(sql, each)
    _insert(sql, fresh)


def said_by(sql: Connection, fingerprints: Iterable[str]) -> dict[str, list[Fact]]:
    """Give what messages said, by fingerprint, of those that were met before."""
    found: dict[str, list[Fact]] = {}
    for rows, values in rows_of([(name,) for name in set(fingerprints)]):
        for row in sql.execute(f"SELECT * FROM facts WHERE fingerprint IN (VALUES {rows})", values):  # noqa: S608
            found.setdefault(row["fingerprint"], []).append(fact_of(row))
    return found


def _known(sql: Connection, fingerprints: Sequence[str]) -> set[str]:
    """Tell of which messages there are facts."""
    found: set[str] = set()
    for rows, values in rows_of([(name,) for name in fingerprints]):
        query = f"SELECT DISTINCT fingerprint FROM facts WHERE fingerprint IN (VALUES {rows})"  # noqa: S608
        found.update(row["fingerprint"] for row in sql.execute(query, values))
    return found


def _replace(sql: Connection, said: Said) -> None:
    """Write all facts of a message, in place of those that it was read to say before, at no surer a level."""
    add_facts(sql, said.fingerprint, said.facts)
    last = max((fact.place for fact in said.facts), default=-1)
    for known in Level:
        if not is_weaker(said.level, known):
            sql.execute(
                "DELETE FROM facts WHERE fingerprint = :fingerprint AND place > :last AND word = 0"
                " AND level = :level",
                {"fingerprint": said.fingerprint, "last": last, "level": known},
            )


def add_facts(sql: Connection, fingerprint: str, facts: Sequence[Fact]) -> None:
    """Write facts of a message; one met again corrects what it said, at the time it first came."""
    for read in facts:
        fact = _corrected(sql, fingerprint, read)
        if fact is not None:
            _insert(sql, [replace(fact, fingerprint=fingerprint)])


def _corrected(sql: Connection, fingerprint: str, fact: Fact) -> Fact | None:
    """Give the fact as it is to be written; None where all but its date is to stay as it is."""
    at = {"fingerprint": fingerprint, "place": fact.place}
    row = sql.execute(
        "SELECT * FROM facts WHERE fingerprint = :fingerprint AND place = :place", at
    ).fetchone()
    if row is None:
        return fact
    known = fact_of(row)
    found = corrected(known, fact)
    if replace(found, received=known.received) != known:
        return found
    sql.execute(
        "UPDATE facts SET received = :received WHERE fingerprint = :fingerprint AND place = :place",
        at | {"received": to_text(found.received)},
    )
    return None


def _insert(sql: Connection, facts: Iterable[Fact]) -> None:
    sql.executemany(_INSERT, map(_values, facts))


_INSERT = (
    "INSERT INTO facts (fingerprint, place, address, address_key, domain, kind, action, class,"
    " reason, advice, level, original, held, proof, word, received) VALUES (:fingerprint, :place,"
    " :address, :key, :domain, :kind, :action, :class, :reason, :advice, :level, :original, :held,"
    " :proof, :word, :received)"
    " ON CONFLICT (fingerprint, place) DO UPDATE SET address = excluded.address,"
    " address_key = excluded.address_key, domain = excluded.domain, kind = excluded.kind,"
    " action = excluded.action, proof = excluded.proof, word = excluded.word,"
    " class = excluded.class, reason = excluded.reason, advice = excluded.advice,"
    " level = excluded.level, original = excluded.original, held = excluded.held,"
    " received = excluded.received"
)


def _values(fact: Fact) -> dict[str, str | int | None]:
    return {
        "fingerprint": fact.fingerprint,
        "place": fact.place,
        "address": fact.address,
        "key": None if fact.address is None else address_key(fact.address),
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
    }
