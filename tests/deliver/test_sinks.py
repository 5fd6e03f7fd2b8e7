"""Commands and the log are endpoints too: at least once, with time limits, and no secret passed on."""

import contextlib
import json
import logging
import os
import signal
import socket
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deliver.receiver import Answer, Received, Receiver
from tests.deliver.samples import SECRET, START, row, webhook
from tests.deliver.test_outbox import drain, rows, states
from watcher.config.webhook import Webhook
from watcher.deliver import client
from watcher.deliver.signature import find_fault
from watcher.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


def script(tmp_path: Path, text: str) -> str:
    path = tmp_path / "on-event"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def command(*words: str, **keys: object) -> Webhook:
    return Webhook.model_validate({"name": "app", "exec": list(words)} | keys)


def test_a_command_gets_each_event_on_its_standard_input(store: Store, path: Path, tmp_path: Path) -> None:
    store.queue_events([row(1), row(2)], START)
    out = tmp_path / "out"
    run = script(tmp_path, f'cat >> {out}; echo "$BOUNCE_WATCHER_EVENT_ID $1" >> {out}.ids')
    drain(store, command(run, "two words; $HOME"))
    assert {json.loads(line)["number"] for line in out.read_text().splitlines()} == {1, 2}
    assert set(Path(f"{out}.ids").read_text().splitlines()) == {
        "event-1 two words; $HOME", "event-2 two words; $HOME"
    }  # fmt: skip
    assert states(path) == {"delivered": 2}


def test_a_command_that_fails_is_run_again_and_its_words_are_kept(
    store: Store, path: Path, tmp_path: Path
) -> None:
    store.queue_events([row(1)], START)
    run = script(
        tmp_path, f"[ -e {tmp_path}/seen ] && exit 0; touch {tmp_path}/seen; echo no database >&2; exit 3"
    )
    drain(store, command(run))
    (found,) = rows(path)
    assert (found["state"], found["attempts"]) == ("due", 1)
    assert "ended with 3; exit with 0 once the event is safe — no database" in found["last_error"]
    drain(store, command(run), now=lambda: datetime.now(UTC) + timedelta(minutes=1))
    assert states(path) == {"delivered": 1}


def test_a_command_that_hangs_is_ended_with_its_children(store: Store, path: Path, tmp_path: Path) -> None:
    store.queue_events([row(1)], START)
    run = script(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child; wait")
    began = time.monotonic()
    drain(store, command(run, timeout="1s"))
    assert time.monotonic() - began < 10
    assert "not done within 1 s" in rows(path)[0]["last_error"]
    child = int((tmp_path / "child").read_text())
    status = Path(f"/proc/{child}/stat")
    assert not status.exists() or status.read_text().split()[2] == "Z"


@pytest.mark.parametrize("child", ["sleep 30", "setsid sleep 30"], ids=["its own", "on its own"])
@pytest.mark.parametrize("code", [0, 3])
def test_the_command_s_own_end_counts_whoever_holds_its_standard_error(
    store: Store, path: Path, tmp_path: Path, child: str, code: int
) -> None:
    store.queue_events([row(1)], START)
    run = script(tmp_path, f"echo no database >&2; {child} & echo $! > {tmp_path}/child; exit {code}")
    began = time.monotonic()
    try:
        drain(store, command(run, timeout="20s"))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)
    assert time.monotonic() - began < 10
    (found,) = rows(path)
    assert (found["state"], found["attempts"]) == ("due" if code else "delivered", 1)
    assert (
        code == 0 or "ended with 3; exit with 0 once the event is safe — no database" in found["last_error"]
    )


def test_a_command_s_noise_is_bounded_and_it_need_not_read(store: Store, path: Path, tmp_path: Path) -> None:
    store.queue_events([row(1)], START)
    run = script(tmp_path, "head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1")
    drain(store, command(run))
    assert len(rows(path)[0]["last_error"]) < 1_300


