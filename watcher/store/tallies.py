"""Count the suppressions that plausible reports led to, by the hour in which these arrived."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from sqlite3 import Connection

from watcher.store.times import to_text


MEAN_OVER = timedelta(days=7)
KEPT = timedelta(days=400)  # a backlog may be as old


def count(sql: Connection, names: Iterable[str], received: datetime) -> None:
    """Count one more for each name."""
    sql.executemany(
        "INSERT INTO tallies (name, hour, count) VALUES (:name, :hour, 1)"
        " ON CONFLICT (name, hour) DO UPDATE SET count = tallies.count + 1",
        [{"name": name, "hour": to_text(hour_of(received))} for name in names],
    )


def tallies(sql: Connection, names: Iterable[str], received: datetime) -> dict[str, tuple[int, int]]:
    """Give for each name how many there are in the hour of a time, and in the seven days before that hour."""
    hour = hour_of(received)
    found = {}
    for name in names:
        row = sql.execute(
            "SELECT coalesce(sum(CASE WHEN hour = :hour THEN count ELSE 0 END), 0) AS now,"
            " coalesce(sum(CASE WHEN hour < :hour THEN count ELSE 0 END), 0) AS before"
            " FROM tallies WHERE name = :name AND hour BETWEEN :first AND :hour",
            {"name": name, "hour": to_text(hour), "first": to_text(hour - MEAN_OVER)},
        ).fetchone()
        found[name] = (int(row["now"]), int(row["before"]))
    return found


def purge(sql: Connection, now: datetime) -> int:
    """Drop what no mean needs any more."""
    return sql.execute("DELETE FROM tallies WHERE hour < :before", {"before": to_text(now - KEPT)}).rowcount


def hour_of(received: datetime) -> datetime:
    """Give the beginning of an hour."""
    return received.replace(minute=0, second=0, microsecond=0)
