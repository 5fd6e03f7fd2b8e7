"""What a mail quotes is no word of its own, nor is the line that says whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.recognise.quoting import drop_quoted


CASES = [
    # Each case: what it shows, the text, what is left of it.
    ("nothing quoted", "Away.\nBack on Monday:", "Away.\nBack on Monday:"),
    ("lines quoted", "Away.\n> Hello\n> Bye", "Away."),
    ("whose they are", "Away.\n\nIl giorno 09/11/2026 09:11 Jo ha scritto:\n> Hello", "Away.\n"),
    ("in two lines", "Away.\n\nOn 9 Nov 2026,\nJo <jo@example.com> wrote:\n\n> Hello", "Away.\n\n"),
    ("a blank line between", "Away.\n\nAm 09.11.2026 um 10:15 schrieb Jo:\n\n> Hallo", "Away.\n\n"),
    ("no date, so no attribution", "Our hours:\n> nine to five", "Our hours:"),
    ("a time with a dot", "Væk.\n\nDen 9.11.2026 kl. 10.15 skrev Jo:\n> Hej", "Væk.\n"),
    ("a person's line", "Cancel the booking of 12/11/2026:\n> 2 rooms", "Cancel the booking of 12/11/2026:"),
    (
        "a person's, with dots",
        "Zu Ihrer Rechnung vom 09.11.2026:\n> 2 Zimmer",
        "Zu Ihrer Rechnung vom 09.11.2026:",
    ),
    ("no colon", "Away since 9 Nov 2026\n> Hello", "Away since 9 Nov 2026"),
    ("only quoted", "> Hello", ""),
]


@pytest.mark.parametrize(("text", "left"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_left(text: str, left: str) -> None:
    assert drop_quoted(text) == left


@given(st.text("a1: >\n", max_size=60))
def test_any_text_loses_lines_alone(text: str) -> None:
    assert set(drop_quoted(text).split("\n")) <= {*text.split("\n"), ""}
