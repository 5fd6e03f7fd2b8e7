"""A person's word becomes part of a report, and a report comes back from its JSON as it was."""

from pathlib import Path

import pytest

from tests.decide.samples import NOW, bounce, failed, message, policy, types
from tests.reader.rulebook import RULES
from watcher.decide.decision import Arrival, Hearing, decide
from watcher.decide.word import Word, speak
from watcher.model import Kind, Level, Report
from watcher.reader.analyse import analyse
from watcher.reader.report_json import encode_report
from watcher.reader.report_reading import decode_report


MAIL = sorted((Path(__file__).parents[1] / "mail").glob("*/*.eml"))[::15]
ARRIVAL = Arrival("bounces", "imap://…", NOW, NOW)


@pytest.mark.parametrize("path", MAIL, ids=lambda path: path.stem)
def test_a_report_comes_back_as_it_was(path: Path) -> None:
    report = analyse(path.read_bytes(), RULES)
    text = encode_report(report, "a source")
    again, source = decode_report(text)
    assert source == "a source"
    assert encode_report(again, source) == text


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"schema":1,"erased":true}'])
def test_what_is_no_report_is_said(text: str) -> None:
    with pytest.raises(ValueError):
        decode_report(text)


def heard(report: Report, word: Word) -> list[str]:
    row = None if word.verdict in {"confirm", "dismiss"} else RULES.taxonomy[word.verdict]
    spoken = speak(report, word, row)
    assert spoken.report.authenticity.level in {Level.VERIFIED, Level.STRONG}
    hearing = Hearing(spoken.places, frozenset(), spoken.dismissed)
    return types(decide(spoken.report, {}, policy(), ARRIVAL, hearing))


UNPROVEN = bounce(failed(), level=Level.UNVERIFIED)
REQUEST = message(Kind.REQUEST, "unsubscribe_request")
NAMED = Word("complaint_abuse", "user@example.com")
CASES = [
    # Each case: what it shows, the report, the word, the events.
    ("a bounce is what is said", UNPROVEN, Word("mailbox_full"), ["bounce.soft"]),
    ("as it was read", UNPROVEN, Word("confirm"), ["bounce.hard", "suppression.added"]),
    ("nothing", UNPROVEN, Word("dismiss"), []),
    ("a bounce that is none", UNPROVEN, Word("out_of_office"), ["auto_reply.received"]),
    ("a request without a name", REQUEST, Word("confirm"), ["request.unsubscribe"]),
    ("mail that names nobody", message(Kind.ORDINARY), NAMED, ["complaint.received", "suppression.added"]),
]


@pytest.mark.parametrize(
    ("report", "word", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_word_is_told(report: Report, word: Word, expected: list[str]) -> None:
    assert heard(report, word) == expected
