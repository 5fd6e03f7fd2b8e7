"""Every example of docs/rules.md is run: rows hold to their samples, commands end well, the table is true."""

import csv
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run
from tests.reader.classify.asking import finding
from tests.reader.rulebook import RULES
from watcher.reader.analyse import analyse
from watcher.reader.classify import classify
from watcher.reader.findings import Extract
from watcher.rules import load_rules
from watcher.rules.catalogue import list_rules
from watcher.rules.dialects import load_dialect_file, load_dialects
from watcher.rules.files import CLASSIFY, read_toml
from watcher.rules.own import run_samples
from watcher.rules.phrases import read_rows
from watcher.rules.proof import prove
from watcher.rules.receivers import load_receivers
from watcher.rules.samples import check_samples, shows_dialect, shows_sign
from watcher.rules.signs import load_sign_file, load_signs
from watcher.rules.words import load_words


TEXT = (ROOT / "docs" / "rules.md").read_text("utf-8")
BLOCKS = re.findall(r"^```toml\n# (\S+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
OWN = [text for name, text in BLOCKS if name == "own.toml"]
OURS = {name: text for name, text in BLOCKS if name != "own.toml"}
COMMANDS = re.findall(r"^    (bounce-watcher .*)", TEXT, re.MULTILINE)
CONFIG = "mailboxes:\n  - {host: imap.example.com, username: b@example.com, password: secret}\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text("".join(OWN), "utf-8")
    return path


def test_each_of_the_users_examples_holds_alone_and_with_the_others(own: Path) -> None:
    assert [trial for trial in prove([own]) if trial.fault] == []
    assert sum(entry.family == "own" for entry in list_rules([own])) == len(OWN) == 5
    for text in OWN:
        own.write_text(text, "utf-8")
        load_rules([own])


def test_the_users_words_and_codes_decide(own: Path) -> None:
    rules = load_rules([own])
    words = finding("550 5.7.1 user@example.com has gone fishing")
    near = finding("550 5.7.1 we have closed for good our little shop")
    assert classify(near, Extract(), rules).evidence[0].rule == "own.near.shop_closed"
    code = finding("550 5.7.999 sic", remote_mta="mx.mail.protection.outlook.com")
    assert classify(words, Extract(), rules).evidence[0].rule == "own.gone_fishing"
    assert classify(code, Extract(), rules).evidence[0].rule == "own.microsoft_banned_tenant"
    assert classify(finding("550 5.7.999 sic"), Extract(), rules).reason != "sender_blocked"


REPORT = b"""\
From: MAILER-DAEMON@mx.example.com
To: bounces@example.org
Subject: Ekki t\xc3\xb3kst a\xc3\xb0 afhenda: sending
Date: Sun, 22 Nov 2026 04:19:00 +0000
Message-ID: <1@mx.example.com>
Content-Type: text/plain; charset=utf-8

This is the Acme Post Office at mx.example.com.
No box for user@example.net here: letter box overflows
"""


def test_the_users_subject_and_dialect_are_seen_in_a_mail(own: Path) -> None:
    report = analyse(REPORT, load_rules([own]))
    assert (report.kind, report.format) == ("bounce", "acme")
    assert [one.address for one in report.recipients] == ["user@example.net"]
    assert "own.subject.is" in {each.rule for each in report.evidence}


def test_the_config_example_takes_the_file(run: Run, tmp_path: Path, own: Path) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "config.yaml").write_text(CONFIG + example)
    done = run("rules", "list", "--family", "own")
    assert done.stdout.count("\n") == 5


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_ends_well(run: Run, own: Path, line: str) -> None:
    done = run(*shlex.split(line)[1:])
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def _with(tmp_path: Path, name: str) -> Path:
    """Copy the folder of a file of ours, with the example's row added; return the file."""
    folder = tmp_path / "copy"
    shutil.copytree((ROOT / name).parent, folder)
    path = folder / Path(name).name
    if path.exists():
        row = OURS[name][OURS[name].index("[[") :]
        path.write_text(f"{path.read_text('utf-8')}\n{row}", "utf-8")
    else:
        path.write_text(OURS[name], "utf-8")
    return path


