"""`suppressions` and `recipients`, as a person or a script uses them: on a state file, without a server."""

import csv
import io
import json
import logging
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.conftest import Run
from watcher.cli.main import run_command_line


CONFIG = """\
state: {directory}/state.db
mailboxes:
  - {{host: imap.example.com, username: bounces@lists.example.org, password: correct horse}}
webhooks:
  - name: app
    url: https://app.example.com/
    secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
    events: ["*"]
http: null
"""
USER = "user@example.com"


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


Site = Callable[..., Done]


@pytest.fixture
def site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Site]:
    (tmp_path / "config.yaml").write_text(CONFIG.format(directory=tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOUNCE_WATCHER_CONFIG", raising=False)

    def call(*arguments: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run_command_line(arguments)
        out, err = capfd.readouterr()
        return Done(code, out, err)

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield call
    root.handlers[:] = handlers
    root.setLevel(level)


def test_the_command_ends_as_it_should(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.format(directory=tmp_path))
    assert run("suppressions", "add", USER, "--reason", "test").returncode == 0
    found = run("suppressions", "check", "--format", "plain", stdin=f"a@example.com\n\n {USER} \n")
    assert (found.returncode, found.stdout) == (1, f"{USER}\n"), found.stderr


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def queued(directory: Path) -> list[str]:
    with closing(sqlite3.connect(directory / "state.db")) as sql, sql:
        found = [row[0] for row in sql.execute("SELECT type FROM outbox ORDER BY id")]
    sql.close()
    return found


def test_an_address_is_added_found_and_let_go(site: Site, tmp_path: Path) -> None:
    assert site("suppressions", "check", USER).returncode == 4  # no state yet
    done = site("suppressions", "add", USER, "Other@Example.com", "--reason", "asked by phone", "--by", "ann")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    found = site("suppressions", "check", "USER@EXAMPLE.COM", "free@example.com")
    assert found.returncode == 1
    (row,) = rows(found.stdout)
    assert list(row) == ["address", "state", "reason", "since", "until", "source"]
    assert (row["address"], row["state"], row["reason"]) == ("USER@EXAMPLE.COM", "suppressed", "manual")
    listed = rows(site("suppressions", "list").stdout)
    assert [row["address"] for row in listed] == ["Other@Example.com", USER]
    assert site("suppressions", "check", "free@example.com").returncode == 0
    assert site("suppressions", "remove", USER, "--reason", "mailbox is back").returncode == 0
    assert site("suppressions", "check", USER).returncode == 0
    again = site("suppressions", "remove", USER, "--reason", "mailbox is back")
    assert (again.returncode, again.stderr) == (1, f"{USER}: not on the list\n")
    assert queued(tmp_path) == ["suppression.added", "suppression.added", "suppression.removed"]
    known = rows(site("recipients", "show", USER).stdout)[0]
    assert next((act["act"], act["who"], act["why"]) for act in known["acts"]) == (
        "suppress",
        "ann",
        "asked by phone",
    )
    assert [(entry["before"], entry["after"]) for entry in known["log"]] == [
        (None, "suppressed"),
        ("suppressed", "active"),
    ]
    told = site("recipients", "show", USER, "--format", "text").stdout
    assert told.splitlines()[0] == f"{USER}: active"
    assert "let go by a person" in told


def test_addresses_come_from_standard_input(site: Site) -> None:
    site("suppressions", "add", USER, "--reason", "test")
    found = site(
        "suppressions", "check", "--format", "plain", stdin=f"a@example.com\n\n {USER} \nb@example.com\n"
    )
    assert (found.returncode, found.stdout) == (1, f"{USER}\n")
    assert site("suppressions", "check", "-", stdin="a@example.com\n").returncode == 0


@pytest.mark.parametrize("garbage", ["", "nobody", "<user@example.com>", "a@b@", "user@", "two words"])
def test_what_is_no_address_is_not_called_mailable(site: Site, garbage: str) -> None:
    site("suppressions", "add", USER, "--reason", "test")
    done = site("suppressions", "check", garbage, USER, "--format", "plain")
    assert (done.returncode, done.stdout) == (2, f"{USER}\n")
    assert done.stderr == f"'{garbage}': no address; write user@example.com\n"
    piped = site("suppressions", "check", "--format", "plain", stdin=f"free@example.com\n{garbage}\n{USER}\n")
    assert (piped.returncode, piped.stdout) == (2 if garbage else 1, f"{USER}\n")  # no empty line
    assert not garbage or piped.stderr == f"-:2: '{garbage}': no address; write user@example.com\n"
    shown = site("recipients", "show", garbage)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.startswith(f"'{garbage}': no address; write user@example.com")


def test_who_is_banned_is_let_go_by_force_alone(site: Site) -> None:
    site("suppressions", "add", USER, "--reason", "threatened us", "--ban")
    refused = site("suppressions", "remove", USER, "--reason", "sorry")
    assert (refused.returncode, refused.stderr) == (
        2,
        f"{USER}: banned for manual; add --force to let it go all the same\n",
    )
    assert site("suppressions", "remove", USER, "--reason", "sorry", "--force").returncode == 0


def test_a_domain_is_off_limits_with_all_its_addresses_but_one(site: Site) -> None:
    site("suppressions", "add", "@example.com", "--reason", "sold")
    assert site("suppressions", "check", USER, "other@example.com").stdout.count("\n") == 2
    told = site("recipients", "show", USER, "--format", "text").stdout
    assert "its whole domain is off limits" in told
    assert site("suppressions", "remove", USER, "--reason", "knows better").returncode == 0
    left = rows(site("suppressions", "check", USER, "other@example.com").stdout)
    assert [row["address"] for row in left] == ["other@example.com"]


FILES = [
    # Each case: the form, what a service wrote, the rows as we have them: address, state, reason, since.
    ("ses", "EmailAddress,Reason\na@example.com,BOUNCE\nb@example.com,COMPLAINT\n",
     [("a@example.com", "suppressed", "bounce"), ("b@example.com", "suppressed", "complaint")]),
    ("ses", "a@example.com,BOUNCE\nb@example.com,COMPLAINT\n",
     [("a@example.com", "suppressed", "bounce"), ("b@example.com", "suppressed", "complaint")]),
    ("sendgrid", 'status,reason,email,created\n5.1.1,"550 5.1.1, no such user",a@example.com,1577836800\n',
     [("a@example.com", "suppressed", "bounce", "2020-01-01T00:00:00Z")]),
    ("sendgrid", "email,ip,created\na@example.com,192.0.2.1,1577836800\n",
     [("a@example.com", "suppressed", "complaint", "2020-01-01T00:00:00Z")]),
    ("mailgun", 'address,code,error,created_at\na@example.com,550,None,"Wed, 01 Jan 2020 00:00:00 UTC"\n',
     [("a@example.com", "suppressed", "bounce", "2020-01-01T00:00:00Z")]),
    ("mailgun", "address,created_at\na@example.com,2020-01-01T00:00:00Z\n",
     [("a@example.com", "suppressed", "complaint", "2020-01-01T00:00:00Z")]),
    ("postmark", ("EmailAddress,SuppressionReason,Origin,CreatedAt\n"
     "a@example.com,HardBounce,Recipient,2020-01-01T00:00:00-05:00\n"
     "b@example.com,ManualSuppression,Customer,2020-01-01T00:00:00Z\n"),
     [("a@example.com", "suppressed", "bounce", "2020-01-01T05:00:00Z"),
      ("b@example.com", "suppressed", "manual", "2020-01-01T00:00:00Z")]),
    ("listmonk", ("uuid,email,name,attributes,status,created_at,updated_at\n"
     "1,a@example.com,Ann,{},blocklisted,2019-01-01T00:00:00Z,2020-01-01T00:00:00Z\n"),
     [("a@example.com", "suppressed", "manual", "2020-01-01T00:00:00Z")]),
    ("watcher", ("\ufeffsource,since,address,state,reason,until\n"
     "x,2020-01-01T00:00:00Z,'+a@example.com,banned,manual,\n"),
     [("+a@example.com", "banned", "manual", "2020-01-01T00:00:00Z")]),
]  # fmt: skip


@pytest.mark.parametrize(("form", "text", "expected"), FILES)
def test_lists_of_other_services_are_read(
    site: Site, tmp_path: Path, form: str, text: str, expected: list[tuple[str, ...]]
) -> None:
    (tmp_path / "list.csv").write_text(text)
    done = site("suppressions", "import", "list.csv")
    assert (done.returncode, done.stderr) == (0, f"{form}: {len(expected)} added, 0 known, 0 passed by\n")
    listed = [
        (str(row["address"]), str(row["state"]), str(row["reason"]), str(row["since"]))
        for row in rows(site("suppressions", "list").stdout)
    ]
    assert [row[: len(want)] for row, want in zip(listed, expected, strict=True)] == expected
    again = site("suppressions", "import", "list.csv", "--columns", form)
    assert again.stderr == f"{form}: 0 added, {len(expected)} known, 0 passed by\n"
    assert queued(tmp_path) == []


def test_a_list_that_is_none_is_refused_and_bad_rows_are_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "songs.csv").write_text("title,artist\nLa Paloma,Yradier\n")
    done = site("suppressions", "import", "songs.csv")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "songs.csv:1: 'title,artist': not the head of a list we know; the first line has to be one"
    )
    (tmp_path / "empty.csv").touch()
    done = site("suppressions", "import", "empty.csv")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "empty.csv:1: the list is empty; the first line has to be one of watcher: address,state"
    )
    (tmp_path / "list.csv").write_text(
        "EmailAddress,Reason\nnobody,BOUNCE\na@example.com,WHIM\nb@example.com,bounce\n"
    )
    told = [
        "list.csv:2: 'nobody' is no address; passed by",
        "list.csv:3: 'WHIM' in Reason puts nobody on the list; passed by",
    ]
    done = site("suppressions", "import", "list.csv")
    assert (done.returncode, done.stderr.splitlines()) == (1, [*told, "ses: 1 added, 0 known, 2 passed by"])
    dry = site("suppressions", "import", "list.csv", "--dry-run")
    assert dry.returncode == 1
    assert dry.stderr.splitlines() == [*told, f"ses: 1 to add, 2 passed by{UNASKED}"]


