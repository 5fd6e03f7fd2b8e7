"""`rules` lists what is in force with its file, shows one rule whole, and runs the samples of all."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from watcher.cli.main import run_command_line
from watcher.rules.proof import prove


OWN = """\
[[rule]]
id = "own.gone_fishing"
reason = "mailbox_disabled"
phrase = "gone fishing"
seen = "a pond"
matches = ["550 5.7.1 gone fishing"]
rejects = ["550 gone, fishing"]

[[sign]]
id = "own.subject.is"
kind = "bounce"
where = "subject"
phrases = ["ekki tókst að afhenda"]
matches = ["Ekki tókst að afhenda: pöntun"]

[[dialect]]
id = "own.acme"
format = "acme"
body = ["this is the acme post office"]
matches = ["This is the Acme Post Office at mx.example.com."]
"""
CONFIG = (
    "mailboxes:\n  - {host: imap.example.com, username: b@example.com, password: secret}\nrules: [own.toml]\n"
)
FAMILIES = {"receiver", "phrase", "near", "status", "reply", "stage", "sign", "claim", "dialect"}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN, "utf-8")
    (tmp_path / "told.yaml").write_text(CONFIG)
    return path


def rows(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_list_names_every_rule_once_with_its_file(run: Run) -> None:
    found = rows(run("rules", "list").stdout)
    ids = [row["id"] for row in found]
    assert len(ids) == len(set(ids)) > 3000
    assert {row["family"] for row in found} == FAMILIES
    assert list(found[0]) == ["id", "family", "reason", "phrase", "seen", "file"]
    (quota,) = (row for row in found if row["id"] == "mailbox_full.over_quota")
    assert quota["file"] == "watcher/reader/classify/rules/phrases/mailbox_full.toml"
    assert all(row["reason"] and row["phrase"] and row["file"] for row in found)


def test_rules_of_ones_own_come_first_by_file_and_by_config(run: Run, own: Path) -> None:
    ids = ["own.gone_fishing", "own.subject.is", "own.acme"]
    for more in (["--file", "own.toml"], ["-c", "told.yaml"]):
        found = rows(run("rules", "list", *more).stdout)
        assert [row["id"] for row in found[:3]] == ids
        assert [row["id"] for row in found if row["family"] == "own"] == ids
        assert str(found[0]["file"]).endswith("own.toml")


def test_list_narrows_by_family_and_reason(run: Run) -> None:
    found = rows(run("rules", "list", "--family", "status", "--reason", "mailbox_full").stdout)
    assert [row["id"] for row in found] == ["status.5.2.2", "status.4.2.2"]


def test_list_as_csv_and_table(run: Run) -> None:
    asked = ("rules", "list", "--family", "reply")
    told = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout)))
    head, *lines = run(*asked, "--format", "table").stdout.splitlines()
    assert [row["id"] for row in told] == [line.split()[0] for line in lines]
    assert head.split() == list(told[0])


def test_show_tells_samples_and_near_misses(run: Run) -> None:
    (shown,) = rows(run("rules", "show", "mailbox_full.over_quota").stdout)
    assert shown["matches"] == ["452 4.2.2 The email account that you tried to reach is over quota."]
    assert len(shown["rejects"]) == 1  # type: ignore[arg-type]
    text = run("rules", "show", "--format", "table", "mailbox_full.over_quota").stdout
    assert "  looks for  over quota\n" in text
    assert "  matches    452 4.2.2 The email account" in text
    assert "  rejects    550 5.7.1" in text
    (row,) = csv.DictReader(io.StringIO(run("rules", "show", "--format", "csv", "reply.552").stdout))
    assert row["phrase"] == "552"


def test_what_evidence_names_can_be_shown(run: Run) -> None:
    replies = ("550 5.1.1 User unknown", "552", "5.7.26", "550 5.4.5 support.google.com")
    answers = [rows(run("code", reply).stdout)[0] for reply in replies]
    shown = rows(run("rules", "show", *(answer["evidence"][0]["rule"] for answer in answers)).stdout)  # type: ignore[index]
    assert [row["reason"] for row in shown] == [answer["reason"] for answer in answers]


def test_all_samples_hold(run: Run, own: Path) -> None:
    done = run("rules", "check", "--file", "own.toml")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("samples: none failed\n")


FAULTS = [
    # Each case: what it shows, the words put in place of others, then the rule and its fault.
    ("not found", ('"550 5.7.1 gone fishing"', '"550 away"'), "own.gone_fishing", "is not found"),
    ("found, and must not be", ("gone, fishing", "gone fishing"), "own.gone_fishing", "is found, and must"),
    ("a sign not seen", ("afhenda: pöntun", "pöntun"), "own.subject.is", "is not found"),
    ("a dialect not read", ("Acme Post Office", "Acme"), "own.acme", "is not found"),
]


@pytest.mark.parametrize(
    ("change", "rule", "fault"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_a_sample_that_fails_is_told(own: Path, change: tuple[str, str], rule: str, fault: str) -> None:
    own.write_text(OWN.replace(*change), "utf-8")
    ((name, told),) = ((trial.rule, trial.fault) for trial in prove([own]) if trial.fault)
    assert name == rule
    assert str(told).startswith(fault)


@pytest.fixture
def check_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., tuple[int, str, str]]:
    """Give a function that runs `rules check` in this process, in which our own samples are run once."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command_line(["rules", "check", *arguments])
        told = capsysbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return call


