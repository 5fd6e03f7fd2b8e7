"""Queue events and hand them out for delivery, at least once each.

A row that is taken carries a lease: if the process dies, the row is due again when the lease runs out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
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
    sql: Connection, now: datetime, limit: int, lease: timedelta, endpoint: str | None = None
) -> list[Delivery]:
    """Lease the deliveries that are due, oldest first; of one endpoint, or of all."""
    taken = sql.execute(
        "UPDATE outbox SET lease_until = :until WHERE id IN ("
        "  SELECT id FROM outbox WHERE state = 'due' AND due <= :now"
        "  AND (:endpoint IS NULL OR endpoint = :endpoint)"
        "  AND (lease_until IS NULL OR lease_until <= :now) ORDER BY due, id LIMIT :limit)"
        " RETURNING id, event_id, endpoint, type, body, attempts, queued",
        {"now": to_text(now), "until": to_text(now + lease), "limit": limit, "endpoint": endpoint},
    ).fetchall()
    return sorted((_delivery(row) for row in taken), key=lambda delivery: delivery.id)


def next_due(sql: Connection, endpoint: str | None = None) -> datetime | None:
    """Tell when the next delivery can be taken: due, and under no lease."""
    row = sql.execute(
        "SELECT min(CASE WHEN lease_until > due THEN lease_until ELSE due END) AS due"
        " FROM outbox WHERE state = 'due' AND (:endpoint IS NULL OR endpoint = :endpoint)",
        {"endpoint": endpoint},
    ).fetchone()
    return from_text_or_none(row["due"])


def waiting(sql: Connection) -> dict[str, int]:
    """Count the deliveries that are due now or later, by endpoint."""
    rows = sql.execute(
        "SELECT endpoint, count(*) AS n FROM outbox WHERE state = 'due' GROUP BY endpoint ORDER BY endpoint"
    )
    return {row["endpoint"]: row["n"] for row in rows}


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
