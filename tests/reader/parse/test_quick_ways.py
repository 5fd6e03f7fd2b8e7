"""Where the parser has a quick way for what nearly all mail looks like, both ways give the same answer."""

import re

from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.address import _read_list, parse_mailboxes
from watcher.reader.parse.dates import _PLAIN, parse_date
from watcher.reader.parse.header import _FIELD, _find_stray, parse_headers
from watcher.reader.parse.mime import _find_spans
from watcher.reader.parse.return_path import _BATV, _SRS, _find_recipient


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


DAY = st.integers(0, 32)
MONTH = st.sampled_from(["Jan 2023", "Feb 2023", "Feb 2024", "Nov 1999", "Dec 2024"])
CLOCK = st.tuples(st.integers(0, 25), st.sampled_from(["00", "59", "61"]))
ZONE = st.sampled_from(["+0000", "-0830", "+1400", "+9900"])


@given(DAY, MONTH, CLOCK, ZONE)
def test_a_plain_date_is_read_as_any_other(day: int, month: str, clock: tuple[int, str], zone: str) -> None:
    date = f"{day} {month} {clock[0]:02}:{clock[1]}:59 {zone}"
    assert parse_date(date) == parse_date(f"{date} ")  # the blank takes it off the quick way
    assert _PLAIN.fullmatch(date)
    assert not _PLAIN.fullmatch(f"{date} ")


@given(
    st.lists(
        st.sampled_from(["SRS0", "srs1=", "prvs=", "abc123", "=", "+", "-", "/", "u", "a.b"]), max_size=7
    )
)
def test_a_plain_return_path_is_one_in_which_no_form_is_found(pieces: list[str]) -> None:
    local = "".join(pieces) or "x"
    plain = "=" not in local and local[:3].lower() != "srs"
    assert not plain or not (_BATV.fullmatch(local) or _SRS.match(local) or _find_recipient(local))