UNASKED = "; which of them are known was not asked"
OURS = "address,state,reason,since,until,source\n"


def test_a_time_that_cannot_be_read_is_no_guess(site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        f"{OURS}a@example.com,suppressed,manual,yesterday,,x\n"
        "b@example.com,suppressed,manual,2020-01-01T00:00:00Z,31/12/2099,x\n"
        "c@example.com,suppressed,manual,,,x\n"
        "d@example.com,suppressed,manual,2020-01-01T00:00:00Z,2099-12-31,x\n"
    )
    told = [
        "list.csv:2: 'yesterday' in since is no time; write 2026-11-22T04:19:00Z, or nothing; passed by",
        "list.csv:3: '31/12/2099' in until is no time; write 2026-11-22T04:19:00Z, or nothing; passed by",
    ]
    dry = site("suppressions", "import", "list.csv", "--dry-run")
    assert dry.stderr.splitlines() == [*told, f"watcher: 2 to add, 2 passed by{UNASKED}"]
    done = site("suppressions", "import", "list.csv")
    assert (done.returncode, done.stderr.splitlines()) == (
        1, [*told, "watcher: 2 added, 0 known, 2 passed by"]
    )  # fmt: skip
    listed = rows(site("suppressions", "list").stdout)
    assert [(row["address"], row["until"]) for row in listed] == [
        ("c@example.com", None),
        ("d@example.com", "2099-12-31T00:00:00Z"),
    ]


