"""Bring a state file to the schema of this release, or refuse one that is newer.

Migrations are numbered and only ever added; a file is brought up in one transaction.
"""

from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from sqlite3 import Connection

from watcher.errors import StoreError
from watcher.store.database import Database
from watcher.store.times import to_text


VERSION = 1


def prepare(database: Database, *, readonly: bool) -> None:
    """Create or upgrade the tables; refuse what a newer release wrote."""
    with database.reading() as sql:
        if _is_foreign(sql):
            raise StoreError(f"{database.path}: holds the tables of another program; name another file")
        found = _version(sql)
    if found > VERSION:
        raise StoreError(
            f"{database.path}: schema {found} is newer than {VERSION}, the newest that bounce-watcher "
            f"{_program()} knows; install the release that wrote it, or restore an older backup"
        )
    if found == VERSION:
        return
    if readonly:
        raise StoreError(
            f"{database.path}: schema {found}, not {VERSION}; start bounce-watcher once to upgrade it"
        )
    with database.transaction() as sql:
        if _version(sql) == 0:  # another process may have been quicker
            _create(sql)


def _create(sql: Connection) -> None:
    # Statement by statement: executescript would commit the transaction that is under way.
    schema = files("watcher.store").joinpath("schema.sql").read_text("utf-8")
    words = "\n".join(line.split("--")[0] for line in schema.splitlines())
    for statement in words.split(";"):
        if statement.strip():
            sql.execute(statement)
    sql.execute(
        "INSERT INTO schema_version (version, program, applied) VALUES (:version, :program, :applied)",
        {"version": VERSION, "program": _program(), "applied": to_text(datetime.now(UTC))},
    )


def _version(sql: Connection) -> int:
    """Give the schema version; 0 for an empty file."""
    if not _tables(sql):
        return 0
    return int(sql.execute("SELECT max(version) AS version FROM schema_version").fetchone()["version"])


def _is_foreign(sql: Connection) -> bool:
    tables = _tables(sql)
    return bool(tables) and "schema_version" not in tables


def _tables(sql: Connection) -> set[str]:
    return {row["name"] for row in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _program() -> str:
    try:
        return version("bounce-watcher")
    except PackageNotFoundError:
        return "unknown"
