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


@pytest.mark.parametrize("reply", _lines("dead.txt"))
def test_what_reads_alike_and_is_the_recipients_stays_hard(reply: str) -> None:
    assert read_code(reply, RULES).told.verdict.bounce_class is BounceClass.HARD