def test_a_command_gets_none_of_our_secrets(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials")
    store.queue_events([row(1)], START)
    drain(store, command(script(tmp_path, f"env > {tmp_path}/env")))
    names = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert names.isdisjoint({"WEBHOOK_SECRET", "CREDENTIALS_DIRECTORY"})
    assert "PATH" in names


def test_a_line_of_the_local_log_holds_the_event(store: Store, path: Path, tmp_path: Path) -> None:
    store.queue_events([row(1)], START)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(f"{tmp_path}/log")
        drain(store, Webhook.model_validate({"name": "app", "syslog": f"{tmp_path}/log"}))
        line = log.recv(65_536)
    assert line == b"<21>bounce-watcher: " + row(1).body
    assert states(path) == {"delivered": 1}


def test_a_log_over_the_network_is_written_as_rfc_5424_has_it(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
        log.bind(("127.0.0.1", 0))
        target = f"udp://127.0.0.1:{log.getsockname()[1]}"
        drain(store, Webhook.model_validate({"name": "app", "syslog": target}))
        line = log.recv(65_536)
    head, _, content = line.partition(b" bounce-watcher - - - ")
    assert head.startswith(b"<21>1 20")
    assert content == row(1).body
    assert states(path) == {"delivered": 1}


def test_a_log_over_tcp_counts_its_octets(store: Store) -> None:
    store.queue_events([row(1)], START)
    with socket.create_server(("127.0.0.1", 0)) as log:
        target = f"tcp://127.0.0.1:{log.getsockname()[1]}"
        drain(store, Webhook.model_validate({"name": "app", "syslog": target}))
        line, _ = log.accept()
        with line:
            sent = line.recv(65_536)
    count, _, message = sent.partition(b" ")
    assert int(count) == len(message)
    assert message.endswith(row(1).body)


def test_a_log_that_is_away_is_tried_again(store: Store, path: Path, tmp_path: Path) -> None:
    store.queue_events([row(1)], START)
    drain(store, Webhook.model_validate({"name": "app", "syslog": f"{tmp_path}/nobody"}))
    assert rows(path)[0]["state"] == "due"
    assert "is syslog running" in rows(path)[0]["last_error"]


def test_events_of_one_address_leave_one_after_the_other_if_asked_for(store: Store, path: Path) -> None:
    """The second waits for the first, also while the first is waiting for its next try."""
    keyed = [
        (1, "a@example.com"), (2, "a@example.com"), (3, "b@example.com"), (4, "a@example.com"),
    ]  # fmt: skip
    for number, key in keyed:
        found = row(number)
        store.queue_events(
            [type(found)(found.event_id, "app", found.type, found.body, START, order_key=key)], START
        )
    taken: list[str] = []

    def fails_first(hook: Received) -> Answer:
        if hook.id == "event-1" and "event-1" not in failed:
            failed.add(hook.id)
            return Answer(500)
        taken.append(hook.id)
        return Answer(200)

    failed: set[str] = set()
    with Receiver(fails_first) as receiver:
        endpoint = webhook(receiver.url, retry=["0s", "1s", "1s"], order="recipient")
        for _ in range(3):
            drain(store, endpoint)
            time.sleep(1.2)
    assert [each for each in taken if each != "event-3"] == ["event-1", "event-2", "event-4"]
    assert taken[0] == "event-3"
    assert states(path) == {"delivered": 4}


def test_a_list_is_signed_as_a_whole_and_one_bad_event_holds_up_no_other(store: Store, path: Path) -> None:
    store.queue_events([row(number) for number in range(60)], START)
    taken: list[int] = []

    def refuses_thirteen(hook: Received) -> Answer:
        assert find_fault([SECRET], hook.headers, hook.body, time.time()) is None
        numbers = [item["number"] for item in json.loads(hook.body)]
        if 13 in numbers:
            return Answer(400)
        taken.extend(numbers)
        return Answer(200)

    with Receiver(refuses_thirteen) as receiver:
        drain(store, webhook(receiver.url, batch=20))
    assert sorted(taken) == [number for number in range(60) if number != 13]
    assert states(path) == {"delivered": 59, "due": 1}
    assert len(receiver.received) < 30


def test_a_list_is_not_halved_where_the_secret_is_wrong(store: Store, path: Path) -> None:
    store.queue_events([row(number) for number in range(40)], START)
    with Receiver(Answer(401)) as receiver:
        drain(store, webhook(receiver.url, batch=20))
    assert len(receiver.received) == 2
    assert states(path) == {"due": 40}


def test_the_first_refusal_is_told_loudly_and_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.queue_events([row(number) for number in range(4)], START)
    with Receiver(Answer(401)) as receiver, caplog.at_level(logging.ERROR):
        drain(store, webhook(receiver.url))
    told = [record for record in caplog.messages if record.startswith("endpoint_refuses")]
    assert len(told) == 1
    assert "compare secret" in told[0]


def test_a_clock_that_is_wrong_is_named(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with Receiver(Answer(401, (("Date", "Sun, 22 Nov 2020 04:00:00 GMT"),))) as receiver:
        drain(store, webhook(receiver.url))
    assert "ahead of the application's, set it right" in rows(path)[0]["last_error"]


@pytest.mark.parametrize(
    "date",
    ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2020 00:00:00 +999999999999999", ","],
)
def test_a_date_that_is_none_keeps_no_event_from_being_counted(store: Store, path: Path, date: str) -> None:
    store.queue_events([row(1)], START)
    with Receiver(Answer(401, (("Date", date),))) as receiver:
        drain(store, webhook(receiver.url))
    (found,) = rows(path)
    assert found["attempts"] == 1
    assert "in our own code" not in found["last_error"]


def test_what_breaks_in_our_own_code_is_a_counted_try(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> str:
        raise RuntimeError("names bob@example.com")

    monkeypatch.setattr(client, "status_fault", breaks)
    store.queue_events([row(1)], START)
    with Receiver(Answer(500)) as receiver:
        drain(store, webhook(receiver.url))
    (found,) = rows(path)
    assert (found["state"], found["attempts"]) == ("due", 1)
    assert "RuntimeError in our own code" in found["last_error"]
    assert "bob" not in found["last_error"]


def test_a_name_that_leads_to_a_metadata_service_gets_nothing(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    store.queue_events([row(1)], START)
    drain(store, webhook("https://hooks.example.com/"))
    assert "169.254" not in rows(path)[0]["last_error"]
    assert rows(path)[0]["state"] == "due"
