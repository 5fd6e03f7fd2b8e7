"""Which of several recipients a line between them is about."""

import pytest

from watcher.reader.extract.layout import find_layout


CASES = [
    # Each case: what it shows, the lines (`@` names a recipient), what heads each of these.
    ("reasons below", ["Failed:", "", "@", "", " full", "", "@", "", " unknown"], ["", ""]),
    ("headings with a colon", ["Full:", " @", "", "Unknown:", " @"], ["Full:", "Unknown:"]),
    ("headings without a mark", ["Full", " @", "", "Unknown", " @"], ["Full", "Unknown"]),
    ("headings and a last word", ["Full:", " @", "", "Unknown:", " @", "", "Bye."], ["Full:", "Unknown:"]),
    ("no blanks", ["Full:", " @", "Unknown:", " @"], ["Full:", "Unknown:"]),
    ("a heading of two lines", ["Full:", " @", "", "Not", "known:", " @"], ["Full:", "Not known:"]),
    ("a reason, then a heading", ["One:", "@", "full", "", "Another:", "@", "unknown"], ["One:", "Another:"]),
    ("a heading too far above", ["Full:", " @", "", "Unknown:", *[""] * 70, " @"], ["", ""]),
    ("one list", ["Failed:", "@", "@"], []),
    ("one list with blanks", ["Failed:", "@", "", "@"], []),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "told"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_find_layout(lines: list[str], told: list[str]) -> None:
    places = [at for at, line in enumerate(lines) if "@" in line]
    layout = find_layout(tuple(lines), places)
    assert [layout.told.get(at, "") for at in places if layout.lists] == told


def test_a_line_between_is_about_those_before_it_or_below() -> None:
    lines = ("Full:", " @", "", "Unknown:", " @", "", "Closed:", " @", "bye")
    layout = find_layout(lines, (1, 4, 7))
    assert [layout.owners(at) for at in (0, 3, 6, 8)] == [(1,), (4,), (7,), (7,)]
    assert [layout.is_between(at) for at in (0, 2, 3, 8)] == [True, True, True, False]
