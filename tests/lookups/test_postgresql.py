"""A send log in PostgreSQL is asked as one in SQLite is: for reading alone, and within bounds."""

from collections.abc import Iterator

import pytest

from tests.servers.postgresql import Postgresql, find_programs
from watcher.authenticity import Sent
from watcher.config.trust import SendLog
from watcher.config.units import Secret
from watcher.errors import LookupFailedError
from watcher.lookups import send_log
from watcher.lookups.send_log import open_send_log


psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.skipif(find_programs() is None, reason="PostgreSQL is not installed")

SENT = Sent("user@example.com", "<1@x>", None)
BARE = "SELECT recipient FROM sent WHERE message_id = :message_id AND recipient LIKE '%@example.com'"


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    with Postgresql() as server:
        with psycopg.connect(server.dsn, autocommit=True) as sql:
            sql.execute("CREATE TABLE sent (message_id text, recipient text)")
            sql.execute("INSERT INTO sent VALUES ('<1@x>', 'user@example.com')")
        yield server.dsn


def ask(dsn: str, query: str, sent: Sent = SENT) -> tuple[str, ...] | None:
    return open_send_log(SendLog(postgresql=Secret(dsn), query=query))(sent)


def test_to_whom_a_message_went(dsn: str) -> None:
    assert ask(dsn, BARE) == ("user@example.com",)
    assert ask(dsn, BARE, Sent("user@example.com", "<2@x>", None)) == ()
    yes = "SELECT 1 FROM sent WHERE message_id::text = :message_id AND recipient = :recipient"
    assert ask(dsn, yes) == ("user@example.com",)


FAULTS = [
    ("another table", "SELECT a FROM absent WHERE b = :message_id", "UndefinedTable"),
    (
        "a query that writes",
        "DELETE FROM sent WHERE message_id = :message_id RETURNING recipient",
        "ReadOnly",
    ),
    ("a query that never ends", "SELECT pg_sleep(60) WHERE :message_id <> ''", "QueryCanceled"),
]


@pytest.mark.parametrize(("query", "fault"), [c[1:] for c in FAULTS], ids=[c[0] for c in FAULTS])
def test_fault(dsn: str, query: str, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_log, "SECONDS", 0.3)
    with pytest.raises(LookupFailedError, match=fault):
        ask(dsn, query)


def test_a_server_that_is_away_shows_no_password() -> None:
    with pytest.raises(LookupFailedError, match="OperationalError") as caught:
        ask("host=/nonexistent password=hunter2", BARE)
    assert "hunter2" not in str(caught.value)
