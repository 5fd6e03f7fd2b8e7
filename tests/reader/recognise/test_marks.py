"""The marks of challenge systems: codes in a subject, links and addresses in a text."""

import pytest

from watcher.reader.recognise.marks import find_code, find_places


LINK = "https://example.com/cgi-sys/bxd.cgi?id="
CASES = [
    # Each case: what it shows, the subject, the text, what is found.
    (
        "BoxTrapper",
        "Su correo requiere verificación verify#k7Fq0PzL2",
        f"{LINK}k7Fq0PzL2",
        "verify somecode .",
    ),
    ("ASK", "Please confirm (conf#5d1e0b0c0f1f4b7a9d2e)", "", "conf somecode ."),
    ("ASK with a hyphen", "Potwierdź (conf-0123456789abcdef0123456789abcdef)", "", "conf somecode ."),
    ("a code that the text does not hold", "Build verify#a1b2c3d4", "It is done.", ""),
    ("a code within the subject", "job verify#a1b2c3d4 failed", "a1b2c3d4", ""),
    ("a short code in parentheses", "order (conf#12ab34cd)", "The order was packed.", ""),
    ("a code without parentheses", "order conf#12ab34cd", "The order was packed.", ""),
    ("the number of a ticket", "Please verify #4711", "4711", ""),
    ("a number alone", "verify#4711234", "4711234", ""),
    ("a word behind a hyphen", "conf-2026-programme", "", ""),
    ("nothing", "Hello", "", ""),
]


@pytest.mark.parametrize(
    ("subject", "text", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_codes(subject: str, text: str, found: str) -> None:
    assert find_code(subject, text) == found


def test_places() -> None:
    assert find_places("Go to https://example.com/x or write\nto jo@example.com.") == (
        "https://example.com/x jo@example.com."
    )


def test_links_alone() -> None:
    assert find_places("Go to https://example.com/x or write to jo@example.com", links=True) == (
        "https://example.com/x"
    )
