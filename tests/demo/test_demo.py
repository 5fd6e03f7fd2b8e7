"""The demo as a person starts it: a process of its own, to its end."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


WITHOUT_PYMAP = "import sys; sys.modules['pymap'] = None; from watcher.__main__ import main; main()"
COMMAND = [sys.executable, "-m", "watcher", "demo"]
ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def play(*flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *flags], capture_output=True, text=True, timeout=100, check=False, env=ENVIRON
    )


@contextlib.contextmanager
def running(*flags: str, **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """Start the demo; whatever happens, it ends with the block."""
    process = subprocess.Popen([*COMMAND, *flags], **how)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def played() -> subprocess.CompletedProcess[str]:
    return play("--exit-when-idle", "--mails", "120")


def test_it_ends_with_0_and_no_word_of_complaint(played: subprocess.CompletedProcess[str]) -> None:
    assert (played.returncode, played.stderr) == (0, "")


def test_every_mail_lies_in_a_folder(played: subprocess.CompletedProcess[str]) -> None:
    part = played.stdout.partition("Where the mail lies now")[2].partition("\n\n")[0]
    counts = {name: int(number) for name, number in re.findall(r"^  (\S+) +(\d+) ", part, re.MULTILINE)}
    assert sum(counts.values()) == 120
    assert {"INBOX", "Bounces/Hard", "Bounces/Soft", "Bounces/Block", "Delays", "Complaints"} <= set(counts)
    assert counts["Bounces/Hard"] > counts["Delays"]


def test_events_are_shown_as_they_come(played: subprocess.CompletedProcess[str]) -> None:
    events = re.findall(r"^  (\w+\.\w+) +(\S+@\S+)", played.stdout, re.MULTILINE)
    assert ("bounce.hard", "anna.berg@example.com") in events
    assert {"bounce.soft", "bounce.block", "delay.reported", "complaint.received"} <= {
        kind for kind, _ in events
    }
    assert "every signature verified" in played.stdout


def test_it_says_what_to_do_next(played: subprocess.CompletedProcess[str]) -> None:
    assert "bounce-watcher init" in played.stdout


def test_off_a_terminal_there_is_no_colour(played: subprocess.CompletedProcess[str]) -> None:
    assert "\x1b" not in played.stdout


def test_a_small_mailbox_is_enough() -> None:
    assert play("--exit-when-idle", "--mails", "1").returncode == 0


def test_on_a_narrow_terminal_no_line_is_wider() -> None:
    """The bars, the events and the heading fit; colour is there, and takes no room."""
    main, side = pty.openpty()
    environ = {**ENVIRON, "COLUMNS": "72", "LINES": "24", "TERM": "xterm"}
    environ.pop("NO_COLOR", None)
    with running("--exit-when-idle", "--mails", "40", stdout=side, env=environ) as process:
        os.close(side)
        shown = b""
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not piece:
                break
            shown += piece
        os.close(main)
        assert process.wait(60) == 0
    text = shown.decode()
    assert "\x1b[" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    wide = [line for line in plain.splitlines() if len(line) > 72 and "://" not in line and "," not in line]
    assert wide == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_ends_it_and_nothing_is_left(number: signal.Signals, code: int, tmp_path: Path) -> None:
    pipe, environ = subprocess.PIPE, {**ENVIRON, "TMPDIR": str(tmp_path)}
    with running("--mails", "5", stdout=pipe, stderr=pipe, text=True, env=environ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        time.sleep(0.3)
        assert list(tmp_path.iterdir())
        process.send_signal(number)
        assert process.wait(30) == code
        assert process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


def test_without_pymap_one_line_says_how_to_get_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYMAP, "demo"],
        capture_output=True, text=True, timeout=60, check=False, env=ENVIRON,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'bounce-watcher[demo]'" in done.stderr
