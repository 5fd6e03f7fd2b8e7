"""Answers are remembered for a while, and so is that nobody answers."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from watcher.authenticity import Answers, Questions, Sent
from watcher.config.trust import SendLog
from watcher.errors import LookupFailedError
from watcher.lookups import Lookups, send_log
from watcher.lookups.asking import EMPTY, KNOWN, LONGEST_REST, REST
from watcher.lookups.dns import Resolver


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Records(Resolver):
    """Answers from a dict; a name that is not there cannot be asked for."""

    def __init__(self, **records: str) -> None:
        super().__init__()
        self.records = records
        self.asked: list[str] = []

    def record(self, name: str) -> str:
        self.asked.append(name)
        if name not in self.records:
            raise LookupFailedError(f"{name}: LifetimeTimeout")
        return self.records[name]


def test_an_answer_is_remembered_a_while() -> None:
    clock, records = Clock(), Records(a="key", b="")
    lookups = Lookups(None, records, clock)
    asked = Questions(dkim=("a", "b"))
    assert lookups.answer(asked) == Answers({"a": "key", "b": ""})
    clock.now += EMPTY - 1
    lookups.answer(asked)
    assert records.asked == ["a", "b"]
    clock.now += 2
    lookups.answer(asked)
    assert records.asked == ["a", "b", "b"]
    clock.now += KNOWN
    lookups.answer(asked)
    assert records.asked == ["a", "b", "b", "a", "b"]


def test_after_a_fault_nobody_is_asked_for_a_moment(caplog: pytest.LogCaptureFixture) -> None:
    clock, records = Clock(), Records(a="key")
    lookups = Lookups(None, records, clock)
    for _ in range(3):
        assert lookups.answer(Questions(dkim=("x", "a"))) == Answers({})
    assert records.asked == ["x"]
    assert caplog.messages == ["dkim_key_not_known rest=1 error=x: LifetimeTimeout"]
    clock.now += REST
    assert lookups.answer(Questions(dkim=("a",))) == Answers({"a": "key"})


def test_a_send_log_that_fails_holds_up_no_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "sent.db"
    sqlite3.connect(path).close()
    log = SendLog(sqlite=str(path), query="SELECT recipient FROM sent WHERE message_id = :message_id")
    lookups = Lookups(log, Records(a="key"), Clock())
    asked = Questions(dkim=("a",), sent=(Sent("user@example.com", "<1@x>", None),))
    assert lookups.answer(asked) == Answers({"a": "key"}, {})
    assert caplog.messages == [f"send_log_failing rest=1 error={path}: no such table: sent"]


def test_each_fault_in_a_row_gives_a_longer_rest_and_an_answer_ends_it() -> None:
    clock, records = Clock(), Records(a="key")
    lookups = Lookups(None, records, clock)
    rests = []
    for _ in range(8):
        lookups.answer(Questions(dkim=("x",)))
        began = clock.now
        while len(records.asked) == len(rests) + 1:
            clock.now += REST
            lookups.answer(Questions(dkim=("x",)))
        rests.append(clock.now - began)
    assert rests[:6] == [1, 2, 4, 8, 16, LONGEST_REST]
    assert set(rests[6:]) == {LONGEST_REST}


SENT = Sent("user@example.com", "<1@x>", None)
BY_MESSAGE = "SELECT recipient FROM sent WHERE message_id = :message_id"


def test_one_slow_query_costs_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process holds the file for a moment, longer than one query may take."""
    monkeypatch.setattr(send_log, "SECONDS", 0.5)
    path = tmp_path / "sent.db"
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("CREATE TABLE sent (message_id TEXT, recipient TEXT)")
    holder.execute("INSERT INTO sent VALUES ('<1@x>', 'user@example.com')")
    holder.execute("BEGIN EXCLUSIVE")
    Timer(0.7, lambda: holder.execute("COMMIT")).start()
    lookups = Lookups(SendLog(sqlite=str(path), query=BY_MESSAGE))
    assert lookups.answer(Questions(sent=(SENT,))) == Answers({}, {SENT: ("user@example.com",)})
    holder.close()


def test_a_send_log_that_is_away_is_asked_again_soon(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "sent.db"
    path.touch()
    lookups = Lookups(SendLog(sqlite=str(path), query=BY_MESSAGE), None, clock)
    assert lookups.answer(Questions(sent=(SENT,))) == Answers({}, {})
    with closing(sqlite3.connect(path)) as sql, sql:
        sql.execute("CREATE TABLE sent (message_id TEXT, recipient TEXT)")
        sql.execute("INSERT INTO sent VALUES ('<1@x>', 'user@example.com')")
    sql.close()
    assert lookups.answer(Questions(sent=(SENT,))) == Answers({}, {})
    clock.now += REST
    assert lookups.answer(Questions(sent=(SENT,))) == Answers({}, {SENT: ("user@example.com",)})


def test_what_is_no_answer_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "sent.db"
    with closing(sqlite3.connect(path)) as sql, sql:
        sql.execute("CREATE TABLE sent (id TEXT, recipient TEXT)")
    sql.close()
    lookups = Lookups(SendLog(sqlite=str(path), query="SELECT recipient FROM sent WHERE id = :id"))
    assert lookups.answer(Questions(sent=(SENT,))) == Answers({}, {})


def test_without_a_send_log_nothing_is_asked() -> None:
    assert Lookups(None, Records()).answer(Questions(sent=(Sent("a@b.c", "<1@x>", None),))) == Answers({})
