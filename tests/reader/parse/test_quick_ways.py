"""Where the parser has a quick way for what nearly all mail looks like, both ways give the same answer."""

import re

from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.address import _read_list, parse_mailboxes
from watcher.reader.parse.header import _FIELD, _find_stray, parse_headers
from watcher.reader.parse.mime import _find_spans


PIECES = ["\n--b", "--", "\n", "b", "x", " ", "\t", "\n--bb"]
LINES = ["To: a", "x", " folded", "\tfolded", ": none", ">From x", "From x", "A-B : c", "", "Content-Type: x"]
MARKS = ["a@b.example", "<", ">", '"', "A", " ", "(", ")", ",", ":", ";", "@", "\\", "é", ".", "/"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.integers(0, 5), st.integers(1, 4))
def test_boundary_lines_are_found_as_by_a_pattern(text: str, start: int, most: int) -> None:
    assert _find_spans(text, start, len(text), "b", most) == _by_pattern(text, start, most)


def _by_pattern(text: str, start: int, most: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    opened = -1
    for found in re.compile(r"\n--b(--)?+[ \t]{0,200}+(?=\n|\Z)").finditer(text, max(0, start - 1)):
        if opened >= 0:
            spans.append((opened, max(opened, found.start())))
            opened = -1
        if found[1] or len(spans) > most:
            break
        opened = min(found.end() + 1, len(text))
    return [*spans, (opened, len(text))] if opened >= 0 and len(spans) <= most else spans


@given(st.lists(st.sampled_from(LINES), max_size=12).map("\n".join))
def test_a_header_without_stray_lines_is_seen_by_counting(text: str) -> None:
    block = "\n" + text.partition("\n\n")[0]
    stray = _find_stray(block) if not text.startswith("\n") else 0
    fields = _FIELD.findall(block if stray < 0 else block[:stray])
    headers, _ = parse_headers(text)
    assert list(headers) == [name for name, _ in fields]


@given(st.lists(st.sampled_from(MARKS), max_size=8).map("".join))
def test_one_mailbox_is_read_as_a_list_of_one(field: str) -> None:
    assert parse_mailboxes(field) == tuple(dict.fromkeys(_read_list(field)))
