"""Give what is known of addresses: facts, what people said, the standing decision."""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection, Row

from watcher.decide.address import address_key
from watcher.decide.history import Act, Fact, History, Verb, order
from watcher.model import Action, BounceClass, Kind, Level
from watcher.store.many import rows_of
from watcher.store.suppressed import erasure_key, hashed, own_suppression
from watcher.store.times import from_text, from_text_or_none


# Newest first: more say nothing new and would slow every decision.  Those that are verified or strong have as
# much room again, so that no stranger can push them out.
MOST_PROOFS = 20  # that a domain is alive
MOST_FACTS = 500  # of one address
_NOTHING = History()


def histories(sql: Connection, addresses: Iterable[str], *, domains: bool = True) -> dict[str, History]:
    """Give the history of each address, under its key; an unknown one has an empty history.

    "@example.com" asks for what was said of that domain by way of any of its addresses.  Without `domains`
    nothing is to follow from that alone: it is given only where something was decided or said of the domain.
    """
    secret = erasure_key(sql)
    keys = list({address_key(address) for address in addresses})
    known = _known(sql, keys, secret, domains=domains)
    return {key: _history(sql, key, secret) if key in known else _NOTHING for key in keys}


def _known(sql: Connection, keys: Sequence[str], secret: bytes | None, *, domains: bool) -> set[str]:
    """Tell of which addresses and domains anything is known; of most new mail, of few."""
    found = _among(sql, _OF_KEYS + _OF_DOMAINS if domains else _OF_KEYS, keys)
    if secret is not None:
        erased = {hashed(key, secret): key for key in keys}
        found.update(erased[name] for name in _among(sql, _OF_HASHES, list(erased)))
    return found


def _among(sql: Connection, query: str, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for rows, values in rows_of([(key,) for key in keys]):
        found.update(row["key"] for row in sql.execute(query.format(rows=rows), values))
    return found


_OF_HASHES = (
    "WITH wanted (key) AS (VALUES {rows}) SELECT key FROM wanted"
    " WHERE EXISTS (SELECT 1 FROM suppressions WHERE address_key = key)"
)
_OF_KEYS = (
    f"{_OF_HASHES}"  # noqa: S608 - all of it is ours
    " OR EXISTS (SELECT 1 FROM facts WHERE address_key = key)"
    " OR EXISTS (SELECT 1 FROM acts WHERE address_key = key)"
)
_OF_DOMAINS = " OR EXISTS (SELECT 1 FROM facts WHERE domain = substr(key, 2) AND proof = 0)"


def _history(sql: Connection, key: str, secret: bytes | None) -> History:
    facts = _domain_facts(sql, key[1:]) if key.startswith("@") else _newest(sql, _OF_ADDRESS, key, MOST_FACTS)
    said = sql.execute("SELECT * FROM acts WHERE address_key = :key ORDER BY id", {"key": key}).fetchall()
    return History(facts, own_suppression(sql, key, secret), tuple(map(_act_of, said)))


def _domain_facts(sql: Connection, domain: str) -> tuple[Fact, ...]:
    gone = _newest(sql, _OF_DOMAIN, domain, MOST_FACTS)
    if not gone:
        return ()
    return tuple(sorted((*gone, *_newest(sql, _PROOFS_OF_DOMAIN, domain, MOST_PROOFS)), key=order))


def _newest(sql: Connection, query: str, key: str, limit: int) -> tuple[Fact, ...]:
    rows = sql.execute(query.format(proven=""), {"key": key, "limit": limit}).fetchall()
    if len(rows) < limit:
        return tuple(fact_of(row) for row in reversed(rows))
    rows += sql.execute(query.format(proven=_PROVEN), {"key": key, "limit": limit}).fetchall()
    return tuple(
        sorted({(row["fingerprint"], row["place"]): fact_of(row) for row in rows}.values(), key=order)
    )


_PROVEN = " AND level IN ('verified', 'strong')"  # word for word as in the indexes for it
_OF_ADDRESS = (
    "SELECT * FROM facts WHERE address_key = :key{proven}"
    " ORDER BY received DESC, fingerprint DESC, place DESC LIMIT :limit"
)
_OF_DOMAIN = _OF_ADDRESS.replace("address_key = :key", "domain = :key AND proof = 0")
_PROOFS_OF_DOMAIN = _OF_ADDRESS.replace("address_key = :key", "domain = :key AND proof = 1")


def fact_of(row: Row) -> Fact:
    """Give the fact that a row holds."""
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


def _act_of(row: Row) -> Act:
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
