"""Keep how the mailboxes fare, and count what `status` shows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from sqlite3 import Connection

from watcher.store import backlog
from watcher.store.records import Done, MailboxHealth, Overview, Refusal
from watcher.store.times import from_text_or_none, to_text


def mark_mailbox(
    sql: Connection, name: str, now: datetime, error: str | None, grace: timedelta
) -> datetime | None:
    """Remember how the last try at a mailbox ended; where that is to be told, give since when it failed.

    What has failed for less than `grace` is not told, nor is the end of it.
    """
    row = sql.execute(
        "SELECT failing_since, told FROM mailboxes WHERE name = :name", {"name": name}
    ).fetchone()
    since = None if row is None else from_text_or_none(row["failing_since"])
    told = row is not None and row["told"] is not None
    if error is None:
        sql.execute(
            "INSERT INTO mailboxes (name, last_success) VALUES (:name, :now) ON CONFLICT (name)"
            " DO UPDATE SET last_success = excluded.last_success, failing_since = NULL, error = NULL,"
            " told = NULL",
            {"name": name, "now": to_text(now)},
        )
        return since if told else None
    tell = not told and now - (since or now) >= grace
    sql.execute(
        "INSERT INTO mailboxes (name, failing_since, error, told) VALUES (:name, :now, :error, :told)"
        " ON CONFLICT (name)"
        " DO UPDATE SET failing_since = coalesce(mailboxes.failing_since, excluded.failing_since),"
        " error = excluded.error, told = coalesce(mailboxes.told, excluded.told)",
        {"name": name, "now": to_text(now), "error": error, "told": to_text(now) if tell else None},
    )
    return (since or now) if tell else None


def overview(sql: Connection, now: datetime) -> Overview:
    """Count all that `status` shows."""
    return Overview(
        mailboxes=_mailboxes(sql),
        due=_count(sql, "SELECT count(*) AS n FROM outbox WHERE state = 'due'"),
        dead=_count(sql, "SELECT count(*) AS n FROM outbox WHERE state = 'dead'"),
        today=_kinds(sql, now.replace(hour=0, minute=0, second=0, microsecond=0)),
        week=_kinds(sql, now - timedelta(days=7)),
        suppressed=_count(
            sql,
            "SELECT count(*) AS n FROM suppressions"
            " WHERE state IN ('quarantined', 'suppressed', 'banned') AND (until IS NULL OR until > :now)",
            now,
        ),
        review=_count(sql, "SELECT count(*) AS n FROM review WHERE resolved IS NULL"),
        refusals=tuple(_refusals(sql)),
    )


def _refusals(sql: Connection) -> Iterator[Refusal]:
    # SQLite gives the columns beside max() of the row that has it: that which waits longest was tried last.
    for row in sql.execute(
        "SELECT endpoint, count(*) AS failed, last_error, max(due) FROM outbox"
        " WHERE state = 'due' AND attempts > 0 AND last_error IS NOT NULL GROUP BY endpoint ORDER BY endpoint"
    ):
        yield Refusal(row["endpoint"], row["failed"], row["last_error"])


def done_since(sql: Connection, since: datetime) -> Done:
    """Count what was done since a time."""
    return Done(
        read=_count(sql, "SELECT count(*) AS n FROM messages WHERE recorded >= :now", since),
        filed=_count(sql, "SELECT count(*) AS n FROM messages WHERE moved >= :now", since),
        delivered=_count(
            sql, "SELECT count(*) AS n FROM outbox WHERE state = 'delivered' AND finished >= :now", since
        ),
        due=_count(sql, "SELECT count(*) AS n FROM outbox WHERE state = 'due'"),
    )


def _mailboxes(sql: Connection) -> tuple[MailboxHealth, ...]:
    # One that is still busy with its first backlog has no row of its own yet.
    rows = sql.execute(
        "SELECT names.name, last_success, failing_since, error, (SELECT count(*) FROM messages"
        " WHERE messages.mailbox = names.name AND moved IS NULL AND target IS NOT NULL) AS unfiled"
        " FROM (SELECT name FROM mailboxes UNION SELECT mailbox AS name FROM backlog) AS names"
        " LEFT JOIN mailboxes ON mailboxes.name = names.name ORDER BY names.name"
    )
    return tuple(
        MailboxHealth(
            name=row["name"],
            last_success=from_text_or_none(row["last_success"]),
            failing_since=from_text_or_none(row["failing_since"]),
            error=row["error"],
            unfiled=row["unfiled"],
            backlog=backlog.of_mailbox(sql, row["name"]),
        )
        for row in rows
    )


def _kinds(sql: Connection, since: datetime) -> tuple[tuple[str, int], ...]:
    rows = sql.execute(
        "SELECT kind, count(*) AS n FROM messages WHERE recorded >= :since"
        " GROUP BY kind ORDER BY n DESC, kind",
        {"since": to_text(since)},
    )
    return tuple((row["kind"], row["n"]) for row in rows)


def _count(sql: Connection, query: str, now: datetime | None = None) -> int:
    row = sql.execute(query, {} if now is None else {"now": to_text(now)}).fetchone()
    return int(row["n"])
