"""Show the outbox to people, send parts of it again, and remember which endpoints are paused."""

from collections.abc import Callable, Iterator
from datetime import datetime
from sqlite3 import Connection, Row

from watcher.store.delivery_records import DeliveryFilter, DeliveryRow, Pause
from watcher.store.times import from_text, from_text_or_none, to_text


PAGE = 500  # rows read, or sent again, at a time

Remake = Callable[[DeliveryRow], tuple[str, bytes]]  # the format and body that a row is sent again with

_COLUMNS = "id, event_id, endpoint, type, state, attempts, queued, due, finished, last_error, format"
_IF_SINCE = "queued >= :since"
_CONDITIONS = {
    "endpoint": "endpoint = :endpoint",
    "state": "state = :state",
    "type": "type = :type",
    "since": _IF_SINCE,
    "until": "queued < :until",
}


def page(
    sql: Connection, wanted: DeliveryFilter, after: int, *, bodies: bool = False
) -> list[tuple[int, DeliveryRow]]:
    """Give the next rows that are meant, with their numbers, in the order in which they were queued."""
    where, values = _where(wanted)
    columns = f"{_COLUMNS}, body" if bodies else _COLUMNS
    rows = sql.execute(
        f"SELECT {columns} FROM outbox WHERE id > :after{where} ORDER BY id LIMIT {PAGE}",  # noqa: S608
        values | {"after": after},
    )
    return [(row["id"], _shown(row, bodies=bodies)) for row in rows]


def replay(
    sql: Connection, wanted: DeliveryFilter, after: int, now: datetime, remake: Remake
) -> tuple[int, int]:
    """Make the next rows that are meant due now; give the last number looked at (0: no more), and how many.

    What was tried before is sent anew from its first try, in the form that `remake` gives it; what was never
    tried is only due now.  A body that retention took cannot be sent again.
    """
    rows = page(sql, wanted, after, bodies=True)
    count = 0
    for row_id, row in rows:
        if row.body is None:
            continue
        values = {"id": row_id, "now": to_text(now), "format": row.format, "body": row.body}
        if row.state != "due" or row.attempts:
            values["format"], values["body"] = remake(row)
        count += sql.execute(
            "UPDATE outbox SET state = 'due', attempts = 0, due = :now, finished = NULL, lease_until = NULL,"
            " format = :format, body = :body WHERE id = :id AND (state <> 'due' OR lease_until IS NULL)",
            values,
        ).rowcount
    return (rows[-1][0] if rows else 0), count


def _where(wanted: DeliveryFilter) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {}
    conditions = []
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value is not None:
            values[name] = to_text(value) if isinstance(value, datetime) else value
            conditions.append(condition)
    if wanted.event_ids:
        ids = []
        for number, event_id in enumerate(wanted.event_ids):
            values |= {f"first{number}": event_id, f"last{number}": event_id + "\U0010ffff"}
            ids.append(f"(event_id >= :first{number} AND event_id < :last{number})")
        conditions.append(f"({' OR '.join(ids)})")
    return "".join(f" AND {condition}" for condition in conditions), values


def _shown(row: Row, *, bodies: bool) -> DeliveryRow:
    return DeliveryRow(
        event_id=row["event_id"],
        endpoint=row["endpoint"],
        type=row["type"],
        state=row["state"],
        attempts=row["attempts"],
        queued=from_text(row["queued"]),
        next_attempt=from_text(row["due"]) if row["state"] == "due" else None,
        finished=from_text_or_none(row["finished"]),
        last_error=row["last_error"],
        format=row["format"],
        body=row["body"] if bodies else None,
    )


def pause(sql: Connection, found: Pause) -> None:
    """Leave an endpoint alone until its config changes or it is resumed."""
    sql.execute(
        "INSERT INTO pauses (endpoint, target, since, error) VALUES (:endpoint, :target, :since, :error)"
        " ON CONFLICT (endpoint) DO UPDATE SET target = excluded.target, since = excluded.since,"
        " error = excluded.error",
        {
            "endpoint": found.endpoint,
            "target": found.target,
            "since": to_text(found.since),
            "error": found.error,
        },
    )


def resume(sql: Connection, endpoint: str) -> bool:
    """Try an endpoint again; tell whether it was paused."""
    return bool(sql.execute("DELETE FROM pauses WHERE endpoint = :name", {"name": endpoint}).rowcount)


def pauses(sql: Connection) -> Iterator[Pause]:
    """Give the endpoints that are paused."""
    for row in sql.execute("SELECT endpoint, target, since, error FROM pauses ORDER BY endpoint"):
        yield Pause(row["endpoint"], row["target"], from_text(row["since"]), row["error"])
