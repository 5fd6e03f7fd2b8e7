"""Queue events and hand them out for delivery, at least once each.

A row that is taken carries a lease: if the process dies, the row is due again when the lease runs out.

Hundreds of rows are taken, or marked, by a statement that passes all of them as one value: with every row
that SQLite hands over, threads change turns, and while events are sent the other thread is a busy one.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from sqlite3 import Connection

from watcher.store.delivery_records import Delivery, OutboxRow
from watcher.store.times import from_text_or_none, to_text


def queue(sql: Connection, rows: Iterable[OutboxRow], now: datetime) -> None:
    """Add events; one that this endpoint was ever sent, or is to be sent, is not added again."""
    sql.executemany(
        "INSERT INTO outbox (event_id, endpoint, type, body, state, attempts, queued, due, finished,"
        " last_error, format, order_key) VALUES (:event_id, :endpoint, :type, :body, :state, 0, :queued,"
        " :due, :finished, :error, :format, :order_key) ON CONFLICT (event_id, endpoint) DO NOTHING",
        [
            {
                "event_id": row.event_id,
                "endpoint": row.endpoint,
                "type": row.type,
                "body": row.body,
                "queued": to_text(now),
                "due": to_text(row.due),
                "state": "due" if row.error is None else "dead",
                "finished": None if row.error is None else to_text(now),
                "error": row.error,
                "format": row.format,
                "order_key": row.order_key,
            }
            for row in rows
        ],
    )


def take_due(
    sql: Connection, now: datetime, limit: int, lease: timedelta, endpoint: str | None
) -> list[Delivery]:
    """Lease the deliveries that are due, of one endpoint or of all, oldest first."""
    values = {"now": to_text(now), "limit": limit, "endpoint": endpoint}
    sql.execute(_EXPIRE if endpoint is None else _EXPIRE_FOR_ONE, values)
    found = sql.execute(_DUE if endpoint is None else _DUE_FOR_ONE, values).fetchone()
    taken, place = [], 0
    for due, row_id, event_id, of, event_type, attempts, form, size in json.loads(found["heads"]):
        body = found["bodies"][place : place + size]
        place += size
        taken.append((due, Delivery(row_id, event_id, of, event_type, body, attempts, form)))
    ids = json.dumps([delivery.id for _, delivery in taken])
    sql.execute(_LEASE, {"until": to_text(now + lease), "ids": ids})
    taken.sort(key=_order)
    return [delivery for _, delivery in taken]


def _order(taken: tuple[str, Delivery]) -> tuple[str, int]:
    return taken[0], taken[1].id


_EXPIRE = (
    "UPDATE outbox SET lease_until = NULL"
    " WHERE state = 'due' AND lease_until IS NOT NULL AND lease_until <= :now"
)
_EXPIRE_FOR_ONE = f"{_EXPIRE} AND endpoint = :endpoint"  # which has its own index
# What asks for order waits for all that was queued before it under the same key, on its way or to be retried.
_IN_TURN = (
    " AND (order_key IS NULL OR NOT EXISTS (SELECT 1 FROM outbox AS former WHERE former.state = 'due'"
    " AND former.endpoint = outbox.endpoint AND former.order_key = outbox.order_key"
    " AND former.id < outbox.id))"
)
# All in one row: a list of heads, and the bodies one behind the other.
_DUE = (
    "SELECT json_group_array(json_array(due, id, event_id, endpoint, type, attempts, format, length(body)))"  # noqa: S608 - all of it is ours
    " AS heads, CAST(group_concat(body, '') AS BLOB) AS bodies FROM (SELECT * FROM outbox"
    f" WHERE state = 'due' AND lease_until IS NULL AND due <= :now{_IN_TURN} ORDER BY due, id LIMIT :limit)"
)
_DUE_FOR_ONE = _DUE.replace("AND due <=", "AND endpoint = :endpoint AND due <=")
_LEASE = "UPDATE outbox SET lease_until = :until WHERE id IN (SELECT value FROM json_each(:ids))"


def next_due(sql: Connection, endpoint: str | None) -> datetime | None:
    """Tell when the next delivery can be taken: due, under no lease, and its turn."""
    queries = _NEXT if endpoint is None else _NEXT_FOR_ONE
    found = [sql.execute(query, {"endpoint": endpoint}).fetchone() for query in queries]
    return from_text_or_none(min((row["due"] for row in found if row is not None), default=None))


_NEXT = (
    f"SELECT due FROM outbox WHERE state = 'due' AND lease_until IS NULL{_IN_TURN} ORDER BY due LIMIT 1",  # noqa: S608
    (
        "SELECT lease_until AS due FROM outbox WHERE state = 'due' AND lease_until IS NOT NULL"
        " ORDER BY lease_until LIMIT 1"
    ),
)
_NEXT_FOR_ONE = tuple(query.replace("'due' AND", "'due' AND endpoint = :endpoint AND", 1) for query in _NEXT)


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


def finish_all(sql: Connection, ended: Mapping[int, datetime]) -> None:
    """End many deliveries as delivered: the moment of each row."""
    moments = json.dumps({row_id: to_text(moment) for row_id, moment in ended.items()})
    sql.execute(
        "UPDATE outbox SET state = 'delivered', attempts = attempts + 1, finished = ended.moment,"
        " lease_until = NULL, last_error = NULL"
        " FROM (SELECT CAST(key AS INTEGER) AS id, value AS moment FROM json_each(:moments)) AS ended"
        " WHERE outbox.id = ended.id",
        {"moments": moments},
    )


def retry(sql: Connection, row_id: int, due: datetime, error: str) -> None:
    """Count a failed try and set the time of the next."""
    sql.execute(
        "UPDATE outbox SET due = :due, attempts = attempts + 1, lease_until = NULL, last_error = :error"
        " WHERE id = :id",
        {"id": row_id, "due": to_text(due), "error": error},
    )


def give_back(sql: Connection, row_ids: Iterable[int]) -> None:
    """End the leases of rows that were taken and not tried."""
    sql.execute(
        "UPDATE outbox SET lease_until = NULL"
        " WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'due'",
        {"ids": json.dumps(list(row_ids))},
    )


def release(sql: Connection) -> None:
    """End all leases, those of a process that is gone."""
    sql.execute("UPDATE outbox SET lease_until = NULL WHERE state = 'due' AND lease_until IS NOT NULL")


def pull_back(sql: Connection, now: datetime, longest: timedelta) -> int:
    """Make due what a clock that was ahead queued, put off or leased; tell how much.

    No try and no lease that was written down by now lies further ahead than `longest`.
    """
    values = {"now": to_text(now), "far": to_text(now + longest)}
    sql.execute("UPDATE outbox SET lease_until = NULL WHERE state = 'due' AND lease_until > :far", values)
    done = sql.execute(
        "UPDATE outbox SET due = min(due, :now), queued = min(queued, :now)"
        " WHERE state = 'due' AND lease_until IS NULL AND (queued > :now OR due > :far)",
        values,
    )
    return done.rowcount
