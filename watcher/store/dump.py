"""Give every row of the state, for a copy that other programs can read."""

from collections.abc import Iterator
from sqlite3 import Connection
from typing import Any


SECRET = frozenset({"store_keys"})  # what never leaves the file


def dump(sql: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give (table, row), table by table; bodies of events as text."""
    names = sql.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for name in (row["name"] for row in names):
        if name in SECRET or name.startswith("sqlite_"):
            continue
        for row in sql.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):  # noqa: S608
            yield name, {key: _plain(row[key]) for key in row.keys()}  # noqa: SIM118


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
