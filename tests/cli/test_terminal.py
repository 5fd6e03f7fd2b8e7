"""What only happens on a terminal: colour, tables, questions, the count of what is done."""

import contextlib
import os
import pty
import select
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import BOUNCE, command, environment
from watcher.config import load_config


def on_terminal(folder: Path, *arguments: str, answers: Sequence[tuple[str, str]] = (), **env: str) -> str:
    """Run the command with a terminal on all three streams, and give what stood there.

    `answers` are (question, what is typed once it is asked).
    """
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder,
        env=environment(TERM="xterm", **env), close_fds=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown, waiting = "", list(answers)
        while piece := read(ours):
            shown += piece
            if waiting and waiting[0][0] in shown:
                os.write(ours, waiting.pop(0)[1].encode())
        os.close(ours)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        assert process.wait(5) == 0, shown
    return shown


def read(terminal: int) -> str:
    """Read what comes next, or nothing at the end of the terminal or after too long."""
    if not select.select([terminal], [], [], 20)[0]:
        return ""
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # Linux's word for the end of a terminal
        return ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.eml").write_text(BOUNCE)
    return tmp_path


def test_table_is_the_default(folder: Path) -> None:
    shown = on_terminal(folder, "classify", "one.eml")
    assert shown.startswith("source ")
    assert "user@example.com" in shown


def test_colour_obeys_no_color(folder: Path) -> None:
    assert "\x1b[31m" in on_terminal(folder, "explain", "one.eml", NO_COLOR="")
    assert "\x1b" not in on_terminal(folder, "explain", "one.eml", NO_COLOR="1")


def test_init_asks_for_what_was_not_given(folder: Path) -> None:
    answers = [
        ("IMAP server", "imap.example.com\n"),
        ("Name to sign in with", "bounces@example.com\n"),
        ("URL that events are sent to", "https://app.example.com/hooks\n"),
        ("Domains you send from", "\n"),
        ("Password", "correct horse\n"),
    ]
    shown = on_terminal(folder, "init", answers=answers)
    assert "correct horse" not in shown.partition("Password")[2]
    config = load_config(folder / "config.yaml")
    assert (config.mailboxes[0].host, config.mailboxes[0].username) == (
        "imap.example.com",
        "bounces@example.com",
    )
    assert config.mailboxes[0].password.reveal() == "correct horse"
    assert config.authenticity.domains == ("example.com",)
    assert (folder / "imap-password").stat().st_mode & 0o777 == 0o600


def test_init_asks_again_for_what_is_wrong(folder: Path) -> None:
    answers = [
        ("IMAP server", "imaps://imap.example.com\n"),
        ("--host: ", "imap.example.com\n"),
        ("Name to sign in with", "bounces\n"),
        ("URL that events are sent to", "http://app.example.com/hooks\n"),
        ("--webhook-url: ", "https://app.example.com/hooks\n"),
        ("Domains you send from", "example.com, bounces@example.com\n"),
        ("--domain: ", "example.com example.org\n"),
        ("Password", "\n"),
    ]
    on_terminal(folder, "init", answers=answers)
    (folder / "imap-password").write_text("x")
    config = load_config(folder / "config.yaml")
    assert (config.mailboxes[0].host, config.authenticity.domains) == (
        "imap.example.com",
        ("example.com", "example.org"),
    )


def test_count_is_shown_while_results_go_to_a_file(folder: Path) -> None:
    ours, theirs = pty.openpty()
    with (folder / "out.jsonl").open("wb") as out:
        subprocess.run(
            command("classify", "one.eml"),
            stdout=out,
            stderr=theirs,
            cwd=folder,
            env=environment(),
            check=True,
        )
    assert "1 messages in" in os.read(ours, 4096).decode()
    os.close(ours)
    os.close(theirs)
