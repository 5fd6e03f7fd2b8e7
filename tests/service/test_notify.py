"""systemd hears of us by datagrams, at a path or an abstract address."""

import os
import socket
from pathlib import Path

import pytest

from watcher.service.notify import Notifier


@pytest.mark.parametrize("abstract", [False, True])
def test_what_is_said(tmp_path: Path, *, abstract: bool) -> None:
    name = f"bounce-watcher-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{name}" if abstract else name)
        listener.settimeout(5)
        notifier = Notifier({"NOTIFY_SOCKET": f"@{name}" if abstract else name})
        notifier.ready()
        notifier.status("two\nlines")
        notifier.alive()
        notifier.stopping()
        said = [listener.recv(200) for _ in range(4)]
    assert said == [b"READY=1", b"STATUS=two lines", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens-here"])
def test_nobody_listens(address: str) -> None:
    Notifier({"NOTIFY_SOCKET": address}).ready()


CASES = [
    ("not asked", {}, None),
    ("asked", {"WATCHDOG_USEC": "30000000"}, 30.0),
    ("asked of us", {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
    ("asked of another", {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
    ("nonsense", {"WATCHDOG_USEC": "soon"}, None),
    ("zero", {"WATCHDOG_USEC": "0"}, None),
]


@pytest.mark.parametrize(("given", "seconds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_watchdog(given: dict[str, str], seconds: float | None) -> None:
    assert Notifier(given).watchdog == seconds
