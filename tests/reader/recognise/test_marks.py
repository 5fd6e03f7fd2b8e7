"""The marks of challenge systems: codes in a subject, links and addresses in a text."""

import pytest

from watcher.reader.recognise.marks import find_codes, find_places


CASES = [
    # Each case: what it shows, the subject, what is found.
    ("BoxTrapper", "Su correo requiere verificación verify#k7Fq0PzL2", "verify somecode ."),
    ("ASK", "Please confirm (conf#5d1e0b0c0f1f4b7a9d2e)", "conf somecode ."),
    ("ASK with a hyphen", "Potwierdź (conf-0123456789abcdef0123456789abcdef)", "conf somecode ."),
    ("the number of a ticket", "Please verify #4711", ""),
    ("a number alone", "verify#4711234", ""),
    ("a word behind a hyphen", "conf-2026-programme", ""),
    ("nothing", "Hello", ""),
]


@pytest.mark.parametrize(("subject", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_codes(subject: str, found: str) -> None:
    assert find_codes(subject) == found


def test_places() -> None:
    assert find_places("Go to https://example.com/x or write\nto jo@example.com.") == (
        "https://example.com/x jo@example.com."
    )
