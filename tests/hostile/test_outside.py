"""What a stranger's mail can reach beyond the reader: the store, webhooks, files, a terminal, the log."""

import io
import json
import logging
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.hostile.broken import break_mails
from tests.hostile.mails import PROSE, REPORT_HEAD
from tests.reader.rulebook import RULES
from watcher.config.shape import Config
from watcher.imap.session import Fetched
from watcher.service.logs import JsonFormatter, TextFormatter
from watcher.service.pipeline import Past, Pipeline
from watcher.store import Store


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)
SECRET = "whsec_" + "c2FtcGxlIHNlY3JldCBvZiB0aGlydHktdHdvIGJ5dGU="
CONFIG = Config.model_validate({
    "mailboxes": [{
        "name": "box", "host": "imap.example.com", "username": "bounces@lists.example.org", "password": "x",
    }],
    "webhooks": [{"name": "app", "url": "https://app.example.com/hook", "secret": SECRET, "events": ["*"]}],
})  # fmt: skip
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b1m\u202e\u2028".encode() + b"\x00\xff\xed\xa0\x80"
ESCAPED = (
    REPORT_HEAD.replace(b"Undelivered", b"Undelivered " + ESCAPES)
    + b"\nThis is the mail system at host mx.example.com.\n\n<g" + ESCAPES + b"e@example.net>: user unknown\n"
    b"<gone@example.net>: host mx" + ESCAPES + b" said: 550 5.1.1 user unknown " + ESCAPES + b"\n"
)  # fmt: skip
LONG = (
    PROSE
    + b"<"
    + b"a" * 60
    + b"@"
    + b"b" * 60
    + b".example>: 550 5.1.1 user unknown"
    + "\U0001f600é".encode() * 9_000
)


def run_command(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "watcher", *arguments]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=20, check=False
    )


def test_the_store_takes_all_that_broken_mail_gives(tmp_path: Path) -> None:
    pipeline, box = Pipeline(CONFIG, RULES), CONFIG.mailboxes[0]
    raws = [ESCAPED, LONG, b"", *(mail.raw for mail in break_mails(seed=7, count=250))]
    fetched = [Fetched(uid, raw, NOW, len(raw), False, None) for uid, raw in enumerate(raws, 1)]
    with Store.open(tmp_path / "state.db") as store:
        readings = [pipeline.read(box, 7, mail) for mail in fetched]
        decided = pipeline.decide(box, readings, Past(store.histories), NOW)
        records = [pipeline.record(box, reading, decision, NOW) for reading, decision in decided]
        store.record_batch(records, (box.name, box.folder, 7, len(raws)), NOW)
    lines = [record.report_json.encode() for record in records]
    assert len(lines) == len(raws)
    assert all(b"\n" not in line and json.loads(line)["schema"] == 1 for line in lines)
    bodies = [event.body for record in records for event in record.events]
    assert len(bodies) > 50
    assert all(len(body) < 20_000 and json.loads(body)["data"]["event_id"] for body in bodies)
    with closing(sqlite3.connect(tmp_path / "state.db")) as database, database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@pytest.mark.parametrize(
    "arguments", [["explain"], ["classify", "--format", "table"]], ids=["explain", "table"]
)
def test_no_escape_of_a_mail_reaches_a_terminal(arguments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(ESCAPED)
    shown = run_command([*arguments, str(path)])
    assert shown.returncode == 0
    assert all(c.isprintable() for c in shown.stdout.replace("\n", ""))


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_machine_formats_hold_their_lines(form: str, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(ESCAPED)
    shown = run_command(["classify", "--format", form, str(path)])
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout
    assert "\x9b" not in shown.stdout


@pytest.mark.timeout(30)
def test_odd_files_are_passed_by_or_answered(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    os.mkfifo(folder / "pipe.eml")
    (folder / "loop").symlink_to(folder)
    (folder / "self.eml").symlink_to(folder / "self.eml")
    (folder / "lost.eml").symlink_to(folder / "nowhere")
    (folder / "folder.eml").mkdir()
    (folder / "empty.mbox").write_bytes(b"")
    (folder / "empty.eml").write_bytes(b"")
    Path(os.fsdecode(os.fsencode(folder) + b"/new\nline\x1b[31m\xff.eml")).write_bytes(ESCAPED)
    for form in ("jsonl", "table", "csv"):
        shown = run_command(["classify", "--format", form, str(folder)])
        assert shown.returncode == 0
        assert "\x1b" not in shown.stdout + shown.stderr
    shown = run_command(["classify", "--format", "jsonl", str(folder)])
    assert sorted(json.loads(line)["kind"] for line in shown.stdout.splitlines()) == ["bounce", "unreadable"]


@pytest.mark.parametrize("formatter", [TextFormatter(), TextFormatter(journal=True), JsonFormatter()])
def test_a_log_line_is_one_line(formatter: logging.Formatter) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("hostile")  # noqa: LOG001 - known to nobody else
    logger.addHandler(handler)
    bad = 'a\nERROR forged=1\r\x1b[31m\u2028\udc80"'
    logger.info("mailbox_failing mailbox=%s error=%s", bad, bad)
    logger.info("said " + bad)  # noqa: G003 - as a library may
    assert len(stream.getvalue().splitlines()) == 2
    assert "\x1b" not in stream.getvalue()
    stream.getvalue().encode()
