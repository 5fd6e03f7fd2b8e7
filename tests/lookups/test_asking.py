"""Answers are remembered for a while, and so is that nobody answers."""

import sqlite3
from pathlib import Path

import pytest

from watcher.authenticity import Answers, Questions, Sent
from watcher.config.trust import SendLog
from watcher.errors import LookupFailedError
from watcher.lookups import Lookups
from watcher.lookups.asking import EMPTY, KNOWN, REST
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
    assert lookups.answer(asked) == Answers({"a": "key", "b": ""}, {})
    clock.now += EMPTY - 1
    lookups.answer(asked)
    assert records.asked == ["a", "b"]
    clock.now += 2
    lookups.answer(asked)
    assert records.asked == ["a", "b", "b"]
    clock.now += KNOWN
    lookups.answer(asked)
    assert records.asked == ["a", "b", "b", "a", "b"]


def test_after_a_fault_nobody_is_asked_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    clock, records = Clock(), Records(a="key")
    lookups = Lookups(None, records, clock)
    for _ in range(3):
        assert lookups.answer(Questions(dkim=("x", "a"))) == Answers({}, {})
    assert records.asked == ["x"]
    assert caplog.messages == ["dkim_key_not_known error=x: LifetimeTimeout"]
    clock.now += REST
    assert lookups.answer(Questions(dkim=("a",))) == Answers({"a": "key"}, {})


def test_a_send_log_that_fails_holds_up_no_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "sent.db"
    sqlite3.connect(path).close()
    log = SendLog(sqlite=str(path), query="SELECT recipient FROM sent WHERE message_id = :message_id")
    lookups = Lookups(log, Records(a="key"), Clock())
    asked = Questions(dkim=("a",), sent=(Sent("user@example.com", "<1@x>", None),))
    assert lookups.answer(asked) == Answers({"a": "key"}, {})
    assert caplog.messages == [f"send_log_failing error={path}: no such table: sent"]


def test_without_a_send_log_nothing_is_asked() -> None:
    assert Lookups(None, Records()).answer(Questions(sent=(Sent("a@b.c", "<1@x>", None),))) == Answers({}, {})
