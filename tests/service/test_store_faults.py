"""A full disk, a file that another process holds: fetching stops, HTTP answers, nothing is lost."""

import contextlib
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.crash.mails import every_kind, failure
from tests.service.house import House, wait_until
from watcher.service import worker
from watcher.service.backoff import Backoff
from watcher.service.daemon import Daemon
from watcher.store import Store


MORE = [
    failure(f"late{number}@example.com", "550 5.1.1 user unknown", number=50 + number) for number in range(8)
]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "Backoff", lambda: Backoff(first=0.1, longest=0.5))


@contextmanager
def running(house: House) -> Iterator[tuple[Daemon, Store]]:
    house.keys["http"] = {"listen": "127.0.0.1:0"}
    house.mailbox = {"poll": "1s"}
    with house.store() as store:
        daemon = Daemon(house.config(), store, house.rules)
        daemon.start()
        try:
            yield daemon, store
        finally:
            daemon.stop()


def ask(daemon: Daemon, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://localhost:{daemon.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def hard(house: House) -> Counter[str]:
    events = (json.loads(hook.body) for hook in house.receiver.received)
    return Counter(e["data"]["recipient"]["address"] for e in events if e["type"] == "bounce.hard")


def check_outage(house: House, daemon: Daemon, fault: str) -> None:
    """Mail comes while the store takes no write: it stays where it is, and that is said."""
    house.account.append(*MORE)
    wait_until(lambda: fault in ask(daemon, "/readyz")[1])
    assert ask(daemon, "/readyz")[0] == 503
    assert ask(daemon, "/healthz")[0] == 200
    status, answer = ask(daemon, "/api/v1/suppressions/gone@example.com")
    assert (status, json.loads(answer)["suppressed"]) == (200, True)
    assert house.counts()["INBOX"] >= len(MORE)
    assert not any(address.startswith("late") for address in hard(house))


def check_recovery(house: House, daemon: Daemon) -> None:
    """All of it is served, once, without anybody's doing."""
    wait_until(lambda: sum(address.startswith("late") for address in hard(house)) == len(MORE))
    wait_until(daemon.idle)
    wait_until(lambda: ask(daemon, "/readyz")[0] == 200)
    assert set(hard(house).values()) == {1}
    assert house.counts()["Bounces/Hard"] == len(hard(house))


def first_mails(house: House, daemon: Daemon) -> None:
    house.account.append(*every_kind())
    wait_until(daemon.idle)
    wait_until(lambda: hard(house)["gone@example.com"] == 1)


def test_a_file_that_may_not_grow(dovecot_house: House) -> None:
    with running(dovecot_house) as (daemon, store):
        first_mails(dovecot_house, daemon)
        with store._database.reading() as sql:
            limit = sql.execute("PRAGMA max_page_count").fetchone()[0]
            used = sql.execute("PRAGMA page_count").fetchone()[0]
            sql.execute(f"PRAGMA max_page_count = {used}")
        dovecot_house.account.append(*MORE)
        wait_until(lambda: "the disk is full" in str(daemon._crew._workers[0].problem))
        with store._database.reading() as sql:
            sql.execute(f"PRAGMA max_page_count = {limit}")
        check_recovery(dovecot_house, daemon)


def fill(path: Path) -> None:
    """Take all the room that there is."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def test_a_file_system_that_is_full(dovecot_house: House, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(small)], capture_output=True, check=False
    )
    if not made or made.returncode or umount is None:
        pytest.skip("no right to mount a small file system")
    try:
        dovecot_house.directory = small
        with running(dovecot_house) as (daemon, store):
            first_mails(dovecot_house, daemon)
            with store._database.reading() as sql:
                sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            fill(small / "ballast")
            check_outage(dovecot_house, daemon, "the disk is full")
            (small / "ballast").unlink()
            check_recovery(dovecot_house, daemon)
    finally:
        subprocess.run([umount, str(small)], check=False)


HOLD = """
import sqlite3, sys
sql = sqlite3.connect(sys.argv[1], isolation_level=None)
sql.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_file_that_another_process_holds(dovecot_house: House) -> None:
    with running(dovecot_house) as (daemon, _store):
        first_mails(dovecot_house, daemon)
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, str(dovecot_house.state)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as holder:  # fmt: skip
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            check_outage(dovecot_house, daemon, "another process holds it")
            holder.kill()
        check_recovery(dovecot_house, daemon)
