"""Keep what was set aside for a person: list it, give it with its message, remember what was said."""

from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection, Row

from watcher.store.records import ReviewItem
from watcher.store.times import from_text, from_text_or_none, to_text


_ITEMS = (
    "SELECT review.id, review.fingerprint, review.reason AS why, review.opened, review.resolved,"
    " review.resolution, review.who, messages.mailbox, messages.folder, messages.target, messages.moved,"
    " messages.kind, messages.source, messages.report, messages.received"
    " FROM review JOIN messages ON messages.id = review.message"
)


def page(sql: Connection, *, resolved: bool, after: int, limit: int) -> list[ReviewItem]:
    """Give at most `limit` items beyond a number, oldest first."""
    state = "NOT NULL" if resolved else "NULL"
    rows = sql.execute(
        f"{_ITEMS} WHERE review.id > :after AND review.resolved IS {state} ORDER BY review.id LIMIT :limit",
        {"after": after, "limit": limit},
    )
    return [_item(row) for row in rows]


def one(sql: Connection, number: int) -> ReviewItem | None:
    """Give one item, or None."""
    row = sql.execute(f"{_ITEMS} WHERE review.id = :number", {"number": number}).fetchone()
    return None if row is None else _item(row)


def held_places(sql: Connection, fingerprint: str) -> frozenset[int]:
    """Give the places of the recipients of a message that wait for a person, and have none's word."""
    rows = sql.execute(
        "SELECT place FROM facts WHERE fingerprint = :fingerprint AND held = 1 AND word = 0",
        {"fingerprint": fingerprint},
    )
    return frozenset(row["place"] for row in rows)


def spoken_on(sql: Connection, fingerprints: Iterable[str]) -> list[tuple[int, str]]:
    """Give what was said of messages, as the number of the item and the JSON of the words."""
    found = []
    for fingerprint in fingerprints:
        row = sql.execute(
            "SELECT id, resolution FROM review WHERE fingerprint = :fingerprint", {"fingerprint": fingerprint}
        ).fetchone()
        if row is not None and row["resolution"] is not None:
            found.append((row["id"], row["resolution"]))
    return found


def resolve(sql: Connection, number: int, resolution: str, who: str, done: datetime | None) -> None:
    """Remember what was said; `done` is when nothing of the message waited any more."""
    sql.execute(
        "UPDATE review SET resolution = :resolution, who = :who, resolved = :done WHERE id = :number",
        {
            "number": number,
            "resolution": resolution,
            "who": who,
            "done": None if done is None else to_text(done),
        },
    )


def _item(row: Row) -> ReviewItem:
    return ReviewItem(
        number=row["id"],
        fingerprint=row["fingerprint"],
        reason=row["why"],
        opened=from_text(row["opened"]),
        resolved=from_text_or_none(row["resolved"]),
        resolution=row["resolution"],
        who=row["who"],
        mailbox=row["mailbox"],
        # A message that is yet to be filed, or stays, is where it was found.
        folder=row["target"] if row["moved"] is not None and row["target"] else row["folder"],
        kind=row["kind"],
        source=row["source"],
        report_json=row["report"],
        received=from_text(row["received"]),
    )
