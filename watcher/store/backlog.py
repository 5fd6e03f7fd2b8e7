"""Keep how far the reading of a backlog is, for those who ask."""

from sqlite3 import Connection

from watcher.store.records import BacklogState
from watcher.store.times import from_text, to_text


def note(sql: Connection, place: tuple[str, str], state: BacklogState | None) -> None:
    """Remember how far it is, or that there is none any more; `place` is (mailbox, folder)."""
    where = {"mailbox": place[0], "folder": place[1]}
    if state is None:
        sql.execute("DELETE FROM backlog WHERE mailbox = :mailbox AND folder = :folder", where)
        return
    sql.execute(
        "INSERT INTO backlog (mailbox, folder, total, done, began, updated)"
        " VALUES (:mailbox, :folder, :total, :done, :began, :updated)"
        " ON CONFLICT (mailbox, folder) DO UPDATE SET total = excluded.total, done = excluded.done,"
        " began = excluded.began, updated = excluded.updated",
        {
            **where,
            "total": state.total,
            "done": state.done,
            "began": to_text(state.began),
            "updated": to_text(state.updated),
        },
    )


def of_mailbox(sql: Connection, mailbox: str) -> BacklogState | None:
    """Give how far the backlog of a mailbox is, where it has one."""
    row = sql.execute(
        "SELECT * FROM backlog WHERE mailbox = :mailbox ORDER BY updated DESC LIMIT 1", {"mailbox": mailbox}
    ).fetchone()
    if row is None:
        return None
    return BacklogState(row["total"], row["done"], from_text(row["began"]), from_text(row["updated"]))
