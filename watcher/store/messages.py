"""Record messages, and remember which are still to be filed or written to the results file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from sqlite3 import Connection

from watcher.store.records import MessageKey, MessageRecord, PendingResult, WantedMove
from watcher.store.times import to_text


_LAST_UID = (1 << 32) - 1  # RFC 3501 section 2.3.1.1: UIDs have 32 bits
_IN_FOLDER = "mailbox = :mailbox AND folder = :folder AND uidvalidity = :uidvalidity"
_BY_KEY = f"{_IN_FOLDER} AND uid = :uid"


def record(sql: Connection, entries: Iterable[MessageRecord], now: datetime) -> None:
    """Write messages; one that is fetched again is to be filed again."""
    recorded = to_text(now)
    sql.executemany(
        "INSERT INTO messages (mailbox, folder, uidvalidity, uid, fingerprint, kind, reason, source, report,"
        " received, recorded, filing, target) VALUES (:mailbox, :folder, :uidvalidity, :uid, :fingerprint,"
        " :kind, :reason, :source, :report, :received, :recorded, :filing, :target)"
        " ON CONFLICT (mailbox, folder, uidvalidity, uid) DO UPDATE SET fingerprint = excluded.fingerprint,"
        " kind = excluded.kind, reason = excluded.reason, report = excluded.report,"
        " received = excluded.received, filing = excluded.filing, target = excluded.target, moved = NULL",
        [
            {
                **_key(entry.key),
                "fingerprint": entry.report.message.fingerprint,
                "kind": entry.report.kind,
                "reason": entry.report.reason,
                "source": entry.source,
                "report": entry.report_json,
                "received": to_text(entry.received),
                "recorded": recorded,
                "filing": entry.filing,
                "target": entry.target,
            }
            for entry in entries
        ],
    )


def set_progress(sql: Connection, progress: tuple[str, str, int, int], now: datetime) -> None:
    """Remember how far a folder is read."""
    mailbox, folder, uidvalidity, last_uid = progress
    sql.execute(
        "INSERT INTO progress (mailbox, folder, uidvalidity, last_uid, updated)"
        " VALUES (:mailbox, :folder, :uidvalidity, :last_uid, :now)"
        " ON CONFLICT (mailbox, folder) DO UPDATE SET uidvalidity = excluded.uidvalidity,"
        " last_uid = excluded.last_uid, updated = excluded.updated",
        {
            "mailbox": mailbox,
            "folder": folder,
            "uidvalidity": uidvalidity,
            "last_uid": last_uid,
            "now": to_text(now),
        },
    )


def progress(sql: Connection, mailbox: str, folder: str) -> tuple[int, int] | None:
    """Give UIDVALIDITY and the last recorded UID of a folder."""
    row = sql.execute(
        "SELECT uidvalidity, last_uid FROM progress WHERE mailbox = :mailbox AND folder = :folder",
        {"mailbox": mailbox, "folder": folder},
    ).fetchone()
    return None if row is None else (row["uidvalidity"], row["last_uid"])


def _named(place: tuple[str, str, int]) -> dict[str, str | int]:
    return dict(zip(("mailbox", "folder", "uidvalidity"), place, strict=True))


def highest_uid(sql: Connection, place: tuple[str, str, int]) -> int:
    """Give the highest UID of a folder that is recorded, 0 where there is none."""
    row = sql.execute(
        f"SELECT max(uid) AS uid FROM messages WHERE {_IN_FOLDER}",  # noqa: S608 - all of it is ours
        _named(place),
    ).fetchone()
    return row["uid"] or 0


def unfiled_uids(sql: Connection, place: tuple[str, str, int], above: int) -> set[int]:
    """Give the UIDs above one of a folder that are recorded and not moved, be they to be or not."""
    rows = sql.execute(
        f"SELECT uid FROM messages WHERE moved IS NULL AND {_IN_FOLDER} AND uid > :above",  # noqa: S608 - all ours
        {**_named(place), "above": above},
    )
    return {row["uid"] for row in rows}


def wanted_moves(
    sql: Connection, place: tuple[str, str, int], first: int, last: int | None
) -> list[WantedMove]:
    """Give what is recorded and not yet filed, of the UIDs from `first` to `last`, in their order.

    Under another UIDVALIDITY the UIDs name nothing any more: those rows are met again by the new scan.
    """
    rows = sql.execute(
        "SELECT id, uid, target, filing FROM messages WHERE moved IS NULL AND target IS NOT NULL"  # noqa: S608 - all of it is ours
        f" AND {_IN_FOLDER} AND uid BETWEEN :first AND :last ORDER BY uid",
        {**_named(place), "first": first, "last": _LAST_UID if last is None else last},
    )
    return [
        WantedMove(row["id"], MessageKey(*place, row["uid"]), row["target"], row["filing"]) for row in rows
    ]


def mark_moved(sql: Connection, ids: Iterable[int], now: datetime) -> None:
    """Remember that messages are filed."""
    sql.executemany(
        "UPDATE messages SET moved = :now WHERE id = :id", [{"id": row, "now": to_text(now)} for row in ids]
    )


def abandon_moves(sql: Connection, mailbox: str, folder: str) -> int:
    """Forget what lay in a folder, since its UIDs name other mail now; tell how many moves that ends.

    A new scan meets the same mail again.
    """
    of_folder = "moved IS NULL AND mailbox = :mailbox AND folder = :folder"
    values = {"mailbox": mailbox, "folder": folder}
    done = sql.execute(
        f"UPDATE messages SET target = NULL WHERE target IS NOT NULL AND {of_folder}",  # noqa: S608
        values,
    )
    sql.execute(f"UPDATE messages SET moved = recorded WHERE {of_folder}", values)  # noqa: S608
    return done.rowcount


def copy_marks(sql: Connection, mailbox: str, folder: str) -> dict[str, tuple[int, int]]:
    """Give the COPYs out of a folder that are not confirmed."""
    rows = sql.execute(
        "SELECT target, uidvalidity, uidnext FROM copies WHERE mailbox = :mailbox AND folder = :folder",
        {"mailbox": mailbox, "folder": folder},
    )
    return {row["target"]: (row["uidvalidity"], row["uidnext"]) for row in rows}


def mark_copy(sql: Connection, key: tuple[str, str, str], mark: tuple[int, int] | None) -> None:
    """Remember that a COPY begins, or that it is confirmed."""
    values = dict(zip(("mailbox", "folder", "target"), key, strict=True))
    sql.execute(
        "DELETE FROM copies WHERE mailbox = :mailbox AND folder = :folder AND target = :target", values
    )
    if mark is not None:
        sql.execute(
            "INSERT INTO copies (mailbox, folder, target, uidvalidity, uidnext)"
            " VALUES (:mailbox, :folder, :target, :uidvalidity, :uidnext)",
            values | {"uidvalidity": mark[0], "uidnext": mark[1]},
        )


def already_recorded(sql: Connection, keys: Sequence[MessageKey]) -> set[MessageKey]:
    """Tell which of these messages are in the store."""
    found = set()
    for key in keys:
        if sql.execute(f"SELECT 1 FROM messages WHERE {_BY_KEY}", _key(key)).fetchone():  # noqa: S608
            found.add(key)
    return found


def want_results(sql: Connection, keys: Iterable[MessageKey]) -> None:
    """Remember that the JSON of messages is to go to the results file."""
    sql.executemany(
        f"INSERT INTO results_pending (message) SELECT id FROM messages WHERE {_BY_KEY}"  # noqa: S608
        " ON CONFLICT (message) DO NOTHING",
        map(_key, keys),
    )


def open_reviews(sql: Connection, entries: Iterable[MessageRecord], now: datetime) -> None:
    """Queue messages for a person, each once."""
    sql.executemany(
        "INSERT INTO review (message, fingerprint, reason, opened)"  # noqa: S608
        f" SELECT id, :of, :why, :now FROM messages WHERE {_BY_KEY}"
        " ON CONFLICT (fingerprint) DO NOTHING",
        [
            {
                **_key(entry.key),
                "of": entry.report.message.fingerprint,
                "why": entry.review,
                "now": to_text(now),
            }
            for entry in entries
            if entry.review is not None
        ],
    )


def pending_results(sql: Connection, limit: int) -> list[PendingResult]:
    """Give messages that the results file lacks, in the order of recording."""
    rows = sql.execute(
        "SELECT id, report FROM results_pending JOIN messages ON id = message ORDER BY id LIMIT :limit",
        {"limit": limit},
    )
    return [PendingResult(row["id"], row["report"]) for row in rows]


def mark_results(sql: Connection, ids: Iterable[int]) -> None:
    """Remember that the results file has these."""
    sql.executemany("DELETE FROM results_pending WHERE message = :id", [{"id": row} for row in ids])


def _key(key: MessageKey) -> dict[str, str | int]:
    return {"mailbox": key.mailbox, "folder": key.folder, "uidvalidity": key.uidvalidity, "uid": key.uid}