@pytest.mark.parametrize("form", ["jsonl", "csv", "table"])
def test_a_failed_check_ends_with_1(
    check_here: Callable[..., tuple[int, str, str]], own: Path, form: str
) -> None:
    own.write_text(OWN.replace("gone, fishing", "gone fishing"), "utf-8")
    code, out, err = check_here("-c", "told.yaml", "--format", form)
    assert code == 1
    assert "own.gone_fishing" in out
    assert "is found, and must not be; narrow the rule" in out
    assert err.endswith(" 1 failed\n")


def test_what_a_receivers_rule_says_without_its_receiver_is_told(
    check_here: Callable[..., tuple[int, str, str]], own: Path
) -> None:
    more = '[[rule]]\nid = "own.lake"\nreason = "mailbox_disabled"\nreceiver = "google"\n'
    more += 'phrase = "in the lake"\n'
    more += 'matches = ["550 5.7.1 in the lake", "550 5.7.1 in the lake - gsmtp"]\n'
    own.write_text(OWN + more, "utf-8")
    code, _, err = check_here("--file", "own.toml")
    assert code == 0
    told = [line for line in err.splitlines() if line.startswith("own.lake")]
    assert told == [
        "own.lake: '550 5.7.1 in the lake' holds where google refuses; the reply alone is policy_rejected"
    ]


def test_a_rule_that_a_stronger_one_beats_fails(
    check_here: Callable[..., tuple[int, str, str]], own: Path
) -> None:
    more = '[[rule]]\nid = "own.pond"\nreason = "mailbox_full"\n'
    more += 'phrase = "fishing"\nmatches = ["550 gone fishing"]\n'
    own.write_text(OWN + more, "utf-8")
    code, out, _ = check_here("--file", "own.toml")
    assert code == 1
    (failed,) = rows(out)
    assert (failed["rule"], failed["fault"]) == (
        "own.pond",
        "is mailbox_disabled by a stronger rule; raise this one's priority",
    )


ENDS = [
    # Each case: what it shows, the arguments, a text on standard error; all end with 2.
    ("no such reason", ["list", "--reason", "mailbox_ful"],
     "--reason: 'mailbox_ful': no rule says this; did you mean mailbox_full?"),
    ("no id", ["show"], "ID"),
    ("no such file", ["list", "--file", "absent.toml"], "absent.toml: no such file"),
    ("check of no such file", ["check", "--file", "absent.toml"], "absent.toml: no such file"),
    ("an id of ours", ["check", "--file", "taken.toml"], "header.x_autoreply: this id is taken"),
    ("a sign without a sample", ["check", "--file", "bare.toml"], "sign own.x: 'matches' is empty"),
    ("a family that is none", ["list", "--family", "own2"], "'own2'"),
    ("a part that is none", ["lst"], "no such command"),
    ("no part", [], "Usage"),
    ("a config that is none", ["list", "-c", "absent.yaml"], "absent.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "told"), [case[1:] for case in ENDS], ids=[case[0] for case in ENDS])
def test_what_is_wrong_is_told(run: Run, tmp_path: Path, arguments: list[str], told: str) -> None:
    sign = '[[sign]]\nid = "{}"\nkind = "bounce"\nwhere = "subject"\nphrases = ["sic"]\n'
    (tmp_path / "taken.toml").write_text(sign.format("header.x_autoreply") + 'matches = ["sic"]\n')
    (tmp_path / "bare.toml").write_text(sign.format("own.x"))
    done = run("rules", *arguments)
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mailbox_full.ovr_quota", "did you mean mailbox_full.over_quota?"),
        ("zzz", "zzz: no such rule; see: bounce-watcher rules list"),
    ],
)
def test_a_rule_that_is_not_there_ends_with_1(run: Run, name: str, told: str) -> None:
    done = run("rules", "show", name)
    assert (done.returncode, done.stdout, told in done.stderr) == (1, "", True)
