"""The daemon drains its mailboxes, waits, outlives its servers, and ends when told."""

import json
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crash.mails import every_kind, failure, ordinary
from tests.deliver.receiver import Receiver
from tests.servers.dovecot import Dovecot, find_dovecot
from tests.servers.fixtures import Account, skip_without
from tests.service.house import House, wait_until
from watcher.errors import PortTakenError, StoreError
from watcher.service import alarm, worker
from watcher.service.backoff import Backoff
from watcher.service.daemon import Daemon


ROOT = Path(__file__).parents[2]
HARD = failure("gone@example.com", "550 5.1.1 user unknown")
BACKOFF = Backoff(first=0.1, longest=0.5)
SOFT = failure("full@example.com", "452 4.2.2 The mailbox is over quota", number=2)


@contextmanager
def running(house: House) -> Iterator[Daemon]:
    with house.store() as store:
        daemon = Daemon(house.config(), store, house.rules)
        daemon.start()
        try:
            yield daemon
        finally:
            daemon.stop()


def types(house: House) -> list[str]:
    return sorted(json.loads(hook.body)["type"] for hook in house.receiver.received)


def test_it_drains_and_is_idle(house: House) -> None:
    house.account.append(*every_kind())
    with running(house) as daemon:
        wait_until(daemon.idle)
        assert sum(house.counts().values()) == len(every_kind())
        assert house.counts()["INBOX"] == 2
        assert types(house).count("bounce.hard") == 3


def test_idle_tells_of_new_mail_at_once(house: House) -> None:
    house.mailbox = {"poll": "1h"}
    with running(house) as daemon:
        wait_until(daemon.idle)
        house.account.append(HARD)
        wait_until(lambda: "bounce.hard" in types(house))


def test_without_idle_mail_is_found_at_the_interval(house: House) -> None:
    house.mailbox = {"poll": "1s", "idle": False}
    with running(house) as daemon:
        wait_until(daemon.idle)
        house.account.append(HARD)
        wait_until(lambda: "bounce.hard" in types(house))


def test_mail_that_stays_keeps_it_idle(house: House) -> None:
    house.account.append(ordinary(1))
    with running(house) as daemon:
        wait_until(daemon.idle)
    assert house.counts() == {"INBOX": 1}


@pytest.fixture
def frail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[House, Dovecot]]:
    """Give a watcher's surroundings whose server a test may stop and start."""
    monkeypatch.setattr(worker, "Backoff", lambda: BACKOFF)
    monkeypatch.setattr(alarm, "GRACE", 0.0)
    skip_without("dovecot", find_dovecot() is not None)
    with Dovecot() as server, Receiver() as receiver:
        yield House(Account(server, "bounces"), tmp_path, receiver), server


@pytest.mark.failure(10)
def test_it_outlives_its_server(frail: tuple[House, Dovecot], caplog: pytest.LogCaptureFixture) -> None:
    house, server = frail
    house.account.append(HARD)
    with running(house) as daemon, caplog.at_level("INFO", "watcher.service"):
        wait_until(daemon.idle)
        server.stop()
        wait_until(lambda: any("mailbox_failing" in line for line in caplog.messages))
        assert not daemon.idle()
        server.start()
        house.account.append(SOFT)
        wait_until(lambda: "bounce.soft" in types(house))
        wait_until(daemon.idle)
    assert [event for event in types(house) if event.startswith("mailbox")] == [
        "mailbox.failing",
        "mailbox.recovered",
    ]
    told = [line.split()[0] for line in caplog.messages if line.startswith("mailbox_")]
    # Once each, however many tries.
    assert told == ["mailbox_interrupted", "mailbox_failing", "mailbox_recovered"]


