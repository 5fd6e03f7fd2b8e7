"""Ask the user's record of what was sent, by their one query, for reading alone and within bounds.

A row that begins with an address names a recipient; any other row answers yes, to a query that names
:recipient itself.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from watcher.authenticity import Sent
from watcher.config.trust import PARAMETER, SendLog, names_in
from watcher.errors import LookupFailedError
from watcher.reader.parse.address_key import address_key


SECONDS = 2.0  # for one query
MOST_ROWS = 1000
_STEPS = 10_000  # of SQLite's machine between two looks at the clock

Ask = Callable[[Sent], tuple[str, ...] | None]
Run = Callable[[Mapping[str, str | None]], Iterable[tuple[Any, ...]]]


def open_send_log(config: SendLog) -> Ask:
    """Give what asks a send log to whom a message went; it raises LookupFailedError where it cannot.

    Its answer is None where it is no "no": the query wants what is not known, gives more rows than are read,
    or rows in which nobody stands.
    """
    run = _sqlite(config) if config.sqlite is not None else _postgresql(config)
    named = names_in(config.query)

    def ask(sent: Sent) -> tuple[str, ...] | None:
        if not _can_be_asked(sent):
            return ()  # no log holds such text, and databases and their drivers fail on it
        asked, unsure = False, False
        for values in _forms(sent, named):
            rows = list(run(values))
            told = tuple(_recipients(rows, sent, asks_recipient="recipient" in named))
            if len(rows) >= MOST_ROWS and not _holds(told, sent.recipient):
                return None
            if told:
                return told
            asked, unsure = True, unsure or bool(rows) or any(values[name] is None for name in named)
        return () if asked and not unsure else None

    return ask


def _forms(sent: Sent, named: set[str]) -> Iterator[dict[str, str | None]]:
    """Give the values to ask with: as the report has them, then in the forms that logs are kept in."""
    if not (sent.message_id and "message_id" in named) and not (sent.id and "id" in named):
        return
    if sent.recipient is None and "recipient" in named:
        return
    message_ids = dict.fromkeys((sent.message_id, sent.message_id and sent.message_id.strip("<>")))
    recipients = dict.fromkeys((sent.recipient, sent.recipient and address_key(sent.recipient)))
    for message_id in message_ids if "message_id" in named else (None,):
        for recipient in recipients if "recipient" in named else (None,):
            yield {"message_id": message_id, "recipient": recipient, "id": sent.id}


def _can_be_asked(sent: Sent) -> bool:
    text = "".join(value or "" for value in (sent.message_id, sent.recipient, sent.id))
    return not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text)


def _holds(told: Iterable[str], recipient: str | None) -> bool:
    return recipient is not None and address_key(recipient) in {address_key(one) for one in told}


def _recipients(rows: Iterable[tuple[Any, ...]], sent: Sent, *, asks_recipient: bool) -> Iterator[str]:
    for row in rows:
        first = row[0] if row else None
        if isinstance(first, str) and "@" in first:
            yield first.strip()
        elif asks_recipient and sent.recipient is not None and first is not None:
            yield sent.recipient


def _sqlite(config: SendLog) -> Run:
    path = Path(config.sqlite or "")

    def run(values: Mapping[str, str | None]) -> Iterable[tuple[Any, ...]]:
        end = time.monotonic() + SECONDS
        connection = None
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, timeout=SECONDS)
            connection.execute("PRAGMA query_only = ON")
            connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
            return connection.execute(config.query, values).fetchmany(MOST_ROWS)
        except sqlite3.Error as error:
            raise LookupFailedError(f"{path}: {error}") from error
        finally:
            if connection is not None:
                connection.close()

    return run


def _postgresql(config: SendLog) -> Run:
    import psycopg  # noqa: PLC0415 - an extra, which few installations have

    assert config.postgresql is not None
    place = config.postgresql.reveal()
    query = PARAMETER.sub(r"%(\1)s", config.query.replace("%", "%%"))
    bounds = f"-c default_transaction_read_only=on -c statement_timeout={int(SECONDS * 1000)}"

    def run(values: Mapping[str, str | None]) -> Iterable[tuple[Any, ...]]:
        try:
            with psycopg.connect(place, connect_timeout=3, options=bounds, autocommit=True) as connection:
                rows: list[tuple[Any, ...]] = connection.execute(query, values).fetchmany(MOST_ROWS)
                return rows
        except psycopg.Error as error:
            # Its words may hold the connection string.
            raise LookupFailedError(f"send log: {type(error).__name__}") from error

    return run
