"""`code` answers for replies from arguments and standard input, as words, table, JSON lines and CSV."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from watcher.cli.code import each_reply


KEYS = [
    "input", "reply_code", "status", "text", "reason", "class", "code_class", "advice", "confidence",
    "evidence",
]  # fmt: skip

ARGUMENTS = [
    # Each case: what it shows, the arguments, then the replies they are.
    ("the words of one reply", ("550", "5.7.1", "mailbox", "full"), ["550 5.7.1 mailbox full"]),
    ("one in quotes", ("550 5.7.1 mailbox full",), ["550 5.7.1 mailbox full"]),
    ("a bare reply code", ("552",), ["552"]),
    ("bare reply codes", ("552", "550"), ["552", "550"]),
    ("both codes of one", ("552", "5.2.2"), ["552 5.2.2"]),
    ("several in quotes", ("550 no such user", "452 4.2.2 full"), ["550 no such user", "452 4.2.2 full"]),
    ("a number among words", ("550", "over", "500", "messages"), ["550 over 500 messages"]),
    ("words in quotes behind a code", ("550", "User unknown"), ["550 User unknown"]),
    ("words alone", ("mailbox", "full"), ["mailbox full"]),
    ("codes of two", ("550", "5.1.1", "552"), ["550 5.1.1", "552"]),
    ("codes of two, the other way", ("552", "550", "5.1.1"), ["552", "550 5.1.1"]),
    ("bare enhanced codes", ("5.1.1", "5.2.2"), ["5.1.1", "5.2.2"]),
    ("one in quotes beside a bare code", ("550 no such user", "552"), ["550 no such user", "552"]),
    ("in quotes, by enhanced codes", ("5.1.1 unknown", "4.2.2 full"), ["5.1.1 unknown", "4.2.2 full"]),
    ("one in quotes among words", ("550 no such user", "or", "so"), ["550 no such user or so"]),
]


@pytest.mark.parametrize(
    ("arguments", "replies"), [case[1:] for case in ARGUMENTS], ids=[case[0] for case in ARGUMENTS]
)
def test_arguments_are_one_reply_or_several(arguments: tuple[str, ...], replies: list[str]) -> None:
    assert list(each_reply(arguments)) == replies


HINTED = [
    # Each case: what it shows, the arguments, then whether a hint says how to give several.
    ("two of many words", ("550", "5.1.1", "unknown", "552", "5.2.2", "full"), True),
    ("a code at the end", ("550", "unknown", "552"), True),
    ("one in quotes among words", ("unknown", "552 mailbox full"), True),
    ("two of words without enhanced codes", ("550", "user", "unknown", "452", "full", "mailbox"), True),
    ("one in quotes before words", ("550 user unknown", "452", "over", "quota"), True),
    ("words alone around a number", ("user", "unknown", "at", "452", "high", "street"), False),
    ("a number among words", ("550", "over", "500", "messages"), False),
    ("a round number at the end", ("550", "no", "more", "than", "500"), False),
    ("two that are told apart", ("550", "5.1.1", "552"), False),
    ("one", ("550", "5.1.1", "unknown"), False),
]


@pytest.mark.parametrize(("arguments", "told"), [c[1:] for c in HINTED], ids=[c[0] for c in HINTED])
def test_what_may_be_several_is_hinted_at(run: Run, arguments: tuple[str, ...], told: bool) -> None:
    done = run("code", *arguments)
    assert ("read as one reply" in done.stderr) is told
    assert done.returncode == 0


def test_json_has_the_contracts_keys(run: Run) -> None:
    done = run("code", "550", "5.7.1", "mailbox", "full")
    (answer,) = map(json.loads, done.stdout.splitlines())
    assert list(answer) == KEYS
    assert answer | {"confidence": 0, "evidence": []} == {
        "input": "550 5.7.1 mailbox full",
        "reply_code": 550,
        "status": "5.7.1",
        "text": "mailbox full",
        "reason": "mailbox_full",
        "class": "soft",
        "code_class": "permanent",
        "advice": "retry",
        "confidence": 0,
        "evidence": [],
    }
    assert answer["confidence"] >= 0.9
    assert answer["evidence"][0] == {
        "rule": "mailbox_full.mailbox_full",
        "matched": "mailbox full",
        "where": "diagnostic-code",
    }
    assert done.returncode == 0


def test_standard_input_has_one_reply_a_line(run: Run) -> None:
    done = run("code", "-", stdin="552\n\n5.2.2\n  450 4.2.1 sic\n５５０ ５．１．１\nsic")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["input"], each["reply_code"], each["status"]) for each in answers] == [
        ("552", 552, None),
        ("5.2.2", None, "5.2.2"),
        ("450 4.2.1 sic", 450, "4.2.1"),
        ("５５０ ５．１．１", 550, "5.1.1"),
        ("sic", None, None),
    ]
    assert done.returncode == 0


def test_profile_changes_the_class_alone(run: Run) -> None:
    def ask(profile: str) -> dict[str, object]:
        answer: dict[str, object] = json.loads(run("code", "552 5.2.2 full", "--profile", profile).stdout)
        return answer

    answers = [ask(name) for name in ("default", "strict_code", "martech")]
    assert [answer.pop("class") for answer in answers] == ["soft", "hard", "soft"]
    assert answers[0] == answers[1] == answers[2]


def test_in_words_it_tells_all_that_is_said_of_a_reply(run: Run) -> None:
    told = run("code", "--format", "text", "550", "5.4.5", "quota", "used", "up").stdout
    for expected in (
        "550: mailbox unavailable: not found, no access, or policy (RFC 5321)",
        "5.4.5: Mail system congestion (IANA)",
        "google, 5.4.5: daily sending quota exceeded",
        "hard, by guides that go by the code: GMass, Benchmark (--profile strict_code)",
        "soft, by the table of MarTech Zone (--profile martech)",
        "decided by ",
        "runner-up reply.550, on '550': undetermined_permanent",
    ):
        assert expected in told


def test_in_words_a_number_is_shown_without_its_dots(run: Run) -> None:
    assert "552 as 5.5.2 without its dots: Syntax error" in run("code", "--format", "text", "552").stdout


def test_table_and_words_show_no_control_character(run: Run) -> None:
    for form in ("table", "text"):
        done = run("code", "--format", form, "550 5.1.1 \x1b[31mUser unknown " + "sic " * 40)
        assert "mailbox_not_found" in done.stdout
        assert "\x1b" not in done.stdout


def test_csv_has_a_row_a_reply_and_no_formula(run: Run) -> None:
    text = run("code", "--format", "csv", "-", stdin="=1+1\n550, sic\n").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == KEYS[:-1]
    assert [row["input"] for row in rows] == ["'=1+1", "550, sic"]


def test_rules_of_a_config_are_asked_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[[rule]]\nid = "own.sic"\nreason = "mailbox_moved"\n'
        'phrase = "sic transit"\nmatches = ["550 sic transit"]\n'
    )
    (tmp_path / "config.yaml").write_text(
        "mailboxes:\n  - {host: imap.example.com, username: b@example.com, password: secret}\n"
        "rules: [own.toml]\n"
    )
    reason = [
        json.loads(run("code", "550 sic transit", *more).stdout)["reason"]
        for more in ([], ["-c", "config.yaml"])
    ]
    assert reason == ["undetermined_permanent", "mailbox_moved"]


ENDS = [
    # Each case: what it shows, the arguments, the exit code, a text on standard error.
    ("no reply", ["code"], 2, "REPLY"),
    ("a profile that is none", ["code", "550", "--profile", "strict"], 2, "'strict'"),
    ("a form that is none", ["code", "550", "--format", "xml"], 2, "'xml'"),
    ("a config that is none", ["code", "550", "-c", "absent.yaml"], 2, "absent.yaml"),
    ("nothing on standard input", ["code", "-"], 0, ""),
    ("what is no reply at all", ["code", "sic"], 0, ""),
]


@pytest.mark.parametrize(
    ("arguments", "code", "told"), [case[1:] for case in ENDS], ids=[case[0] for case in ENDS]
)
def test_how_it_ends(run: Run, arguments: list[str], code: int, told: str) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert told in done.stderr
