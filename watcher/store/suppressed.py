"""Answer who is not to be mailed, page through the list, and tell its log.

An address that was erased on request is kept as a keyed hash of it alone, and is found by that.
"""

import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from sqlite3 import Connection, Row
from typing import Literal

from watcher.decide.address import address_key
from watcher.decide.history import Suppression
from watcher.decide.standing import may_mail
from watcher.store.records import Listed, Logged, Wanted
from watcher.store.times import from_text, from_text_or_none, to_text


ERASED = "hmac-sha256:"  # what the key of an erased address begins with
PAGE = 1000  # rows at a time


def erasure_key(sql: Connection) -> bytes | None:
    """Give the key of the hashes of erased addresses, None where none was ever erased."""
    row = sql.execute("SELECT value FROM store_keys WHERE name = 'erasure'").fetchone()
    return None if row is None else bytes.fromhex(row["value"])


def hashed(key: str, secret: bytes) -> str:
    """Give what stays of an erased address."""
    return ERASED + hmac.new(secret, key.encode("utf-8", "surrogatepass"), sha256).hexdigest()


def own_suppression(sql: Connection, key: str, secret: bytes | None) -> Suppression | None:
    """Give the standing decision on an address or domain, under its key or under the hash of it."""
    row = sql.execute(_ONE, {"key": key}).fetchone()
    if row is None and secret is not None:
        row = sql.execute(_ONE, {"key": hashed(key, secret)}).fetchone()
    return None if row is None else _suppression(row)


def check(sql: Connection, addresses: Iterable[str], now: datetime) -> list[tuple[str, Suppression | None]]:
    """Give for each address what stands in the way of mailing it, or how else it stands; None: nothing."""
    secret = erasure_key(sql)
    return [(address, _standing(sql, address_key(address.strip()), secret, now)) for address in addresses]


def _standing(sql: Connection, key: str, secret: bytes | None, now: datetime) -> Suppression | None:
    own = own_suppression(sql, key, secret)
    row = sql.execute(_ONE, {"key": f"@{key.rpartition('@')[2]}"}).fetchone()
    if row is None:
        released, domain = None, None
    else:
        released, domain = _released(sql, key), _suppression(row)
    found = may_mail(own, domain, released, now)
    if found is not None or own is None or (own.until is not None and own.until <= now):
        return found
    return own


def _released(sql: Connection, key: str) -> datetime | None:
    row = sql.execute(
        "SELECT max(since) AS since FROM acts WHERE address_key = :key AND act = 'release'", {"key": key}
    ).fetchone()
    return from_text_or_none(row["since"])


_ONE = "SELECT state, reason, since, until, cause, source, led_by FROM suppressions WHERE address_key = :key"


def page(sql: Connection, wanted: Wanted, after: str, limit: int, now: datetime) -> list[Listed]:
    """Give at most `limit` rows of the list beyond a key, in the order of the keys."""
    conditions = ["address_key > :after", "(until IS NULL OR until > :now)"]
    if wanted.state is None:
        conditions.append("state <> 'watch'")
    named = [name for name in ("state", "reason", "source") if getattr(wanted, name) is not None]
    conditions += [f"{name} = :{name}" for name in named]
    values = {
        "after": after,
        "now": to_text(now),
        "limit": limit,
        "state": wanted.state,
        "reason": wanted.reason,
        "source": wanted.source,
    }
    rows = sql.execute(
        "SELECT address_key, address, state, reason, since, until, source, cause FROM suppressions"  # noqa: S608
        f" WHERE {' AND '.join(conditions)} ORDER BY address_key LIMIT :limit",
        values,
    )
    return [
        Listed(
            key=row["address_key"],
            address=row["address"],
            state=row["state"],
            reason=row["reason"],
            since=from_text(row["since"]),
            until=from_text_or_none(row["until"]),
            source=row["source"],
            cause=row["cause"],
        )
        for row in rows
    ]


def words(sql: Connection, column: Literal["reason", "source"]) -> frozenset[str]:
    """Give every word that a row of the list has in a column."""
    return frozenset(row[column] for row in sql.execute(f"SELECT DISTINCT {column} FROM suppressions"))  # noqa: S608


def log_of(sql: Connection, key: str) -> list[Logged]:
    """Give every change of how an address stood, oldest first."""
    rows = sql.execute("SELECT * FROM suppression_log WHERE address_key = :key ORDER BY id", {"key": key})
    return [
        Logged(
            before=row["state_before"],
            # Version 1 logged the end of a quarantine under another word.
            after="active" if row["state"] == "removed" else row["state"],
            reason=row["reason"],
            since=from_text(row["since"]),
            until=from_text_or_none(row["until"]),
            source=row["source"],
            who=row["who"],
            why=row["why"],
            events=tuple(json.loads(row["events"])),
            changed=from_text(row["changed"]),
        )
        for row in rows
    ]


def _suppression(row: Row) -> Suppression:
    return Suppression(
        state=row["state"],
        reason=row["reason"],
        since=from_text(row["since"]),
        until=from_text_or_none(row["until"]),
        cause=row["cause"],
        source=row["source"],
        led_by=tuple(json.loads(row["led_by"])),
    )
