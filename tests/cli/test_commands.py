"""How each command ends, run as a real process: exit code, and who is told what."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.conftest import BOUNCE, Run, command, environment
from watcher import __version__


COMMANDS = ["demo", "init", "check", "run", "once", "classify", "explain", "code", "rules", "returnpath",
            "status", "recipients", "suppressions", "events", "review", "db"]  # fmt: skip

CONFIG = """\
state: {state}
mailboxes:
  - {{host: 127.0.0.1, port: {port}, tls: none, username: bounces, password: correct horse}}
http: null
"""


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture
def files(tmp_path: Path, closed_port: int) -> Path:
    (tmp_path / "one.eml").write_text(BOUNCE)
    (tmp_path / "empty.eml").write_text("")
    (tmp_path / "good.yaml").write_text(CONFIG.format(state="state.db", port=closed_port))
    (tmp_path / "nowhere.yaml").write_text(CONFIG.format(state="/nonexistent/state.db", port=closed_port))
    (tmp_path / "closed.yaml").write_text(CONFIG.format(state="/proc/state.db", port=closed_port))
    (tmp_path / "bad.yaml").write_text("mailboxes: []\nfoo: 1\n")
    (tmp_path / "rules.toml").write_text("not TOML at all\n")
    (tmp_path / "rules.yaml").write_text(
        CONFIG.format(state="state.db", port=closed_port) + "rules: [rules.toml]\n"
    )
    return tmp_path


ENDS = [
    # Each case: what it shows, the arguments, the exit code, a text on standard error.
    ("version", ["--version"], 0, ""),
    ("help", ["--help"], 0, ""),
    ("nothing said", [], 2, "Usage"),
    ("a command that is none", ["clasify"], 2, "no such command 'clasify'; did you mean classify?"),
    ("a command of a later version", ["report", "--since", "7d"], 2, "no such command 'report'; "),
    ("an option that is none", ["classify", "--frmat", "csv", "one.eml"], 2, "no such option '--frmat'"),
    ("a choice that is none", ["classify", "--format", "xml", "one.eml"], 2, "'xml'"),
    ("classify without a path", ["classify"], 2, "PATH"),
    ("classify a path that leads nowhere", ["classify", "one.eml", "absent.eml"], 2, "absent.eml: no such"),
    ("classify", ["classify", "one.eml"], 0, ""),
    ("classify what is no mail", ["classify", "empty.eml"], 0, ""),
    ("classify what is no mail, strictly", ["classify", "--strict", "empty.eml"], 1, ""),
    ("classify by an absent config", ["-c", "absent.yaml", "classify", "one.eml"], 2, "absent.yaml: no such"),
    ("classify by a config", ["classify", "-c", "good.yaml", "one.eml"], 0, ""),
    ("classify by broken rules", ["classify", "-c", "rules.yaml", "one.eml"], 2, "rules.toml"),
    ("explain", ["explain", "one.eml"], 0, ""),
    ("explain what is no mail", ["explain", "empty.eml"], 0, ""),
    ("explain a path that leads nowhere", ["explain", "absent.eml"], 2, "absent.eml: no such file"),
    ("explain a folder", ["explain", "."], 2, "is a directory; name one message in it"),
    ("explain what cannot be read", ["explain", "/proc/self/mem"], 2, "mem: input/output error; name a file"),
    ("init where nothing can be written", ["init", "--host", "a.example", "--username", "a@b.example",
     "--webhook-url", "https://app.example/", "--password-file", "p", "--output", "/proc/c.yaml"], 2,
     "; let this user write there"),
    ("check without a config", ["check"], 2, "bounce-watcher init"),
    ("check a bad config", ["check", "-c", "bad.yaml"], 2, "bad.yaml:2: foo: unknown key"),
    ("check broken rules", ["check", "-c", "rules.yaml"], 2, ""),
    ("check a server that is away", ["check", "-c", "good.yaml"], 3, ""),
    ("check a state that cannot be", ["check", "-c", "nowhere.yaml"], 4, ""),
    ("once where the folder is closed", ["once", "-c", "closed.yaml"], 4, "/proc is there; let this user"),
    ("once without a config", ["once"], 2, "bounce-watcher init"),
    ("once with a bad config", ["once", "-c", "bad.yaml"], 2, "bad.yaml:1: mailboxes: the list is empty"),
    ("once, and the server is away", ["once", "-c", "good.yaml"], 3, "127.0.0.1"),
    ("once --dry-run, and the server is away", ["once", "--dry-run", "-c", "good.yaml"], 3, "127.0.0.1"),
    ("once without a state", ["once", "-c", "nowhere.yaml"], 4, "/nonexistent/state.db"),
    ("run with a bad config", ["run", "-c", "bad.yaml"], 2, "bad.yaml:2"),
    ("run without a state", ["run", "-c", "nowhere.yaml"], 4, "/nonexistent/state.db"),
    ("status before the first pass", ["status", "-c", "good.yaml"], 4, "bounce-watcher once"),
    ("db upgrade of nothing", ["db", "upgrade", "-c", "good.yaml"], 4, "bounce-watcher once"),
    ("init without a terminal", ["init", "--host", "imap.example.com"], 2, "--username: is missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "told"), [case[1:] for case in ENDS], ids=[case[0] for case in ENDS]
)
def test_exit_code(run: Run, files: Path, arguments: list[str], code: int, told: str) -> None:
    done = run(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert told in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["clasify"],
        ["classify", "--format", "xml", "."],
        ["classify"],
        ["events", "lst"],
        ["code", "--profil", "x"],
        ["suppressions", "list", "--state", "quarantine"],
    ],
)
def test_wrong_arguments_are_told_in_one_line(run: Run, arguments: list[str]) -> None:
    told = run(*arguments).stderr.splitlines()
    assert len(told) == 1, told
    assert told[0].startswith("bounce-watcher")
    assert "; " in told[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0
    assert f"Example: bounce-watcher {name}" in " ".join(done.stdout.split())


def test_help_lists_every_command(run: Run) -> None:
    listed = run("--help").stdout.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.splitlines() if line.startswith("  ")][:-1] == COMMANDS


def test_version_is_told_without_loading_much(run: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command("--version")[1:]],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"bounce-watcher {__version__}\n"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {
        "pydantic",
        "yaml",
        "aiohttp",
        "imapclient",
        "apscheduler",
        "sqlite3",
        "watcher.reader",
    }


def test_check_tells_all_in_one_run(run: Run, files: Path) -> None:
    lines = run("check", "-c", "good.yaml").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "ok", "ok", "ok", "FAIL"]
    assert not (files / "state.db").exists()


def test_status_after_a_pass(run: Run, files: Path) -> None:
    run("once", "-c", "good.yaml")
    facts = json.loads(run("status", "-c", "good.yaml").stdout)
    assert [box["name"] for box in facts["mailboxes"]] == ["bounces"]
    assert facts["mailboxes"][0]["failing_since"] is not None
    assert facts["deliveries"] == {"due": 0, "dead": 0}
    table = run("status", "-c", "good.yaml", "--format", "table").stdout
    assert "failing" in table
    assert "suppressed   0" in table


ANSWERERS = [["status"], ["explain", "one.eml"], ["classify", "one.eml"], ["code", "550"], ["rules", "list"]]


@pytest.mark.parametrize("arguments", ANSWERERS, ids=[each[0] for each in ANSWERERS])
def test_who_uses_no_secret_needs_none(run: Run, files: Path, arguments: list[str]) -> None:
    run("once", "-c", "good.yaml")
    config = files / "good.yaml"
    config.write_text(config.read_text().replace("correct horse", "{credential: imap-bounces}"))
    assert "no credentials here" in run("once", "-c", "good.yaml").stderr
    done = run(*arguments, "-c", "good.yaml")
    assert (done.returncode, done.stderr) == (0, "")


def test_config_is_found_by_the_environment(run: Run, files: Path) -> None:
    done = run("check", BOUNCE_WATCHER_CONFIG="bad.yaml")
    assert done.returncode == 2
    assert "bad.yaml:2" in done.stderr


@pytest.mark.parametrize("arguments", ANSWERERS[1:], ids=[each[0] for each in ANSWERERS[1:]])
def test_only_rules_take_a_config_that_was_not_named(run: Run, files: Path, arguments: list[str]) -> None:
    done = run(*arguments, BOUNCE_WATCHER_CONFIG="bad.yaml")
    assert done.returncode == (2 if arguments[0] == "rules" else 0)


def test_log_can_be_json(run: Run, files: Path) -> None:
    told = run("once", "-c", "good.yaml", "--log-format", "json").stderr.splitlines()
    entries = [json.loads(line) for line in told]
    assert all({"time", "level", "event"} <= set(entry) for entry in entries)
    assert any(entry["event"] == "mailbox_failing" and entry["mailbox"] == "bounces" for entry in entries)


def test_a_pass_is_summed_up_though_a_server_is_away(run: Run, files: Path) -> None:
    *_, last = run("once", "-c", "good.yaml").stderr.splitlines()
    assert last.endswith("info pass_done read=0 filed=0 delivered=0 due=0 failed=1")


@pytest.mark.parametrize("name", ["/dev/stdin", "pipe"])
def test_explain_reads_what_is_no_plain_file(tmp_path: Path, name: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    Thread(target=pipe.write_text, args=[BOUNCE], daemon=True).start()
    done = subprocess.run(
        command("explain", name), input=BOUNCE, capture_output=True, text=True, check=False,
        cwd=tmp_path, env=environment(), timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "mailbox_not_found" in done.stdout


def test_explanation_underlines_the_words_that_decided(run: Run, files: Path) -> None:
    lines = run("explain", "one.eml").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "rejected: User unknown" in line and "|" in line)
    start = lines[at].index("User unknown")
    assert lines[at + 1][start:] == "^" * len("User unknown")
    assert "user@example.com: hard" in "\n".join(lines)
    assert "  folder: Bounces/Hard" in lines
    assert "  events: bounce.hard" in lines


def test_words_that_reach_over_a_line_of_the_reply_are_underlined(run: Run, files: Path) -> None:
    sample = Path(__file__).parents[1] / "mail/bounce/odd_reply_over_joined_lines.eml"
    lines = run("explain", str(sample)).stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "Diagnostic-Code" in line)
    start = lines[at].index("message was blocked")
    assert lines[at + 1][start:] == "^" * len("message was blocked because its content")


def test_config_tells_which_domains_are_ours(run: Run, files: Path) -> None:
    config = files / "good.yaml"
    config.write_text(config.read_text() + "authenticity: {domains: [lists.example.org]}\n")
    for name, arguments in (("classify", ["one.eml"]), ("explain", ["one.eml", "--format", "json"])):
        alone, told = (json.loads(run(name, *arguments, *more).stdout) for more in ([], ["-c", "good.yaml"]))
        assert alone["authenticity"]["level"] == "unverified"
        assert told["authenticity"]["level"] == "plausible"


def test_explanation_as_json(run: Run, files: Path) -> None:
    answer = json.loads(run("explain", "one.eml", "--format", "json").stdout)
    assert answer["would"]["folder"] == "Bounces/Hard"
    assert answer["decided"][-1]["text"].strip() == "rejected: User unknown"
