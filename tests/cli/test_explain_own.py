"""`explain` names the user's own signs that spoke and were not enough, and says why."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import BOUNCE, ORDINARY, Run


SUBJECT = """\
[[sign]]
id = "own.subject"
kind = "bounce"
where = "subject"
phrases = ["lunch", "undelivered mail"]
matches = ["Lunch"]
"""
AWAY = SUBJECT.replace('"bounce"', '"auto_reply"\nreason = "out_of_office"')
BODY = AWAY.replace("subject", "body").replace("lunch", "meet at noon").replace("Lunch", "meet at noon")
CASES = [
    # Each case: what it shows, the sign, the mail, then what it found where, and why it did not decide.
    (
        "a subject alone",
        SUBJECT,
        ORDINARY,
        "own.subject, on 'lunch' in subject",
        "the subject of a bounce alone",
    ),
    (
        "a report that says so itself",
        SUBJECT,
        BOUNCE,
        "own.subject, on 'undelivered mail' in subject",
        "dsn.rfc3464 said the same, and was stronger",
    ),
    (
        "another kind",
        AWAY,
        BOUNCE,
        "own.subject, on 'undelivered mail' in subject",
        "dsn.rfc3464 was stronger",
    ),
    ("not sure", BODY, ORDINARY, "own.body, on 'meet at noon' in body", "it is not marked sure, and nothing"),
]


@pytest.fixture
def explained(run: Run, tmp_path: Path) -> Callable[..., str]:
    """Give a function that explains a mail by rules of one's own."""

    def call(rules: str, mail: str, *more: str) -> str:
        (tmp_path / "own.toml").write_text(rules)
        (tmp_path / "one.eml").write_text(mail)
        (tmp_path / "config.yaml").write_text(
            "state: state.db\nrules: [own.toml]\nmailboxes: [{host: localhost, username: a, password: b}]\n"
            "webhooks: [{url: 'http://localhost/', secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}]\n"
        )
        return run("explain", "one.eml", "-c", "config.yaml", *more).stdout

    return call


@pytest.mark.parametrize(("rules", "mail", "found", "why"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_sign_that_was_not_enough_is_told(
    explained: Callable[..., str], rules: str, mail: str, found: str, why: str
) -> None:
    assert f"\n  did not decide: your {found}: {why}" in explained(rules, mail)


def test_it_is_told_as_json(explained: Callable[..., str]) -> None:
    told = json.loads(explained(SUBJECT, ORDINARY, "--format", "json"))["overheard"]
    assert [(each["rule"], each["matched"], each["where"]) for each in told] == [
        ("own.subject", "lunch", "subject")
    ]


def test_a_sign_that_decided_is_not_told_twice(explained: Callable[..., str]) -> None:
    sure = AWAY.replace('"out_of_office"', '"out_of_office"\nsure = true')
    text = explained(sure, ORDINARY + "\nI am out of the office until Monday.\n")
    assert "own.subject" in text
    assert "did not decide" not in text
