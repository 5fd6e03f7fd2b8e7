"""The exit code of a delivery program is read where a report gives it in place of a reply."""

import pytest

from watcher.reader.extract.sysexits import words_of_exit


@pytest.mark.parametrize(
    ("diagnostic", "words"),
    [
        ("X-Unix; 73", "Can't create output"),
        ("x-unix;67", "User unknown"),
        ("X-Unix; 75", None),
        ("X-Unix; 255", None),
        ("X-Unix; 1", None),
        ("smtp; 67", None),
        ("x-unix; deliver: 67 of them", None),
        ("", None),
    ],
)
def test_words_of_exit(diagnostic: str, words: str | None) -> None:
    assert words_of_exit(diagnostic) == words
