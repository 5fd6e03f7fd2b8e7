"""What is missing, shut or gone is another's than the recipient's mailbox, or so for a while."""

from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.model import BounceClass
from watcher.reader.code_reading import read_code


REPLIES = (Path(__file__).parent / "not_dead.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("reply", REPLIES)
def test_nobody_is_called_dead(reply: str) -> None:
    assert read_code(reply, RULES).told.verdict.bounce_class is not BounceClass.HARD
