"""`classify` answers for mail in every form, in byte order of path, the same by one process or several."""

import csv
import errno
import fcntl
import io
import json
import os
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import IO, Any

import pytest
from click.testing import CliRunner

from tests.cli.conftest import BOUNCE, ORDINARY, Run, command, environment, mbox
from watcher.cli.classify import classify


EXPECTED = [
    ("mail/a.eml", "ordinary"),
    ("mail/a/one.eml", "bounce"),
    ("mail/a/two.EML", "ordinary"),
    ("mail/box/.Sent/cur/4.host:2,S", "ordinary"),
    ("mail/box/cur/1.host:2,S", "bounce"),
    ("mail/box/new/2.host", "ordinary"),
    ("mail/old#1", "bounce"),
    ("mail/old#2", "ordinary"),
    ("mail/void.eml", "unreadable"),
]


def answers(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_folder_in_byte_order_of_path(run: Run, mail: Path) -> None:
    done = run("classify", "mail")
    found = [(answer["source"], answer["kind"]) for answer in answers(done.stdout)]
    assert found == EXPECTED
    assert [source for source, _ in found] == sorted((str(source) for source, _ in found), key=str.encode)
    assert done.returncode == 0


def test_other_files_are_named_on_standard_error(run: Run, mail: Path) -> None:
    told = run("classify", "mail").stderr.splitlines()
    assert sorted(line.partition(":")[0] for line in told) == [
        "mail/a/notes.txt",
        "mail/box/dovecot.index.log",
    ]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_folder_without_mail_is_told(run: Run, mail: Path, tmp_path: Path, jobs: str) -> None:
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    done = run("classify", "--strict", "--jobs", jobs, "empty", "mail/a.eml")
    assert (done.returncode, done.stderr) == (0, "empty: no message in it\n")
    assert len(answers(done.stdout)) == 1


def test_paths_are_answered_in_the_order_given(run: Run, mail: Path) -> None:
    done = run("classify", "mail/old", "mail/a.eml", "mail/box/new/2.host")
    assert [answer["source"] for answer in answers(done.stdout)] == [
        "mail/old#1",
        "mail/old#2",
        "mail/a.eml",
        "mail/box/new/2.host",
    ]


def test_order_is_the_same_by_several_processes(run: Run, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(450):
        text = BOUNCE if number % 3 else ORDINARY
        (many / f"{number}.eml").write_text(text.replace("user@", f"user{number}@"))
    alone = run("classify", "many")
    assert len(alone.stdout.splitlines()) == 450
    assert run("classify", "--jobs", "2", "many").stdout == alone.stdout


def test_answer_does_not_hang_on_the_hash_seed(run: Run, mail: Path) -> None:
    first, second = (run("classify", "mail", PYTHONHASHSEED=seed).stdout for seed in ("1", "2"))
    assert first == second


def test_message_of_an_mbox_is_the_message(run: Run, mail: Path) -> None:
    alone, joined = run("classify", "mail/a/one.eml"), run("classify", "mail/old")
    fingerprints = [answer["message"]["fingerprint"] for answer in answers(alone.stdout + joined.stdout)]
    assert fingerprints[0] == fingerprints[1]


STREAMS = [
    ("a message", BOUNCE, ["-"]),
    ("a message as a delivery agent hands it on", mbox(BOUNCE), ["-"]),
    ("an mbox", mbox(BOUNCE, ORDINARY), ["-#1", "-#2"]),
    ("nothing", "", ["-"]),
]


@pytest.mark.parametrize(
    ("text", "sources"), [case[1:] for case in STREAMS], ids=[case[0] for case in STREAMS]
)
def test_standard_input(run: Run, text: str, sources: list[str]) -> None:
    assert [answer["source"] for answer in answers(run("classify", "-", stdin=text).stdout)] == sources


def test_path_that_is_no_utf8_is_still_valid_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    Path(f"{tmp_path}/odd/\udcff.eml").write_text(ORDINARY)
    (answer,) = answers(run("classify", "odd").stdout)
    assert answer["kind"] == "ordinary"


def test_csv_has_a_row_a_recipient_and_no_formula(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_text(BOUNCE.replace("user@example.com", "=cmd@example.com"))
    rows = list(csv.DictReader(io.StringIO(run("classify", "--format", "csv", "one.eml").stdout)))
    assert [(row["source"], row["address"], row["class"]) for row in rows] == [
        ("one.eml", "'=cmd@example.com", "hard")
    ]


def test_table_shows_no_control_character(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m.eml").write_text(BOUNCE)
    done = run("classify", "--format", "table", ".")
    assert "user@example.com" in done.stdout
    assert "\x1b" not in done.stdout


def test_profile_changes_the_class_alone(run: Run, tmp_path: Path) -> None:
    blocked = BOUNCE.replace("User unknown", "blocked by policy").replace("5.1.1", "5.7.1")
    (tmp_path / "one.eml").write_text(blocked)
    plain, strict = (
        answers(run("classify", "one.eml", *more).stdout)[0] for more in ([], ["--profile", "strict_code"])
    )
    assert plain["recipients"][0].pop("class") == "block"
    assert strict["recipients"][0].pop("class") == "hard"
    assert plain == strict


def test_unreadable_counts_under_strict_alone(run: Run, mail: Path) -> None:
    assert run("classify", "mail/void.eml").returncode == 0
    assert run("classify", "--strict", "mail/void.eml").returncode == 1
    assert run("classify", "--strict", "--jobs", "2", "mail").returncode == 1
    assert run("classify", "--strict", "mail/a.eml").returncode == 0


@pytest.mark.parametrize("closed", ["mail/a", "mail/box/cur"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_folder_that_cannot_be_read_counts_under_strict(
    mail: Path, monkeypatch: pytest.MonkeyPatch, closed: str, jobs: str
) -> None:
    scandir = os.scandir

    def scan(path: str) -> Any:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.chdir(mail.parent)
    (mail / "void.eml").unlink()
    monkeypatch.setattr(os, "scandir", scan)
    for flags, end in ((["--strict"], 1), ([], 0)):
        done = CliRunner().invoke(classify, ["--jobs", jobs, *flags, "mail"], standalone_mode=False)
        assert (done.return_value, done.exception) == (end, None)
        assert f"{closed}: permission denied; skipped" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_file_that_cannot_be_read_counts_under_strict(run: Run, mail: Path) -> None:
    (mail / "void.eml").unlink()
    (mail / "old").chmod(0)
    done = run("classify", "--strict", "mail")
    assert (done.returncode, "mail/old: permission denied; skipped" in done.stderr) == (1, True)


def test_reader_of_the_output_may_leave(mail: Path) -> None:
    process = subprocess.Popen(
        command("classify", *["mail"] * 200), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=mail.parent, env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    told = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == 0
    assert "Traceback" not in told
    assert "Broken pipe" not in told


def _unread(pipe: IO[bytes]) -> int:
    """Tell how much of what was written to a pipe nobody has read."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_interrupted_ends_with_130() -> None:
    with subprocess.Popen(
        command("classify", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(PYTHONUNBUFFERED="1"),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(b"From: ")
        process.stdin.flush()
        ends = time.monotonic() + 30
        while _unread(process.stdin) and time.monotonic() < ends:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr is not None
        assert process.stderr.read().strip() == b""
