"""`events`: rows as the contract has them; a replay sends the same event again, under its id, and says so."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.deliver.samples import SECRET
from watcher.deliver.faults import status_fault
from watcher.store import Store
from watcher.store.delivery_records import OutboxRow, Pause


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)
CONFIG = f"""\
state: state.db
mailboxes:
  - {{host: 127.0.0.1, tls: none, username: bounces, password: correct horse}}
webhooks:
  - {{name: app, url: "http://127.0.0.1:9/", secret: {SECRET}}}
http: null
"""


def body(number: int) -> bytes:
    data = {"event_id": f"e{number}" * 20, "replay": False}
    return json.dumps({"type": "bounce.hard", "timestamp": "2026-11-22T04:19:00Z", "data": data}).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three events: one dead, one delivered, one due and never tried."""
    (tmp_path / "config.yaml").write_text(CONFIG)
    with Store.open(tmp_path / "state.db") as store:
        rows = [OutboxRow(f"e{number}" * 20, "app", "bounce.hard", body(number), NOW) for number in range(3)]
        store.queue_events(rows, NOW)
        store.mark_dead(1, "answered 500", NOW)
        store.settle({2: NOW}, [])
    return tmp_path


def listed(run: Run, *words: str) -> list[dict[str, object]]:
    ended = run("events", "list", *words)
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_list_tells_each_delivery(run: Run, folder: Path) -> None:
    rows = listed(run)
    assert [list(row) for row in rows] == [
        ["event_id", "type", "endpoint", "state", "attempts", "next_attempt", "last_error"]
    ] * 3
    assert [row["state"] for row in rows] == ["dead", "delivered", "due"]
    assert rows[0]["last_error"] == "answered 500"
    assert rows[2]["next_attempt"] == "2026-11-22T04:19:00Z"
    assert len(listed(run, "--state", "dead")) == 1
    assert listed(run, "--since", "2026-11-23") == []
    assert len(listed(run, "--until", "2026-11-23T00:00:00Z", "--endpoint", "app", "--limit", "2")) == 2


def test_show_gives_the_body_by_the_first_letters(run: Run, folder: Path) -> None:
    ended = run("events", "show", "e1e1e1")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["body"]["data"]["event_id"] == "e1" * 20
    assert run("events", "show", "e1e1e1…").stdout == ended.stdout  # as the table cuts it
    assert run("events", "show", "e").returncode == 1
    assert run("events", "show", "f").returncode == 1


def test_replay_sends_again_what_is_dead_under_the_same_id(run: Run, folder: Path) -> None:
    assert run("events", "replay", "--endpoint", "app", "--dry-run").stderr == "1 would be sent again\n"
    ended = run("events", "replay", "--endpoint", "app")
    assert (ended.returncode, ended.stderr) == (0, "1 to be sent again\n")
    dead, _, due = listed(run)
    assert (dead["state"], dead["attempts"], dead["event_id"]) == ("due", 0, "e0" * 20)
    shown = json.loads(run("events", "show", "e0e0").stdout)
    assert shown["body"]["data"]["replay"] is True
    assert due["attempts"] == 0


def test_replay_by_id_takes_any_state_and_asks_for_something(run: Run, folder: Path) -> None:
    assert run("events", "replay", "e1e1").returncode == 0
    assert [row["state"] for row in listed(run)] == ["dead", "due", "due"]
    assert run("events", "replay").returncode == 2
    assert run("events", "replay", "--state", "delivered").returncode == 1
    assert run("events", "replay", "f0f0").returncode == 1
    assert run("events", "replay", "--since", "soon").returncode == 2


def test_status_names_an_endpoint_that_fails_with_its_last_fault(run: Run, folder: Path) -> None:
    assert json.loads(run("status").stdout)["failing"] == []  # one waits and was never tried
    with Store.open(folder / "state.db") as store:
        store.queue_events([OutboxRow("e3" * 20, "app", "bounce.hard", body(3), NOW)], NOW)
        store.mark_retry(3, NOW + timedelta(minutes=1), "answered 401", NOW)
        store.mark_retry(4, NOW + timedelta(hours=1), "connection refused", NOW)
    (failing,) = json.loads(run("status").stdout)["failing"]
    assert failing == {"endpoint": "app", "due": 2, "error": "connection refused"}
    lines = run("status", "--format", "table").stdout.splitlines()
    assert "failing      app, 2 tried in vain: connection refused" in lines
    with Store.open(folder / "state.db") as store:
        store.pause(Pause("app", "digest", NOW, "answered 410"))
    assert "tried in vain" not in run("status", "--format", "table").stdout


def test_resume_ends_a_pause(run: Run, folder: Path) -> None:
    assert run("events", "resume", "app").returncode == 1
    with Store.open(folder / "state.db") as store:
        store.pause(Pause("app", "digest", NOW, "answered 410"))
    (paused,) = json.loads(run("status").stdout)["paused"]
    assert paused == {"endpoint": "app", "since": "2026-11-22T04:19:00Z", "error": "answered 410"}
    told = run("status", "--format", "table").stdout
    assert "answered 410; resume it with: bounce-watcher events resume app" in told
    with Store.open(folder / "state.db") as store:
        store.pause(Pause("app", "digest", NOW, status_fault("webhook app", 410, "app")))
    assert run("status", "--format", "table").stdout.count("bounce-watcher events resume app\n") == 1
    assert run("events", "resume", "app").returncode == 0
    assert json.loads(run("status").stdout)["paused"] == []
    with Store.open(folder / "state.db", readonly=True) as store:
        assert store.pauses() == {}


WRONG = [
    (["list", "--endpoint", "ap"], "--endpoint: 'ap': no such webhook; did you mean app?"),
    (["replay", "--endpoint", "other"], "--endpoint: 'other': no such webhook; known here: app"),
    (["list", "--type", "bounce.hrd"], "--type: 'bounce.hrd': no type of event; did you mean bounce.hard?"),
    (["replay", "--type", "hard"], "--type: 'hard': no type of event; "),
    (["resume", "ap"], "'ap': no such webhook; did you mean app?"),
]


@pytest.mark.parametrize(("words", "told"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_a_name_that_nothing_has_is_no_empty_answer(
    run: Run, folder: Path, words: list[str], told: str
) -> None:
    done = run("events", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(told)


def test_a_webhook_that_the_config_lost_still_has_its_events(run: Run, folder: Path) -> None:
    with Store.open(folder / "state.db") as store:
        store.queue_events([OutboxRow("f0" * 20, "former", "bounce.hard", body(9), NOW)], NOW)
    assert len(listed(run, "--endpoint", "former")) == 1
