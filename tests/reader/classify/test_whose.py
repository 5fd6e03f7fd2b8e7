"""Words of a dead address call nobody dead where they stand on another's noun, or are only cited."""

import tomllib
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.model import BounceClass
from watcher.reader.code_reading import read_code


LISTS = tomllib.loads((Path(__file__).parent / "whose.toml").read_text("utf-8"))
CITED = LISTS.pop("cited")
UNSPACED = ("ja", "zh", "ko")
OTHERS = [(language, other) for language, lists in LISTS.items() for other in lists["others"]]
RECIPIENTS = [(language, named) for language, lists in LISTS.items() for named in lists["recipients"]]


def _hard(replies: list[str]) -> list[str]:
    return [each for each in replies if read_code(each, RULES).told.verdict.bounce_class is BounceClass.HARD]


def _said_of(language: str, subject: str, what: str) -> list[str]:
    between = "" if language in UNSPACED else " "
    return [f"{subject}{between}{words}" for words in LISTS[language][what]]


@pytest.mark.parametrize(("language", "other"), OTHERS)
def test_what_is_anothers_calls_nobody_dead(language: str, other: str) -> None:
    told = _said_of(language, other, "deaths")
    assert _hard([f"{code} {words}" for words in told for code in ("550", "550 5.7.1", "553 5.1.8")]) == []


@pytest.mark.parametrize(("language", "recipient"), RECIPIENTS)
def test_the_same_of_a_recipient_does(language: str, recipient: str) -> None:
    told = [f"550 {words}" for words in _said_of(language, recipient, "said")]
    assert _hard(told) == told


@pytest.mark.parametrize("frame", CITED["frames"])
def test_what_is_cited_calls_nobody_dead(frame: str) -> None:
    assert _hard([f"550 {frame.replace('…', words)}" for words in CITED["words"]]) == []


@pytest.mark.parametrize("frame", CITED["senders"])
def test_nor_does_what_a_mail_was_sent_from(frame: str) -> None:
    assert _hard([f"550 {frame.replace('…', state)}" for state in CITED["states"]]) == []


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 the other recipient does not exist",
        "550 5.1.1 the administrator's mailbox is closed",
        "550 5.1.1 a user on the Cc line is unknown",
        "550 5.1.1 HELO mail.x.example. User unknown",
    ],
)
def test_nor_does_a_code_beside_it(reply: str) -> None:
    assert _hard([reply]) == []


def test_an_address_that_was_verified_need_not_be_the_recipients() -> None:
    assert _hard(["550 could not verify x@example.com: 550 User unknown"]) == []
    known = "550 <x@x.example>: Recipient address rejected: undeliverable address: mx said: 550 user unknown"
    assert _hard([known]) == [known]
