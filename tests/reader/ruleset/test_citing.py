"""What a reply only cites, names of files and titles in quotes, is put aside."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.rulebook import RULES
from watcher.reader.parse.text import fold


CITING = RULES.readings.citing

CASES = [
    # Each case: what it shows, the text, then what it is without what it cites.
    ("a file", "attachment account-deleted.pdf refused", "attachment <file> refused"),
    ("with two endings", "offer.txt.vbs is of a bad type", "<file> is of a bad type"),
    ("in letters of any script", "вложение аккаунт-удален.pdf запрещено", "вложение <file> запрещено"),
    ("in quotes, with blanks", 'anhang "konto gelöscht.pdf" verboten', "anhang <file> verboten"),
    ("an ending alone", "we take no .exe files", None),
    ("an address is none", "john.pdf@example.com unknown", None),
    ("nor is a link", "see https://example.com/user-unknown.html", None),
    ("nor a name that goes on", "host mx.zip.example.com unknown", None),
    ("a subject", 'message with subject "user unknown" refused', "message with subject <title> refused"),
    ("with words between", 'the subject line is "user unknown"', "the subject line is <title>"),
    ("behind a colon", "betreff: „konto gelöscht“ abgelehnt", "betreff: <title> abgelehnt"),
    ("with an apostrophe in it", "subject 'don't know user' refused", "subject <title> refused"),
    ("in other marks", "objet « compte fermé » refusé", "objet <title> refusé"),
    ("in a script without spaces", "件名「アカウントは削除」は拒否", "件名<title>は拒否"),
    ("named behind it", "「アカウントは削除」という件名", "<title>という件名"),
    ("what a text contains", 'the body contains "mailbox closed"', "the body contains <title>"),
    ("a name that is shown", 'display name "user unknown" banned', "display name <title> banned"),
    ("the name of a policy", "policy 'unknown user' not met", "policy <title> not met"),
    ("words of a server", 'host said "550 user unknown"', None),
    ("an address in quotes", 'the file of "user@example.com" is locked', None),
    ("no title behind a full stop", 'bad subject. "user unknown"', None),
    ("not closed", 'subject "user unknown', None),
]


@pytest.mark.parametrize(("text", "told"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_name(text: str, told: str | None) -> None:
    marked = (told or text).replace("<file>", " somefile ").replace("<title>", " sometitle ")
    assert fold(CITING.name(fold(text))) == fold(marked)


@given(st.text(alphabet="'\"«»「」 .ab@", max_size=200).map(lambda text: f"subject {text}"))
def test_any_quotes_are_taken(text: str) -> None:
    CITING.name(fold(text))


def test_it_travels_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(CITING)).name('subject "a"') == CITING.name('subject "a"')
