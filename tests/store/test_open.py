"""A state file that cannot be used is refused in one line that names it, the fault and the way out."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.samples import NOW, progress, record
from watcher.errors import StoreError
from watcher.store import Store, database
from watcher.store.migrate import VERSION


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def test_what_is_written_is_there_after_reopening(path: Path) -> None:
    with Store.open(path) as store:
        store.record_batch([record(1)], progress(1), NOW)
    with Store.open(str(path)) as store:
        assert store.progress("bounces", "INBOX") == (7, 1)


def test_a_commit_is_on_the_disk_before_it_returns(path: Path) -> None:
    with Store.open(path) as store, store._database.reading() as sql:
        assert sql.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert sql.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert sql.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_the_schema_of_a_newer_release_is_refused_with_both_versions(path: Path) -> None:
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as sql, sql:
        sql.execute("INSERT INTO schema_version VALUES (99, '9.0', '2030-01-01T00:00:00.000000Z')")
    sql.close()
    with pytest.raises(
        StoreError, match=rf"state\.db: schema 99 is newer than {VERSION}.*; install the release"
    ):
        Store.open(path)


def test_the_tables_of_another_program_are_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as sql, sql:
        sql.execute("CREATE TABLE songs (name TEXT)")
    sql.close()
    with pytest.raises(
        StoreError, match=r"state\.db: holds the tables of another program; name another file"
    ):
        Store.open(path)


@pytest.mark.parametrize("readonly", [True, False])
def test_a_directory_is_refused(path: Path, readonly: bool) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match=r"state\.db: is a directory; name a file in it$"):
        Store.open(path, readonly=readonly)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_text("dear diary, " * 1000)
    with pytest.raises(StoreError, match=r"state\.db: not a state file; name another file"):
        Store.open(path)


def test_a_damaged_file_is_refused_at_the_start(path: Path) -> None:
    with Store.open(path) as store:
        store.record_batch([record(uid) for uid in range(1, 200)], progress(200), NOW)
    content = bytearray(path.read_bytes())
    content[8192:-4096] = bytes(len(content) - 12288)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"state\.db: the file is damaged; restore it from a backup"):
        Store.open(path)


def test_whoever_comes_for_a_row_does_not_read_it_all(path: Path) -> None:
    with Store.open(path) as store:
        store.record_batch([record(uid) for uid in range(1, 200)], progress(200), NOW)
    content = bytearray(path.read_bytes())
    content[-8192:-4096] = bytes(4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="the file is damaged"):
        Store.open(path)
    with Store.open(path, checked=False) as store:
        assert store.progress("bounces", "INBOX") == (7, 200)


def test_a_folder_that_is_missing_is_named(path: Path) -> None:
    with pytest.raises(
        StoreError, match=r"missing/state\.db: cannot be opened; make the folder /.*/missing and"
    ):
        Store.open(path.parent / "missing" / "state.db")


def test_a_folder_that_is_there_and_cannot_be_written_is_told_apart() -> None:
    # Not even root may make a file there.
    with pytest.raises(StoreError, match=r"state\.db: cannot be opened; the folder /proc is there; let this"):
        Store.open("/proc/state.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_read_is_told_apart(path: Path) -> None:
    Store.open(path).close()
    path.chmod(0)
    with pytest.raises(StoreError, match=r"state\.db: cannot be opened; let this user write the file and"):
        Store.open(path)


def test_postgresql_is_refused_until_it_is_built() -> None:
    with pytest.raises(StoreError, match="PostgreSQL is not supported yet"):
        Store.open("postgresql://db.example.com/bounces")


def test_the_password_of_an_address_is_not_shown() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://watcher:geheim@db.example.com/bounces")
    assert "geheim" not in str(caught.value)


def test_a_file_that_another_process_holds_is_said_to_be_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with Store.open(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"state\.db: another process holds it; stop the other process"):
            store.record_batch([record(1)], progress(1), NOW)
        other.execute("ROLLBACK")
        other.close()
        store.record_batch([record(1)], progress(1), NOW)  # nothing is broken by it


def test_a_full_disk_is_said_and_passes(path: Path) -> None:
    with Store.open(path) as store:
        with store._database.reading() as sql:
            used = sql.execute("PRAGMA page_count").fetchone()[0]
            sql.execute(f"PRAGMA max_page_count = {used}")
        batch = [record(uid) for uid in range(1, 100)]
        with pytest.raises(StoreError, match=r"state\.db: the disk is full; free some space"):
            store.record_batch(batch, progress(100), NOW)
        assert store.progress("bounces", "INBOX") is None
        with store._database.reading() as sql:
            sql.execute(f"PRAGMA max_page_count = {used + 1000}")
        store.record_batch(batch, progress(100), NOW)
        assert store.progress("bounces", "INBOX") == (7, 100)


def test_one_process_works_on_a_file(path: Path) -> None:
    with Store.open(path) as store, Store.open(path) as other:
        store.claim()
        store.claim()  # our own
        with pytest.raises(StoreError, match=r"state\.db: another bounce-watcher uses it"):
            other.claim()
        assert other.progress("bounces", "INBOX") is None  # looking is free
    with Store.open(path) as third:
        third.claim()


def test_opened_for_reading_it_changes_nothing(path: Path) -> None:
    with Store.open(path) as store:
        store.record_batch([record(1)], progress(1), NOW)
    before = path.read_bytes()
    with Store.open(path, readonly=True) as store:
        assert store.progress("bounces", "INBOX") == (7, 1)
        with pytest.raises(StoreError, match="cannot be written"):
            store.record_batch([record(2)], progress(2), NOW)
        with pytest.raises(StoreError, match="cannot be written"):
            store.check_writable()
    assert path.read_bytes() == before


def test_opened_for_reading_it_is_not_made(path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(path, readonly=True)
    assert not path.exists()


def test_a_closed_store_is_an_error_of_the_store(path: Path) -> None:
    store = Store.open(path)
    store.close()
    with pytest.raises(StoreError):
        store.progress("bounces", "INBOX")
