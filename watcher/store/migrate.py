"""Bring a state file to the schema of this release, or refuse one that is newer.

`schema.sql` is version 1 for good.  Each later version is a file `migrations/NNNN_name.sql`, numbered without
gaps and never changed once it is released.  A new file is made by the same steps as an old one is upgraded,
so both have the same tables.  All steps are one transaction: a file is of the old version or of the new.
"""

import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from sqlite3 import Connection

from watcher.errors import StoreError
from watcher.store.claim import take_claim
from watcher.store.database import Database
from watcher.store.times import to_text


_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql", re.ASCII)


@dataclass(frozen=True, slots=True)
class Step:
    """One version of the schema: what makes it of the version before."""

    version: int
    name: str
    sql: str


@cache
def steps() -> tuple[Step, ...]:
    """Give all versions there are, in their order, from 1."""
    room = files("watcher.store")
    found = [Step(1, "schema", room.joinpath("schema.sql").read_text("utf-8"))]
    for entry in room.joinpath("migrations").iterdir():
        name = _NAME.fullmatch(entry.name)
        if name is not None:
            found.append(Step(int(name[1]), name[2], entry.read_text("utf-8")))
    ordered = tuple(sorted(found, key=lambda step: step.version))
    if [step.version for step in ordered] != list(range(1, len(ordered) + 1)):
        raise RuntimeError("the migrations are not numbered one by one from 0002")
    return ordered


VERSION = len(steps())


def prepare(database: Database, *, readonly: bool) -> int:
    """Create or upgrade the tables, refuse what a newer release wrote; give the version that was found."""
    with database.reading() as sql:
        if _is_foreign(sql):
            raise StoreError(f"{database.path}: holds the tables of another program; name another file")
        found = schema_version(sql)
    if found > VERSION:
        raise StoreError(
            f"{database.path}: schema {found} is newer than {VERSION}, the newest that bounce-watcher "
            f"{_program()} knows; install the release that wrote it, or restore an older backup"
        )
    if found == VERSION:
        return found
    if readonly:
        raise StoreError(
            f"{database.path}: schema {found}, not {VERSION}; upgrade it with: bounce-watcher db upgrade"
        )
    if found == 0:
        _upgrade(database)
    else:
        # A process of the old release may be at work on it.
        claim = take_claim(database.path)
        try:
            _upgrade(database)
        finally:
            os.close(claim)
    return found


def _upgrade(database: Database) -> None:
    with database.transaction() as sql:
        found = schema_version(sql)  # another process may have been quicker
        for step in steps()[found:]:
            for statement in statements(step.sql):
                sql.execute(statement)
            sql.execute(
                "INSERT INTO schema_version (version, program, applied) VALUES (:version, :program, :now)",
                {"version": step.version, "program": _program(), "now": to_text(datetime.now(UTC))},
            )


def statements(text: str) -> Iterator[str]:
    """Split a script: `executescript` would commit the transaction that is under way."""
    so_far = ""
    for line in text.splitlines(keepends=True):
        so_far += line
        # A line that ends inside a comment, a text or a trigger does not end a statement.
        if line.partition("--")[0].rstrip().endswith(";") and sqlite3.complete_statement(so_far):
            yield so_far
            so_far = ""
    if any(line.partition("--")[0].strip() for line in so_far.splitlines()):
        yield so_far


def schema_version(sql: Connection) -> int:
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
