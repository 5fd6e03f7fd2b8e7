"""Queue events and hand them out for delivery, at least once each.

A row that is taken carries a lease: if the process dies, the row is due again when the lease runs out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from sqlite3 import Connection, Row

from watcher.store.records import Delivery, OutboxRow
from watcher.store.times import from_text, from_text_or_none, to_text


def queue(sql: Connection, rows: Iterable[OutboxRow], now: datetime) -> None:
    """Add events; one that this endpoint was ever sent, or is to be sent, is not added again."""
    sql.executemany(
        "INSERT INTO outbox (event_id, endpoint, type, body, state, attempts, queued, due)"
        " VALUES (:event_id, :endpoint, :type, :body, 'due', 0, :queued, :due)"
        " ON CONFLICT (event_id, endpoint) DO NOTHING",
        [
            {
                "event_id": row.event_id,
                "endpoint": row.endpoint,
                "type": row.type,
                "body": row.body,
                "queued": to_text(now),
                "due": to_text(row.due),
            }
            for row in rows
        ],
    )


def take_due(
    sql: Connection, now: datetime, limit: int, lease: timedelta, endpoint: str | None
) -> list[Delivery]:
    """Lease the deliveries that are due, of one endpoint or of all, oldest first."""
    values = {"now": to_text(now), "until": to_text(now + lease), "limit": limit, "endpoint": endpoint}
    sql.execute(_EXPIRE if endpoint is None else _EXPIRE_FOR_ONE, values)
    taken = sql.execute(_TAKE if endpoint is None else _TAKE_FOR_ONE, values).fetchall()
    return [_delivery(row) for row in sorted(taken, key=itemgetter("due", "id"))]


_EXPIRE = (
    "UPDATE outbox SET lease_until = NULL"
    " WHERE state = 'due' AND lease_until IS NOT NULL AND lease_until <= :now"
)
_EXPIRE_FOR_ONE = f"{_EXPIRE} AND endpoint = :endpoint"  # which has its own index
_TAKE = (
    "UPDATE outbox SET lease_until = :until WHERE id IN (SELECT id FROM outbox"
    " WHERE state = 'due' AND lease_until IS NULL AND due <= :now ORDER BY due, id LIMIT :limit)"
    " RETURNING id, event_id, endpoint, type, body, attempts, queued, due"
)
_TAKE_FOR_ONE = _TAKE.replace("AND due <=", "AND endpoint = :endpoint AND due <=")


def next_due(sql: Connection, endpoint: str | None) -> datetime | None:
    """Tell when the next delivery can be taken: due, and under no lease."""
    queries = _NEXT if endpoint is None else _NEXT_FOR_ONE
    found = [sql.execute(query, {"endpoint": endpoint}).fetchone()["due"] for query in queries]
    return from_text_or_none(min((due for due in found if due is not None), default=None))


_NEXT = (
    "SELECT min(due) AS due FROM outbox WHERE state = 'due' AND lease_until IS NULL",
    "SELECT min(lease_until) AS due FROM outbox WHERE state = 'due' AND lease_until IS NOT NULL",
)
_NEXT_FOR_ONE = tuple(f"{query} AND endpoint = :endpoint" for query in _NEXT)


def waiting(sql: Connection) -> dict[str, int]:
    """Count the deliveries that wait, by endpoint."""
    rows = sql.execute("SELECT endpoint, count(*) AS n FROM outbox WHERE state = 'due' GROUP BY endpoint")
    return {row["endpoint"]: row["n"] for row in rows}


def failures(sql: Connection, since: datetime) -> dict[str, str]:
    """Give an error of each endpoint that let a delivery wait, or for which one died since then."""
    rows = sql.execute(
        "SELECT endpoint, max(last_error) AS error FROM outbox"
        " WHERE (state = 'due' AND attempts > 0) OR (state = 'dead' AND finished >= :since)"
        " GROUP BY endpoint",
        {"since": to_text(since)},
    )
    return {row["endpoint"]: row["error"] or "" for row in rows}


def finish(sql: Connection, row_id: int, state: str, now: datetime, error: str | None = None) -> None:
    """End a delivery as `delivered` or `dead`; a dead one is kept and can be sent again."""
    sql.execute(
        "UPDATE outbox SET state = :state, attempts = attempts + 1, finished = :now, lease_until = NULL,"
        " last_error = :error WHERE id = :id",
        {"id": row_id, "state": state, "now": to_text(now), "error": error},
    )


def retry(sql: Connection, row_id: int, due: datetime, error: str) -> None:
    """Count a failed try and set the time of the next."""
    sql.execute(
        "UPDATE outbox SET due = :due, attempts = attempts + 1, lease_until = NULL, last_error = :error"
        " WHERE id = :id",
        {"id": row_id, "due": to_text(due), "error": error},
    )


def release(sql: Connection) -> None:
    """End all leases, those of a process that is gone."""
    sql.execute("UPDATE outbox SET lease_until = NULL WHERE state = 'due' AND lease_until IS NOT NULL")


def pull_back(sql: Connection, now: datetime) -> int:
    """Make due what was queued in the future, before the clock was put right; tell how much."""
    done = sql.execute(
        "UPDATE outbox SET due = :now, queued = :now"
        " WHERE state = 'due' AND lease_until IS NULL AND queued > :now",
        {"now": to_text(now)},
    )
    return done.rowcount


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        event_id=row["event_id"],
        endpoint=row["endpoint"],
        type=row["type"],
        body=row["body"],
        attempts=row["attempts"],
        queued=from_text(row["queued"]),
    )
