"""A file of an older release becomes what this one would make, with all it held, or stays as it was."""

import fcntl
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.samples import NOW, change, progress, record
from watcher.errors import StoreError
from watcher.store import Store, migrate
from watcher.store.migrate import VERSION, Step, statements, steps


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def make_old(path: Path) -> None:
    """Make a file as version 1 did, with a mail, its fact and two suppressions."""
    with closing(sqlite3.connect(path, isolation_level=None)) as sql, sql:
        for statement in statements(steps()[0].sql):
            sql.execute(statement)
        sql.execute("INSERT INTO schema_version VALUES (1, '0.1.0', '2026-11-22T00:00:00.000000Z')")
        moment = "2026-11-22T04:19:00.000000Z"
        sql.execute(
            "INSERT INTO messages VALUES (1, 'bounces', 'INBOX', 7, 1, 'sha256:1', 'bounce', NULL,"
            " 'imap://', '{}', :now, :now, 'bounce.hard', 'Bounces/Hard', NULL)",
            {"now": moment},
        )
        sql.execute(
            "INSERT INTO facts VALUES ('sha256:1', 0, 'User@example.com', 'user@example.com', 'bounce',"
            " 'failed', 'hard', 'mailbox_not_found', 'suppress', 'plausible', '<1@lists.example.org>',"
            " 0, :now)",
            {"now": moment},
        )
        sql.execute("INSERT INTO progress VALUES ('bounces', 'INBOX', 7, 1, :now)", {"now": moment})
        sql.executemany(
            "INSERT INTO suppressions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                ("user@example.com", "User@example.com", "quarantined", "mailbox_not_found", moment,
                 "2026-12-07T04:19:00.000000Z", "sha256:1", moment),
                ("b@example.com", "b@example.com", "suppressed", "complaint_abuse", moment, None, "sha256:2",
                 moment),
            ],
        )  # fmt: skip
    sql.close()


def tables(path: Path) -> list[tuple[str, ...]]:
    """Give all tables with their columns, and all indexes."""
    with closing(sqlite3.connect(path)) as sql, sql:
        names = [row[0] for row in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = [
            (name, *map(str, row)) for name in names for row in sql.execute(f"PRAGMA table_info({name})")
        ]
        indexes = sql.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL")
        found = sorted(columns) + sorted(indexes)
    sql.close()
    return found


def test_an_old_file_gets_the_tables_of_a_new_one(path: Path) -> None:
    make_old(path)
    with Store.open(path) as store:
        assert store.opened_as == 1
    Store.open(path.parent / "new.db").close()
    assert tables(path) == tables(path.parent / "new.db")
    with Store.open(path) as store:
        assert store.opened_as == VERSION


def test_what_was_in_it_still_holds(path: Path) -> None:
    make_old(path)
    with Store.open(path) as store:
        assert store.progress("bounces", "INBOX") == (7, 1)
        assert len(store.wanted_moves("bounces", "INBOX", 7)) == 1
        history = store.histories(["user@example.com"])["user@example.com"]
        assert (history.hard, history.suppression and history.suppression.state) == (1, "quarantined")
        assert store.overview(NOW).suppressed == 2
        assert store.lapsed(NOW + timedelta(days=20), 10) == ["user@example.com"]
        store.record_batch([record(2, suppressions=(change(),))], progress(2), NOW)


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_old(path)
    before = tables(path)
    broken = (
        *steps(),
        Step(VERSION + 1, "broken", "CREATE TABLE half (name TEXT);\nINSERT INTO absent VALUES (1);"),
    )
    monkeypatch.setattr(migrate, "steps", lambda: broken)
    monkeypatch.setattr(migrate, "VERSION", VERSION + 1)
    with pytest.raises(StoreError, match="no such table: absent"):
        Store.open(path)
    assert tables(path) == before


def test_a_file_that_a_watcher_works_on_is_left_alone(path: Path) -> None:
    make_old(path)
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(StoreError, match=r"state\.db: another bounce-watcher uses it; stop that one"):
        Store.open(path)
    os.close(handle)
    Store.open(path).close()


def test_whoever_only_looks_is_told_how_to_upgrade(path: Path) -> None:
    make_old(path)
    with pytest.raises(
        StoreError, match=rf"schema 1, not {VERSION}; upgrade it with: bounce-watcher db upgrade"
    ):
        Store.open(path, readonly=True)


def test_a_script_is_split_where_its_statements_end() -> None:
    script = (
        "-- first; a comment\nCREATE TABLE a (x TEXT);  -- behind it\n\n"
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM a;\n  DELETE FROM a;\nEND;\n-- the end\n"
    )
    found = list(statements(script))
    assert len(found) == 2
    assert found[1].strip().endswith("END;")
