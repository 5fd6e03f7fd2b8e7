"""Count the suppressions that plausible reports led to, by the hour in which these arrived."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from sqlite3 import Connection

from watcher.store.many import rows_of
from watcher.store.times import to_text


MEAN_OVER = timedelta(days=7)
KEPT = timedelta(days=400)  # a backlog may be as old


def count(sql: Connection, named: Iterable[tuple[str, datetime]]) -> None:
    """Count one more for each name in the hour of its time."""
    counts = Counter((name, hour_of(received)) for name, received in named)
    sql.executemany(
        "INSERT INTO tallies (name, hour, count) VALUES (:name, :hour, :count)"
        " ON CONFLICT (name, hour) DO UPDATE SET count = tallies.count + excluded.count",
        [{"name": name, "hour": to_text(hour), "count": count} for (name, hour), count in counts.items()],
    )


def tallies(
    sql: Connection, named: Iterable[tuple[str, datetime]]
) -> dict[tuple[str, datetime], tuple[int, int]]:
    """Give for each name and time how many there are in the hour of it, and in the seven days before that.

    The answers stand under the name and the beginning of the hour.
    """
    hours = {(name, hour_of(received)) for name, received in named}
    wanted = {(name, to_text(hour), to_text(hour - MEAN_OVER)): (name, hour) for name, hour in hours}
    found: dict[tuple[str, datetime], tuple[int, int]] = {}
    for rows, values in rows_of(list(wanted)):
        for name, hour, first, now, before in sql.execute(_COUNTS.format(rows=rows), values):
            found[wanted[name, hour, first]] = (now, before)
    return found


_COUNTS = (
    "WITH wanted (name, hour, first) AS (VALUES {rows})"
    " SELECT wanted.name, wanted.hour, wanted.first,"
    " coalesce(sum(CASE WHEN tallies.hour = wanted.hour THEN count END), 0),"
    " coalesce(sum(CASE WHEN tallies.hour < wanted.hour THEN count END), 0)"
    " FROM wanted LEFT JOIN tallies"
    " ON tallies.name = wanted.name AND tallies.hour BETWEEN wanted.first AND wanted.hour"
    " GROUP BY wanted.name, wanted.hour, wanted.first"
)


def purge(sql: Connection, now: datetime) -> int:
    """Drop what no mean needs any more."""
    return sql.execute("DELETE FROM tallies WHERE hour < :before", {"before": to_text(now - KEPT)}).rowcount


def hour_of(received: datetime) -> datetime:
    """Give the beginning of an hour."""
    return received.replace(minute=0, second=0, microsecond=0)
