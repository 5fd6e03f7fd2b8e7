"""What is missing, shut or gone is another's than the recipient's mailbox, or so for a while."""

from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.model import BounceClass
from watcher.reader.code_reading import read_code


def _lines(name: str) -> list[str]:
    return (Path(__file__).parent / name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("reply", _lines("not_dead.txt"))
def test_nobody_is_called_dead(reply: str) -> None:
    assert read_code(reply, RULES).told.verdict.bounce_class is not BounceClass.HARD


def _is_latin(reply: str) -> bool:
    letters = [letter for letter in reply if not letter.isascii()]
    return bool(letters) and all(letter < "\u0250" or "\u1e00" <= letter < "\u1f00" for letter in letters)


# Those with a code of a dead address are hard by that code, whatever words are lost beside it.
@pytest.mark.parametrize("reply", [r for r in _lines("not_dead.txt") if _is_latin(r) and " 5.1.1 " not in r])
@pytest.mark.parametrize("in_octets", [False, True])
def test_nor_where_the_server_lost_the_letters(reply: str, *, in_octets: bool) -> None:
    marks = ["?" * (len(letter.encode()) if in_octets else 1) for letter in reply]
    seen = "".join(letter if letter.isascii() else mark for letter, mark in zip(reply, marks, strict=True))
    assert read_code(seen, RULES).told.verdict.bounce_class is not BounceClass.HARD


@pytest.mark.parametrize("reply", _lines("dead.txt"))
def test_what_reads_alike_and_is_the_recipients_stays_hard(reply: str) -> None:
    assert read_code(reply, RULES).told.verdict.bounce_class is BounceClass.HARD
