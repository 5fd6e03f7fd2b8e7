"""A changed config is taken up whole; where it cannot be, the crew before goes on, or the end is clear."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.crash.mails import failure
from tests.servers.scripted_imap import ScriptedImap, prelude
from tests.service.house import House, wait_until
from watcher.errors import PortTakenError
from watcher.service import crew
from watcher.service.daemon import Daemon


HARD = failure("gone@example.com", "550 5.1.1 user unknown")


@contextmanager
def running(house: House) -> Iterator[Daemon]:
    with house.store() as store:
        daemon = Daemon(house.config(), store, house.rules, reload=lambda: (house.config(), house.rules))
        daemon.start()
        try:
            yield daemon
        finally:
            daemon.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


def is_ready(port: int | None) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except HTTPError:  # an event may go out before the sweep that found it has ended
        return False


def is_told(house: House) -> bool:
    return any(json.loads(hook.body)["type"] == "bounce.hard" for hook in house.receiver.received)


def test_where_a_new_port_is_taken_the_crew_before_is_not_disturbed(
    dovecot_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = dovecot_house
    house.keys = {"http": {"listen": "127.0.0.1:0"}}
    with running(house) as daemon, socket.create_server(("127.0.0.1", 0)) as taken:
        wait_until(daemon.idle)
        before, port = daemon._crew, daemon.port
        house.keys = {"http": {"listen": f"127.0.0.1:{taken.getsockname()[1]}"}}
        daemon._take_up()
        assert any("reload_refused" in line and "already in use" in line for line in caplog.messages)
        assert daemon._crew is before
        house.account.append(HARD)
        wait_until(lambda: is_told(house))
        wait_until(lambda: is_ready(port))


def test_where_the_address_cannot_be_had_the_config_before_is_taken_up_again(
    dovecot_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house, port = dovecot_house, free_port()
    house.keys = {"http": {"listen": f"127.0.0.1:{port}"}}
    with running(house) as daemon:
        wait_until(daemon.idle)
        house.keys = {"http": {"listen": f"192.0.2.1:{port}", "token": "a long and secret token"}}
        daemon._take_up()
        assert any("reload_refused" in line and "not an address" in line for line in caplog.messages)
        house.account.append(HARD)
        wait_until(lambda: is_told(house))
        wait_until(lambda: is_ready(port))


def test_where_the_port_is_lost_on_the_way_the_end_is_a_clear_one(
    dovecot_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house, port = dovecot_house, free_port()
    house.keys = {"http": {"listen": f"127.0.0.1:{port}"}}
    with running(house) as daemon:
        wait_until(daemon.idle)
        house.keys = {"http": {"listen": f"192.0.2.1:{port}", "token": "a long and secret token"}}
        robber = Robber(port)
        robber.start()
        with pytest.raises(PortTakenError, match="already in use"):
            daemon._take_up()
        robber.end()
    assert any("ended error=the config before cannot be taken up again" in line for line in caplog.messages)


class Robber(threading.Thread):
    """Takes a port in the moment in which it is free."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._found: socket.socket | None = None

    def run(self) -> None:
        while self._found is None:
            try:
                self._found = socket.create_server(("127.0.0.1", self._port))
            except OSError:
                continue

    def end(self) -> None:
        self.join(10)
        assert self._found is not None
        self._found.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "SECONDS_TO_END", 0.2)
    monkeypatch.setattr(crew, "SECONDS_TO_BREAK", 1.0)


@pytest.mark.usefixtures("hasty")
def test_a_worker_that_does_not_end_works_beside_no_other(
    dovecot_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = dovecot_house
    house.account.append(HARD)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        house.mailbox = {"port": silent.getsockname()[1]}
        with running(house) as daemon:
            held, _ = silent.accept()  # and never a greeting
            house.mailbox = {}
            daemon._take_up()
            assert "worker_left_behind mailbox=bounces" in caplog.messages
            wait_until(lambda: "waits for the work of the config before" in daemon.problems()[0])
            daemon._take_up()  # nor does the one after next
            wait_until(lambda: "waits for the work of the config before" in daemon.problems()[0])
            assert house.counts() == {"INBOX": 1}
            held.close()
            wait_until(daemon.idle)
    assert house.counts() == {"Bounces/Hard": 1}


@pytest.mark.usefixtures("hasty")
def test_another_mailbox_waits_for_nobody(dovecot_house: House) -> None:
    house = dovecot_house
    house.account.append(HARD)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        house.mailbox = {"name": "other", "username": "other", "port": silent.getsockname()[1]}
        with running(house) as daemon:
            held, _ = silent.accept()
            with held:
                house.mailbox = {}
                daemon._take_up()
                wait_until(daemon.idle)
    assert house.counts() == {"Bounces/Hard": 1}


HANGS = prelude().partition('C: SELECT "INBOX"')[0] + 'C: SELECT "INBOX"\nHANG\n'


@pytest.mark.usefixtures("hasty")
def test_a_connection_on_which_nothing_moves_is_cut(
    dovecot_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = dovecot_house
    house.account.append(HARD)
    with ScriptedImap(HANGS) as server:
        house.mailbox = {"port": server.port}
        with running(house) as daemon:
            wait_until(lambda: 'SELECT "INBOX"' in server.commands)
            house.mailbox = {}
            daemon._take_up()
            assert "worker_left_behind mailbox=bounces" not in caplog.messages
            wait_until(daemon.idle)
    assert house.counts() == {"Bounces/Hard": 1}