def test_a_row_whose_time_is_over_puts_nobody_on_the_list(site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        f"{OURS}a@example.com,suppressed,manual,2020-01-01T00:00:00Z,2020-02-01T00:00:00Z,x\n"
        "b@example.com,suppressed,manual,2020-01-01T00:00:00Z,,x\n"
    )
    dry = site("suppressions", "import", "list.csv", "--dry-run")
    assert dry.stderr == f"watcher: 1 to add, 1 already over, 0 passed by{UNASKED}\n"
    done = site("suppressions", "import", "list.csv")
    assert (done.returncode, done.stderr) == (
        0, "watcher: 1 added, 0 known, 1 already over, 0 passed by\n"
    )  # fmt: skip
    assert rows(site("recipients", "show", "a@example.com").stdout)[0]["acts"] == []


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_a_list_comes_from_a_pipe(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.format(directory=tmp_path))
    done = run("suppressions", "import", name, stdin="EmailAddress,Reason\na@example.com,BOUNCE\n")
    assert (done.returncode, done.stderr) == (0, "ses: 1 added, 0 known, 0 passed by\n")


def test_a_list_comes_from_a_named_pipe(site: Site, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    text = "EmailAddress,Reason\na@example.com,BOUNCE\n"
    writer = Thread(target=(tmp_path / "pipe").write_text, args=(text,), daemon=True)
    writer.start()
    done = site("suppressions", "import", "pipe")
    writer.join(10)
    assert (done.returncode, done.stderr) == (0, "ses: 1 added, 0 known, 0 passed by\n")


def test_whoever_was_let_go_is_not_put_back_by_an_old_list(site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("email,created\na@example.com,1577836800\n")
    site("suppressions", "import", "list.csv")
    site("suppressions", "remove", "a@example.com", "--reason", "came back")
    assert site("suppressions", "import", "list.csv").stderr == "sendgrid: 0 added, 1 known, 0 passed by\n"
    assert site("suppressions", "check", "a@example.com").returncode == 0


def test_a_list_goes_out_and_comes_in_again(site: Site, tmp_path: Path) -> None:
    site("suppressions", "add", "=cmd@example.com", "b@example.com", "--reason", "test")
    site("suppressions", "add", "c@example.com", "--ban", "--reason", "test")
    site("suppressions", "add", "@example.net", "--for", "30d", "--reason", "test")
    before = site("suppressions", "list").stdout
    out = site("suppressions", "export").stdout
    assert "\r\n'=cmd@example.com," in out or "\n'=cmd@example.com," in out
    (tmp_path / "list.csv").write_text(out)
    (tmp_path / "state.db").unlink()
    assert site("suppressions", "import", "list.csv").returncode == 0
    parts = ("address", "state", "reason", "since", "until")
    after = rows(site("suppressions", "list").stdout)
    assert [[row[part] for part in parts] for row in after] == [
        [row[part] for part in parts] for row in rows(before)
    ]


@pytest.mark.parametrize("form", ["ses", "sendgrid", "mailgun", "postmark", "listmonk"])
def test_a_list_goes_out_in_the_columns_of_a_service(site: Site, tmp_path: Path, form: str) -> None:
    (tmp_path / "in.csv").write_text("EmailAddress,Reason\na@example.com,BOUNCE\nb@example.com,COMPLAINT\n")
    site("suppressions", "import", "in.csv")
    site("suppressions", "add", "@example.net", "--reason", "test")
    done = site("suppressions", "export", "--columns", form)
    assert done.stderr == f"1 row left out: {form} has no word for it\n"
    (tmp_path / "out.csv").write_text(done.stdout)
    (tmp_path / "state.db").unlink()
    again = site("suppressions", "import", "out.csv")
    assert again.stderr == f"{form}: 2 added, 0 known, 0 passed by\n"


@pytest.mark.parametrize(
    ("columns", "state", "until"),
    [("watcher", "quarantined", "2999-01-01T00:00:00Z"), ("sendgrid", "suppressed", None)],
)
def test_a_quarantine_comes_back_in_our_own_columns_alone(
    site: Site, tmp_path: Path, columns: str, state: str, until: str | None
) -> None:
    (tmp_path / "list.csv").write_text(
        "address,state,reason,since,until,source\n"
        "a@example.com,quarantined,bounce,2020-01-01T00:00:00Z,2999-01-01T00:00:00Z,x\n"
    )
    site("suppressions", "import", "list.csv")
    (tmp_path / "out.csv").write_text(site("suppressions", "export", "--columns", columns).stdout)
    site("suppressions", "import", "out.csv")
    (row,) = rows(site("suppressions", "list").stdout)
    assert (row["state"], row["until"]) == (state, until)
    only = site("suppressions", "export", "--columns", columns, "--state", "suppressed").stdout
    assert ("a@example.com" in only) == (state == "suppressed")


ODD = ["=a@example.com", "+a@example.com", "-a@example.com", "'=a@example.com", "''+a@example.com",
       "'a@example.com", '"two words, and, commas"@example.com', '"=1"@example.com']  # fmt: skip


@pytest.mark.parametrize("form", ["watcher", "sendgrid", "mailgun", "postmark", "listmonk"])
def test_odd_addresses_come_back_as_they_went(site: Site, tmp_path: Path, form: str) -> None:
    assert site("suppressions", "add", "--reason", "test", "--", *ODD).returncode == 0
    done = site("suppressions", "export", "--columns", form)
    assert not any(line.startswith(("=", "+", "-", '"=')) for line in done.stdout.splitlines())
    told = "5 addresses begin as a formula does"
    assert (told in done.stderr) == (form != "watcher")
    (tmp_path / "out.csv").write_text(done.stdout)
    (tmp_path / "state.db").unlink()
    assert site("suppressions", "import", "out.csv").returncode == 0
    assert {row["address"] for row in rows(site("suppressions", "list").stdout)} == set(ODD)


FOREIGN = [
    "email,ip,created\n'-x@example.com,192.0.2.1,1577836800\n",
    "email,created\n'-x@example.com,1577836800\n",
    "status,reason,email,created\n5.0.0,550 5.0.0 no such user,'-x@example.com,1577836800\n",
    "status,reason,email,created\n5.1.1,bounce,'-x@example.com,1577836800\n",
    "address,code,error,created_at\n'-x@example.com,550,No such user,2020-01-01T00:00:00Z\n",
    "uuid,email,name,attributes,status,created_at,updated_at\n1,'-x@example.com,Ann,{},blocklisted,,\n",
    'email,name,attributes\n\'-x@example.com,Ann,"{""a"":1}"\n',
]


@pytest.mark.parametrize("text", FOREIGN)
def test_a_quote_that_others_wrote_is_a_part_of_the_address(site: Site, tmp_path: Path, text: str) -> None:
    (tmp_path / "list.csv").write_text(text)
    assert site("suppressions", "import", "list.csv").returncode == 0
    assert [row["address"] for row in rows(site("suppressions", "list").stdout)] == ["'-x@example.com"]


def test_a_word_that_no_row_has_is_refused(site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "address,state,reason,since,until,source\na@example.com,suppressed,asked in 2019,,,x\n"
    )
    site("suppressions", "import", "list.csv")
    for words in (["--reason", "mailbox_not_fuond"], ["--source", "import:sendgird"], ["--source", "x"]):
        done = site("suppressions", "list", *words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"{words[0][2:]}: '{words[1]}' is none; " in done.stderr
    far = site("suppressions", "list", "--reason", "x").stderr
    assert far.endswith("reason: 'x' is none; docs/reasons.md lists the reasons\n")
    for words in (["--reason", "mailbox_full"], ["--source", "import:ses"], ["--source", "sha256:0"]):
        assert (site("suppressions", "list", *words).returncode, done.stdout) == (0, "")
    for words in (["--reason", "asked in 2019"], ["--source", "import:watcher"]):
        assert len(rows(site("suppressions", "list", *words).stdout)) == 1


def test_hashes_name_nobody(site: Site) -> None:
    site("suppressions", "add", "User@Example.com", "--reason", "test")
    text = site("suppressions", "export", "--hashed").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["sha256"] == "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514"
    assert "example" not in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "nobody", "--reason", "x"], "'nobody': no address; write user@example.com, or @example.com"),
        (["add", USER, "--reason", "x", "--for", "soon"], "--for: 'soon' is no duration"),
        (["add", USER], "missing option '--reason'"),
        (["import", "absent.csv"], "absent.csv: no such file"),
        (["import", "."], ".: is a directory; name a CSV file, or - for standard input"),
        (["list", "--state", "dead"], "'dead' is not one of"),
        (["add", USER, "--reason", " "], "says nothing; write why"),
        (["remove", USER, "--reason", ""], "says nothing; write why"),
        (["add", USER, "--reason", "x", "--ban", "--for", "3d"], "a ban is for good; give one of them"),
        (
            ["add", USER, "--reason", "x", "--for", "0s"],
            "--for: '0s' is over at once; write a time such as 30d",
        ),
        (["add", USER, "--reason", "x", "--for", "3000000d"], "--for: '3000000d'"),
    ],
)
def test_wrong_usage(site: Site, arguments: list[str], told: str) -> None:
    done = site("suppressions", *arguments)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_the_state_is_upgraded_exported_and_purged(site: Site, tmp_path: Path) -> None:
    site("suppressions", "add", USER, "--reason", "test")
    assert site("db", "upgrade").stdout.endswith("it was already\n")
    tables = {row["table"] for row in rows(site("db", "export").stdout)}
    assert {"suppressions", "suppression_log", "acts"} <= tables
    assert site("db", "export", "--output", "state.jsonl").returncode == 0
    assert (tmp_path / "state.jsonl").stat().st_mode & 0o077 == 0
    done = site("db", "export", "--output", "absent/state.jsonl")
    assert done.returncode == 2
    assert done.stderr.endswith("; name a file in a folder that this user can write\n")
    for path in ("state.jsonl", "state.db", "."):  # nothing that is there is lost
        assert site("db", "export", "--output", path).returncode == 2
    assert site("db", "export", "--output", "state.db", "--force").returncode == 2
    assert site("db", "export", "--output", "state.jsonl", "--force").returncode == 0
    assert "0 rows dropped" in site("db", "purge").stderr
    assert "a hash stays on the list" in site("db", "purge", "--address", USER).stderr
    assert site("suppressions", "check", USER).returncode == 1
    assert USER not in site("suppressions", "list").stdout
    assert site("db", "purge", "--address", "@example.com").returncode == 2
