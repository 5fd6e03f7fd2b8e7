"""A send log is asked by the user's one query, for reading alone; a fault of it is no verdict."""

import sqlite3
from pathlib import Path

import pytest

from watcher.authenticity import Sent
from watcher.config.trust import SendLog
from watcher.errors import LookupFailedError
from watcher.lookups import send_log
from watcher.lookups.send_log import open_send_log


BARE = "SELECT recipient FROM sent WHERE message_id = :message_id"
BOTH = "SELECT 1 FROM sent WHERE message_id = :message_id AND lower(recipient) = :recipient"
BY_ID = "SELECT recipient FROM sent WHERE id = :id"
EITHER = "SELECT recipient FROM sent WHERE message_id = :message_id OR id = :id"
NOBODY = "SELECT id, recipient FROM sent WHERE message_id = :message_id"
MANY = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5000)"
    " SELECT x || '@example.com' FROM n WHERE :message_id <> ''"
)
ENDLESS = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
    " SELECT max(x) FROM n WHERE x = :message_id"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "sent.db"
    sql = sqlite3.connect(path)
    with sql:
        sql.execute("CREATE TABLE sent (message_id TEXT, recipient TEXT, id TEXT)")
        sql.executemany(
            "INSERT INTO sent VALUES (?, ?, ?)",
            [
                ("<1@x>", "User@Example.com", "c1"),
                ("<1@x>", "two@example.com", "c1"),
                ("2@x", "u@x.example", None),
            ],
        )
    sql.close()
    return path


def ask(database: Path, query: str, sent: Sent) -> tuple[str, ...] | None:
    return open_send_log(SendLog(sqlite=str(database), query=query))(sent)


USER = "user@example.com"
CASES = [
    ("to whom a message went", BARE, Sent(USER, "<1@x>", None), ("User@Example.com", "two@example.com")),
    ("asked without brackets, too", BARE, Sent(USER, "<2@x>", None), ("u@x.example",)),
    ("a yes to this recipient", BOTH, Sent(USER, "<1@x>", None), (USER,)),
    ("asked in lower case, too", BOTH, Sent("USER@example.com", "<1@x>", None), ("USER@example.com",)),
    ("a no", BOTH, Sent("else@example.com", "<1@x>", None), ()),
    ("another message", BARE, Sent(USER, "<3@x>", None), ()),
    ("by what a return-path carries", BY_ID, Sent(None, None, "c1"), ("User@Example.com", "two@example.com")),
    ("nothing to ask with", BARE, Sent(USER, None, "c1"), None),
    ("no recipient to ask with", BOTH, Sent(None, "<1@x>", "c1"), None),
    ("no id to ask with", BY_ID, Sent(USER, "<1@x>", None), None),
    ("no id to ask with beside the message", EITHER, Sent(USER, "<3@x>", None), None),
    ("either of the two, and one is known", EITHER, Sent(USER, "<2@x>", None), ("u@x.example",)),
    ("rows in which nobody stands", NOBODY, Sent(USER, "<1@x>", None), None),
    ("more rows than are read", MANY, Sent(USER, "<1@x>", None), None),
    ("text that no log holds", BARE, Sent(USER, "<1\0@x>", None), ()),
    ("words of SQL", BARE, Sent(USER, "' OR 1=1 --", None), ()),
]  # fmt: skip


@pytest.mark.parametrize(("query", "sent", "told"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_send_log(database: Path, query: str, sent: Sent, told: tuple[str, ...] | None) -> None:
    assert ask(database, query, sent) == told


FAULTS = [
    ("another table", "SELECT a FROM absent WHERE b = :message_id", "no such table"),
    (
        "a query that writes",
        "DELETE FROM sent WHERE message_id = :message_id RETURNING recipient",
        "readonly",
    ),
    ("a query that never ends", ENDLESS, "interrupted"),
]


@pytest.mark.parametrize(("query", "fault"), [c[1:] for c in FAULTS], ids=[c[0] for c in FAULTS])
def test_fault(database: Path, query: str, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_log, "SECONDS", 0.2)
    with pytest.raises(LookupFailedError, match=fault):
        ask(database, query, Sent(USER, "<1@x>", None))
    assert ask(database, BARE, Sent(USER, "<1@x>", None))


def test_database_that_is_gone(database: Path) -> None:
    asking = open_send_log(SendLog(sqlite=str(database), query=BARE))
    database.unlink()
    with pytest.raises(LookupFailedError, match="unable to open"):
        asking(Sent(USER, "<1@x>", None))
    assert not database.exists()
