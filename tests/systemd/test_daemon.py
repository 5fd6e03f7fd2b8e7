"""The daemon keeps its side of the unit: it tells systemd how it is, ends well, and stays within its bounds.

The service manager is played by the test: a socket for the notifications, and signals.
"""

import contextlib
import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

from tests.deliver.receiver import Receiver
from tests.deliver.samples import SECRET
from tests.servers.pymap import Pymap
from tests.systemd.programs import find_program


UNIT = Path(__file__).parents[2] / "systemd" / "bounce-watcher.service"
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, PR_GET_MDWE = 38, 65, 66  # linux/prctl.h
BOUNCE = b"""\
From: MAILER-DAEMON@mx.example.net
To: bounces@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-1@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain

Your message could not be delivered.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; nobody@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown

--edge--
"""


class Manager:
    """The socket that a service manager listens on."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)

    def __enter__(self) -> Self:
        """Listen."""
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._socket.close()

    def wait_for(self, word: str, seconds: float = 20.0) -> list[str]:
        """Give all that was told until a line begins with `word`."""
        told: list[str] = []
        end = time.monotonic() + seconds
        while not any(line.startswith(word) for line in told):
            self._socket.settimeout(max(end - time.monotonic(), 0.01))
            try:
                told += self._socket.recv(4_096).decode().splitlines()
            except TimeoutError:
                raise AssertionError(f"no {word} among {told}") from None
        return told


@pytest.fixture
def config(tmp_path: Path, pymap: Pymap) -> Iterator[tuple[Path, Receiver]]:
    """Give a config for a mailbox with one bounce in it, and the endpoint that it names."""
    pymap.append(pymap.username, [BOUNCE])
    path = tmp_path / "config.yaml"
    with Receiver() as receiver:
        path.write_text(
            f"state: {tmp_path / 'state.db'}\n"
            "http: null\n"
            "mailboxes:\n"
            f"  - {{host: 127.0.0.1, port: {pymap.imap_port}, tls: none, username: {pymap.username},"
            " password: {credential: imap-bounces}}\n"
            "webhooks:\n"
            f"  - {{url: '{receiver.url}', secret: {{credential: webhook-app}}}}\n"
        )
        credentials = tmp_path / "credentials"
        credentials.mkdir()
        (credentials / "imap-bounces").write_text(pymap.password)
        (credentials / "webhook-app").write_text(SECRET)
        yield path, receiver


@contextmanager
def running(config: Path, *before: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon as the unit does, with the credentials that it would be given."""
    command = [str(Path(sys.executable).with_name("bounce-watcher")), "run", "--config", str(config)]
    credentials = {"CREDENTIALS_DIRECTORY": str(config.parent / "credentials")}
    with config.with_name("log").open("wb") as log:
        process = subprocess.Popen(
            [*before, *command], env=os.environ | credentials | environment, stderr=log
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


def until(holds: Callable[[], bool], words: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, words
        time.sleep(0.05)


def arrived(receiver: Receiver, seconds: float = 20.0) -> None:
    until(lambda: bool(receiver.received), "no event came", seconds)


def logged(config: Path, words: str) -> None:
    log = config.with_name("log")
    until(lambda: words in log.read_text(), f"never logged: {words}", 20)


@pytest.mark.parametrize("abstract", [False, True], ids=["path", "abstract"])
def test_it_tells_systemd_how_it_is(config: tuple[Path, Receiver], tmp_path: Path, *, abstract: bool) -> None:
    path, receiver = config
    address = f"@bounce-watcher-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with Manager(address) as manager:
        watched = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000"}
        with running(path, **watched) as process:
            assert not any(line.startswith("STOPPING") for line in manager.wait_for("READY=1"))
            arrived(receiver)
            manager.wait_for("STATUS=")
            manager.wait_for("WATCHDOG=1", 3.0)
            manager.wait_for("WATCHDOG=1", 3.0)
            process.send_signal(signal.SIGTERM)
            told = manager.wait_for("STOPPING=1")
            assert process.wait(20) == 0
    assert told[-1] == "STOPPING=1"


def test_sighup_takes_a_changed_config_up_and_a_bad_one_not(config: tuple[Path, Receiver]) -> None:
    path, receiver = config
    good = path.read_text()
    with running(path) as process:
        arrived(receiver)
        path.write_text(good + "nonsense: true\n")
        process.send_signal(signal.SIGHUP)
        logged(path, "reload_refused")
        path.write_text(good + "policy: {profile: strict_code}\n")
        process.send_signal(signal.SIGHUP)
        logged(path, "reloaded mailboxes=1 webhooks=1")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_wrong_config_ends_with_a_code_that_prevents_a_restart(config: tuple[Path, Receiver]) -> None:
    path, _ = config
    path.write_text(path.read_text() + "nonsense: true\n")
    with running(path) as process:
        code = process.wait(20)
    prevented = re.search(r"^RestartPreventExitStatus=(.*)$", UNIT.read_text(), re.MULTILINE)
    assert prevented is not None
    assert str(code) in prevented[1].split()


def test_it_works_where_memory_is_never_both_written_and_run(
    config: tuple[Path, Receiver], tmp_path: Path
) -> None:
    """MemoryDenyWriteExecute= and NoNewPrivileges=, which a process can set for itself."""
    if ctypes.CDLL(None).prctl(PR_GET_MDWE, 0, 0, 0, 0) < 0:
        pytest.skip("this kernel has no PR_SET_MDWE")
    path, receiver = config
    deny = (
        "import ctypes, os, sys\n"
        "libc = ctypes.CDLL(None)\n"
        f"assert libc.prctl({PR_SET_NO_NEW_PRIVS}, 1, 0, 0, 0) == 0\n"
        f"assert libc.prctl({PR_SET_MDWE}, 1, 0, 0, 0) == 0\n"
        "os.execv(sys.argv[1], sys.argv[1:])\n"
    )
    with running(path, sys.executable, "-c", deny) as process:
        arrived(receiver)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def allowed_calls(analyze: str) -> set[str]:
    """Give the system calls that the unit's filter lets through."""

    def expand(name: str) -> set[str]:
        if not name.startswith("@"):
            return {name}
        shown = subprocess.run([analyze, "syscall-filter", name], capture_output=True, text=True, check=True)
        lines = [line.strip() for line in shown.stdout.splitlines()[1:]]
        return set().union(*(expand(line) for line in lines if line and not line.startswith("#")))

    allowed: set[str] = set()
    for wanted in re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(), re.MULTILINE):
        names = set().union(*(expand(name) for name in wanted.removeprefix("~").split()))
        allowed = allowed - names if wanted.startswith("~") else allowed | names
    return allowed


@pytest.mark.servers
def test_it_makes_no_system_call_that_the_unit_forbids(config: tuple[Path, Receiver], tmp_path: Path) -> None:
    analyze, strace = find_program("systemd-analyze"), find_program("strace")
    if analyze is None or strace is None:
        pytest.skip("systemd-analyze or strace is not installed")
    path, receiver = config
    counts = tmp_path / "calls"
    with running(path, strace, "-f", "-c", "-S", "name", "-U", "name", "-o", str(counts)) as process:
        arrived(receiver, 60)
        time.sleep(0.5)
        (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGTERM)
        assert process.wait(30) == 0
    called = set(re.findall(r"^(\w+)$", counts.read_text(), re.MULTILINE)) - {"syscall", "total"}
    assert "connect" in called
    if os.geteuid() == 0:
        called.discard("fchown")  # SQLite gives its files to the database's owner, as root alone
    assert called - allowed_calls(analyze) == set()
