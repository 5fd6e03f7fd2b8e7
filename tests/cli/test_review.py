"""`review`, as a person uses it: look, say what it is, and teach it."""

import json
from pathlib import Path

import pytest

from tests.cli.test_suppressions import Site, rows, site
from tests.service.reviewed import SECRET, bounce, config_of, meet
from watcher.store import Store


__all__ = ["site"]

USER = "user@example.com"
CONFIG = """\
state: {directory}/state.db
mailboxes:
  - {{host: imap.example.com, username: bounces@lists.example.org, password: correct horse}}
webhooks:
  - {{name: app, url: "https://app.example.com/", secret: {secret}, events: ["*"]}}
http: null
policy: {{review_below: 0.9}}
"""


@pytest.fixture
def waiting(site: Site, tmp_path: Path) -> Site:
    (tmp_path / "config.yaml").write_text(CONFIG.format(directory=tmp_path, secret=SECRET))
    with Store.open(tmp_path / "state.db") as store:
        meet(store, config_of(tmp_path / "state.db", review_below=0.9), bounce(USER))
    return site


def test_look_say_and_teach(waiting: Site, tmp_path: Path) -> None:
    (row,) = rows(waiting("review", "list").stdout)
    assert (row["number"], row["why"], row["recipients"], row["said"]) == (1, "low_confidence", USER, None)
    told = waiting("review", "show", "1", "--format", "text").stdout
    assert "the reader is not sure of it" in told
    assert "554 the frobnicator of this box is jammed" in told
    done = waiting("review", "resolve", "1", "--as", "mailbox_disabled", "--rule", "own.toml", "--by", "ann")
    assert (done.returncode, done.stderr.splitlines()) == (
        0,
        [
            "own.toml: rule own.mailbox_disabled_1 added: 'the frobnicator of this box is jammed'",
            "own.toml: not in force yet; add it to rules in the config",
            "1: mailbox_disabled; events: bounce.hard, suppression.added",
            f"{USER}: suppressed",
        ],
    )
    assert waiting("rules", "check", "--file", "own.toml").returncode == 0
    assert waiting("review", "list").stdout == ""
    assert rows(waiting("review", "list", "--resolved").stdout)[0]["said"] == "mailbox_disabled"
    again = waiting("review", "resolve", "1", "--as", "mailbox_disabled")
    assert (again.returncode, again.stderr) == (0, "1: said before; nothing changes\n")
    known = json.loads(waiting("recipients", "show", USER).stdout)
    assert (known["state"], known["facts"][0]["by_a_person"]) == ("suppressed", True)


def test_the_last_word_wins_and_the_log_says_whose_it_was(waiting: Site) -> None:
    waiting("review", "resolve", "1", "--as", "mailbox_disabled", "--by", "ann", "--reason", "seen it before")
    refused = waiting("review", "resolve", "1", "--dismiss")
    assert (refused.returncode, "add --again" in refused.stderr) == (2, True)
    done = waiting("review", "resolve", "1", "--dismiss", "--again", "--by", "bob", "--reason", "a joke")
    assert done.stderr.splitlines() == ["1: dismiss; events: suppression.removed", f"{USER}: active"]
    known = json.loads(waiting("recipients", "show", USER).stdout)
    (fact,) = known["facts"]
    assert known["state"] == "active"
    assert (fact["held"], fact["dismissed"], fact["by_a_person"], fact["event_id"]) == (
        False, True, True, None,
    )  # fmt: skip
    assert [(act["act"], act["reason"], act["source"], act["who"], act["why"]) for act in known["acts"]] == [
        ("resolve", "mailbox_disabled", "review:1", "ann", "seen it before"),
        ("dismiss", None, "review:1", "bob", "a joke"),
    ]
    assert [(entry["after"], entry["who"], entry["why"]) for entry in known["log"]] == [
        ("suppressed", "ann", "seen it before"),
        ("active", "bob", "a joke"),
    ]
    told = waiting("recipients", "show", USER, "--format", "text").stdout
    assert "(strong, dismissed, by a person)" in told
    assert "resolve as mailbox_disabled by ann: seen it before" in told
    assert "dismiss by bob: a joke" in told
    assert "suppressed -> active by bob: a joke" in told
    waiting("review", "resolve", "1", "--confirm", "--again", "--by", "cid")
    known = json.loads(waiting("recipients", "show", USER).stdout)
    assert (known["facts"][0]["dismissed"], known["acts"][-1]["act"]) == (False, "confirm")


WRONG = [
    # Each case: what it shows, the arguments after the number, what is told.
    ("nothing said", [], "say one of --as REASON, --confirm, --dismiss"),
    ("two things said", ["--confirm", "--dismiss"], "say one of"),
    ("a reason that says nothing", ["--confirm", "--reason", " "], "says nothing; write why"),
    ("no such reason", ["--as", "mailbox_ful"], "mailbox_ful: no such reason; did you mean mailbox_full?"),
    ("a rule of nothing", ["--confirm", "--rule", "own.toml"], "--rule: there is nothing to teach"),
    ("a phrase of no rule", ["--as", "mailbox_full", "--phrase", "x"], "name its file with --rule FILE"),
    ("a rule that does not hold", ["--as", "mailbox_full", "--rule", "own.toml", "--phrase", "not in it"],
     "own.toml: rule own.mailbox_full_1: matches"),
    ("a rule that cannot be written", ["--as", "mailbox_full", "--rule", "absent/own.toml"],
     "absent/own.toml: no"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "told"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_word_that_is_none_changes_nothing(
    waiting: Site, tmp_path: Path, more: list[str], told: str
) -> None:
    done = waiting("review", "resolve", "1", *more)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert len(rows(waiting("review", "list").stdout)) == 1
    assert not (tmp_path / "own.toml").exists()
    for words in (("show", "9"), ("resolve", "9", "--confirm"), ("resolve", "9", "--as", "mailbox_full")):
        absent = waiting("review", *words)
        assert (absent.returncode, absent.stderr) == (1, "9: no such item; see: bounce-watcher review list\n")
        # More than the state file can count.
        absent = waiting("review", words[0], "9" * 20, *words[2:])
        assert absent.returncode == 1
        assert absent.stderr.endswith(": no such item; see: bounce-watcher review list\n")
        assert absent.stderr.count("\n") == 1
