"""Mail without a sign of another kind is not asked which kind that is: asking would find nothing."""

from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.extract import extract
from watcher.reader.parse.message import parse_message
from watcher.reader.recognise.automatic import find_automatic, find_complaint, find_request
from watcher.reader.recognise.brief import find_brief, find_led, find_stand_in
from watcher.reader.recognise.view import View


MAIL = Path(__file__).parents[2] / "mail"
BY_SIGNS = (find_complaint, find_automatic, find_request, find_brief, find_led, find_stand_in)


def _view(path: Path) -> View:
    message = parse_message(path.read_bytes())
    return View(message, extract(message, RULES), RULES.signs, RULES.concepts, RULES.claims)


SIGNLESS = [path for path in sorted(MAIL.glob("ordinary/*.eml")) if not _view(path).has_signs]


def test_most_ordinary_mail_has_no_sign() -> None:
    assert len(SIGNLESS) > 100


@pytest.mark.parametrize("path", SIGNLESS, ids=lambda path: path.stem)
def test_signs_tell_nothing_of_it(path: Path) -> None:
    assert [find.__name__ for find in BY_SIGNS if find(_view(path)) is not None] == []
