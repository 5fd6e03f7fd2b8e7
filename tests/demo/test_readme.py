"""The README: every command of ours in it exists as it stands there, and the receiver in it works."""

import base64
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
import pytest

from tests.servers.ports import free_ports, wait_for_port
from watcher.cli.main import command_line
from watcher.deliver.signature import sign


ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = "\n".join(text for language, text in BLOCK.findall(README) if language == "sh").replace("\\\n", " ")
CALL = re.compile(r"(?<![\w/-])(?:\S*/bin/)?bounce-watcher +([a-z]+)([^\n|&;)]*)")
CALLS = CALL.findall(SHELL)


def test_it_can_be_read_in_one_sitting() -> None:
    assert len(README.splitlines()) < 150


def test_it_shows_commands() -> None:
    assert {name for name, _ in CALLS} >= {"demo", "init", "check", "once", "status", "classify"}


@pytest.mark.parametrize(("name", "rest"), CALLS, ids=[f"{name}{rest}" for name, rest in CALLS])
def test_a_command_of_it_exists_with_its_flags(name: str, rest: str) -> None:
    command = command_line.get_command(click.Context(command_line), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
    assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest)) <= known


def test_flags_in_its_prose_exist() -> None:
    prose = BLOCK.sub("", README)
    commands = [
        command_line.get_command(click.Context(command_line), name)
        for name in command_line.list_commands(click.Context(command_line))
    ]
    known = {
        option for command in commands if command for parameter in command.params for option in parameter.opts
    }
    assert set(re.findall(r"`(--[a-z-]+)", prose)) <= known


@pytest.mark.parametrize("path", re.findall(r"\]\(((?!https?:)[^)]+)\)", README))
def test_what_it_links_to_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("mark", ["demo", "tests"])
def test_the_commands_that_are_run_from_it_are_marked(mark: str) -> None:
    assert re.search(rf"^<!-- ci: {mark} -->\n```sh\n[^\n]+\n```$", README, re.MULTILINE)


def test_its_receiver_takes_what_we_sign_and_nothing_else(tmp_path: Path) -> None:
    """The sketch is run as it stands, but for the port."""
    (code,) = [text for language, text in BLOCK.findall(README) if language == "python"]
    (port,) = free_ports(1)
    assert "8000" in code
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    (tmp_path / "webhook-secret").write_text(secret + "\n")
    (tmp_path / "receiver.py").write_text(code.replace("8000", str(port)))
    recipient = {"address": "gone@example.com", "reason": "mailbox_not_found"}
    body = json.dumps({"type": "bounce.hard", "data": {"recipient": recipient}}).encode()
    with subprocess.Popen(
        [sys.executable, "-u", "receiver.py"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            wait_for_port(port)
            assert post(port, body, sign([secret], "e1", int(time.time()), body)) == 204
            forged = sign(["whsec_" + base64.b64encode(b"x" * 32).decode()], "e2", int(time.time()), body)
            assert post(port, body, forged) == 401
            assert post(port, body, {}) == 401
        finally:
            process.terminate()
        assert process.stdout is not None
        assert process.stdout.read() == "bounce.hard gone@example.com mailbox_not_found\n"


def post(port: int, body: bytes, headers: dict[str, str]) -> int:
    """Give the status."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