def test_each_example_for_our_files_is_one_row_in_one_file() -> None:
    assert [Path(name).parent.name for name in OURS] == ["phrases", "near", "signs", "receivers", "dialects"]
    assert all(text.count("[[") == 1 for text in OURS.values())


def test_a_phrase_of_ours(tmp_path: Path) -> None:
    (name,) = (name for name in OURS if "/phrases/" in name)
    rows = read_rows(_with(tmp_path, name), RULES.taxonomy, whole=True)
    check_samples(name, rows, load_words(CLASSIFY / "words"))
    assert rows[-1].id == "mailbox_full.letter_box_overflows"


def test_words_near_each_other_of_ours(tmp_path: Path) -> None:
    (name,) = (name for name in OURS if "/near/" in name)
    rows = read_rows(_with(tmp_path, name), RULES.taxonomy, whole=True)
    check_samples(name, rows, load_words(CLASSIFY / "words"))
    assert rows[-1].id == "mailbox_full.near.shelf_bursts"


def test_a_subject_of_ours(tmp_path: Path) -> None:
    (name,) = (name for name in OURS if "/signs/" in name)
    path = _with(tmp_path, name)
    signs = load_sign_file(path, RULES.taxonomy)
    samples = run_samples(read_toml(path)["sign"], signs, shows_sign)
    assert [each.fault for each in samples if each.rule == "bounce.subject.returned.is"] == [None, None]
    assert signs[-1].language == "is"
    assert len(load_signs(path.parent, RULES.taxonomy).rows) == len(RULES.signs.rows) + 1


def test_a_receivers_code_of_ours(tmp_path: Path) -> None:
    (name,) = (name for name in OURS if "/receivers/" in name)
    receivers, _ = load_receivers(_with(tmp_path, name).parent, RULES.taxonomy, whole=True)
    (google,) = (each for each in receivers.rows if each.name == "google")
    assert google.codes["5.7.99"].reason == google.codes["4.7.99"].reason == "sender_rate_limited"


def test_a_dialect_of_ours(tmp_path: Path) -> None:
    (name,) = (name for name in OURS if "/dialects/" in name)
    path = _with(tmp_path, name)
    entries = read_toml(path)["dialect"]
    samples = run_samples(entries, load_dialect_file(path), shows_dialect)
    assert [each.fault for each in samples if each.rule == "dialect.acme"] == [None]
    assert len(load_dialects(path.parent).rows) == len(RULES.dialects.rows) + 1


def test_the_table_of_differences_is_whole() -> None:
    with (ROOT / "tests/reader/classify/guide_codes.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    labels = [(row[guide], row) for row in rows for guide in ("strict_code", "martech") if row[guide]]
    differ = {(label, row["class"], row["reason"]) for label, row in labels if label != row["class"]}
    told = re.findall(r"^\| (hard|soft) \| (\w+) \| (.*?) \|", TEXT, re.MULTILINE)
    named = [(theirs, ours, name) for theirs, ours, cell in told for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(differ)
    hard = sum(label == "hard" for label, _ in labels)
    ours = sum(row["class"] == "hard" for _, row in labels)
    said = f"These guides print {len(labels)} replies, and call {hard} of them hard.  We call {ours} hard."
    assert said in TEXT


def test_the_profiles_are_told_as_they_are() -> None:
    soft = [
        ".".join(number)
        for number, label in RULES.profiles.rows["martech"].numbers.items()
        if label == "soft" and number[0] == "5"
    ]
    (cell,) = re.findall(r"^\| `martech` \|.*\| (.*) \|$", TEXT, re.MULTILINE)
    assert re.findall(r"5\.\d\.\d", cell) == sorted(soft)
    assert {name for name in RULES.profiles.names() if f"| `{name}` |" in TEXT} == set(RULES.profiles.names())