@pytest.mark.failure(13)
def test_what_is_over_within_a_minute_is_told_to_nobody(
    frail: tuple[House, Dovecot], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house, server = frail
    monkeypatch.setattr(alarm, "GRACE", 60.0)
    with running(house) as daemon, caplog.at_level("INFO", "watcher.service"):
        wait_until(daemon.idle)
        server.stop()
        wait_until(lambda: bool(daemon._crew._workers[0].problem))
        server.start()
        house.account.append(SOFT)
        wait_until(lambda: "bounce.soft" in types(house))
        wait_until(daemon.idle)
    assert not [event for event in types(house) if event.startswith("mailbox")]
    told = [line.split()[0] for line in caplog.messages if line.startswith("mailbox_")]
    assert told == ["mailbox_interrupted"]


@pytest.mark.failure(2)
def test_a_long_idle_that_the_server_ends_is_no_fault(
    frail: tuple[House, Dovecot], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house, server = frail
    monkeypatch.setattr(worker, "QUIET", 0.0)
    with running(house) as daemon, caplog.at_level("INFO", "watcher.service"):
        wait_until(daemon.idle)
        kicked = ["doveadm", "-c", server.directory / "dovecot.conf", "kick", house.account.user]
        subprocess.run(kicked, check=True, capture_output=True)
        house.account.append(HARD)
        wait_until(lambda: "bounce.hard" in types(house))
    assert not any(line.startswith("mailbox_failing") for line in caplog.messages)


@pytest.mark.failure(10)
def test_a_server_that_is_down_at_the_start_is_waited_for(frail: tuple[House, Dovecot]) -> None:
    house, server = frail
    house.account.append(HARD)
    server.stop()
    with running(house) as daemon:
        wait_until(lambda: bool(daemon.problems()) and "not reached yet" not in daemon.problems()[0])
        server.start()
        wait_until(daemon.idle)
        assert daemon.problems() == []
    assert house.counts() == {"Bounces/Hard": 1}


def test_a_wrong_password_does_not_end_it(house: House) -> None:
    house.mailbox = {"password": "wrong"}
    with running(house) as daemon:
        wait_until(lambda: daemon.problems()[0] != "mailbox bounces: not reached yet")
        assert house.account.server.password not in daemon.problems()[0]
        assert not daemon.idle()
    with house.store() as store:
        (health,) = store.overview(datetime.now(UTC)).mailboxes
    assert health.error is not None


def test_a_full_disk_stops_fetching_until_there_is_room(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "Backoff", lambda: BACKOFF)
    house.account.append(*every_kind())
    with house.store() as store:
        with store._database.reading() as sql:
            used = sql.execute("PRAGMA page_count").fetchone()[0]
            sql.execute(f"PRAGMA max_page_count = {used}")
        daemon = Daemon(house.config(), store, house.rules)
        daemon.start()
        try:
            wait_until(lambda: any("the disk is full" in problem for problem in daemon.problems()))
            assert house.counts() == {"INBOX": len(every_kind())}
            with store._database.reading() as sql:
                sql.execute("PRAGMA max_page_count = 100000")
            wait_until(daemon.idle)
        finally:
            daemon.stop()
    assert house.counts()["Bounces/Hard"] == types(house).count("bounce.hard") == 3


def test_two_daemons_on_one_state_are_refused(house: House) -> None:
    with running(house), house.store() as store:
        other = Daemon(house.config(), store, house.rules)
        with pytest.raises(StoreError, match="another bounce-watcher uses it"):
            other.start()
        other.stop()


def test_it_answers_health_checks(house: House) -> None:
    house.keys = {"http": {"listen": "127.0.0.1:0"}}
    with running(house) as daemon:
        wait_until(daemon.idle)
        with urllib.request.urlopen(f"http://127.0.0.1:{daemon.port}/readyz", timeout=5) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(f"http://127.0.0.1:{daemon.port}/healthz", timeout=5) as answer:
            assert answer.status == 200


def test_a_port_in_use_is_refused(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, house.store() as store:
        house.keys = {"http": {"listen": f"127.0.0.1:{taken.getsockname()[1]}"}}
        daemon = Daemon(house.config(), store, house.rules)
        with pytest.raises(PortTakenError):
            daemon.start()
        daemon.stop()


PROGRAM = """
import sys
from pathlib import Path
from watcher.config import load_config
from watcher.rules import load_rules
from watcher.service.daemon import Daemon
from watcher.store import Store
import logging
logging.basicConfig(level="INFO", stream=sys.stderr)
path = Path(sys.argv[1])
config, rules = load_config(path), load_rules()
with Store.open(config.state) as store:
    sys.exit(Daemon(config, store, rules, reload=lambda: (load_config(path), load_rules())).run())
"""


@contextmanager
def program(house: House, notify: Path) -> "Iterator[tuple[subprocess.Popen[str], socket.socket]]":
    """Run the daemon in a process of its own, under a service manager that listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(notify))
        manager.settimeout(60)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(house.write_config())],
            cwd=ROOT,
            env={"NOTIFY_SOCKET": str(notify), "WATCHDOG_USEC": "1000000", "PATH": "/usr/bin"},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process, manager
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


def hear(manager: socket.socket, message: bytes) -> None:
    while manager.recv(1000) != message:
        pass


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
@pytest.mark.failure(8)
def test_a_signal_ends_it(number: signal.Signals, code: int, dovecot_house: House, tmp_path: Path) -> None:
    dovecot_house.account.append(HARD)
    with program(dovecot_house, tmp_path / "notify") as (process, manager):
        hear(manager, b"READY=1")
        hear(manager, b"WATCHDOG=1")
        wait_until(lambda: dovecot_house.counts() == {"Bounces/Hard": 1})
        process.send_signal(number)
        hear(manager, b"STOPPING=1")
        assert process.wait(20) == code


EARLY = """
import os, signal, sys
from watcher.cli import options
from watcher.cli.main import run_command_line
load = options.open_config

signals = [int(sys.argv[2])]

def loading(context):
    while signals:  # when it begins, and not when it reads its config anew
        os.kill(os.getpid(), signals.pop())
    return load(context)

options.open_config = loading
import watcher.cli.service
watcher.cli.service.open_config = loading
sys.exit(run_command_line(["run", "-c", sys.argv[1]]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_before_it_has_begun_ends_it(
    number: signal.Signals, code: int, dovecot_house: House
) -> None:
    command = [sys.executable, "-c", EARLY, str(dovecot_house.write_config()), str(number.value)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, "started" in ended.stderr) == (code, False), ended.stderr


def test_sighup_before_it_has_begun_does_not_end_it(dovecot_house: House, tmp_path: Path) -> None:
    dovecot_house.account.append(HARD)
    command = [sys.executable, "-c", EARLY, str(dovecot_house.write_config()), str(signal.SIGHUP.value)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_until(lambda: dovecot_house.counts() == {"Bounces/Hard": 1})
            process.terminate()
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.communicate()


def test_sighup_takes_a_changed_config_up_whole_or_not_at_all(dovecot_house: House, tmp_path: Path) -> None:
    house = dovecot_house
    with program(house, tmp_path / "notify") as (process, manager):
        hear(manager, b"READY=1")
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(process.stderr or []), daemon=True)
        reader.start()

        house.mailbox = {"folders": {"bounce.hard": "Dead"}, "nonsense": 1}
        house.write_config()
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: any("reload_refused" in line and "nonsense" in line for line in list(lines)))

        house.mailbox = {"folders": {"bounce.hard": "Dead"}}
        house.write_config()
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: any("reloaded" in line for line in list(lines)))
        house.account.append(HARD)
        wait_until(lambda: house.counts() == {"Dead": 1})
        process.terminate()
        assert process.wait(20) == 0
        reader.join(10)
