"""A header block, however broken, becomes fields that unfold and decode when asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.header import parse_headers
from watcher.reader.parse.limits import Limits


FIRST = [
    # Each case: what it shows, a header block, the name asked for, the value.
    ("as the RFC has it", "Subject: hello\n\nbody", "subject", "hello"),
    ("names have no case", "SUBJECT: hello\n", "Subject", "hello"),
    ("blanks before the colon", "Subject \t: hello\n", "subject", "hello"),
    ("no blank after the colon", "Subject:hello\n", "subject", "hello"),
    ("folded", "Subject: one\n two\n\tthree\n", "subject", "one two three"),
    ("folded right after the colon", "Subject:\n hello\n", "subject", "hello"),
    ("empty", "Subject:\nFrom: a\n", "subject", ""),
    ("the first of two counts", "Subject: a\nSubject: b\n", "subject", "a"),
    ("absent", "Subject: a\n", "from", None),
    ("an mbox line on top", "From a@example.com Sun Nov 22 04:19:00 2026\nSubject: a\n", "subject", "a"),
    ("a quoted mbox line within", "From: x\n>From y\nSubject: a\n", "subject", "a"),
    ("a field without a name is left out", ": x\nSubject: a\n", "subject", "a"),
    (
        "a fold that lost its indent",
        "To: a,\nb@example.com\nContent-Type: text/html\n",
        "content-type",
        "text/html",
    ),
    ("in UTF-8, undeclared", "Subject: gr\xc3\xbc\xc3\x9fe\n", "subject", "grüße"),
    ("in no UTF-8, undeclared", "Subject: gr\xfc\xdfe \x80\n", "subject", "grüße €"),
    (
        "in the charset of the body",
        "Subject: \xcf\xf0\xe8\xe2\xe5\xf2\nContent-Type: text/plain; charset=windows-1251\n",
        "subject",
        "Привет",
    ),
    ("an encoded word", "Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\n", "subject", "grüße"),
]


@pytest.mark.parametrize(
    ("block", "name", "value"), [case[1:] for case in FIRST], ids=[case[0] for case in FIRST]
)
def test_first(block: str, name: str, value: str | None) -> None:
    headers, _ = parse_headers(block)
    assert headers.first(name) == value
    assert headers.first(name) == value, "the second look reads what the first has kept"
    assert (name in headers) is (value is not None)


BODIES = [
    # Each case: what it shows, a mail, where its body begins, notes.
    ("after the empty line", "A: b\n\nbody", "body", []),
    ("no header", "\nbody", "body", []),
    ("no body", "A: b\n", "", []),
    ("nothing", "", "", []),
    (
        "no empty line",
        "A: b\nThis is the body\nA: c\n\nx",
        "This is the body\nA: c\n\nx",
        ["no empty line after the header"],
    ),
    ("no field at all", "This is the body", "This is the body", []),
    (
        "a boundary is no lost fold",
        "A: b\n--x\nContent-Type: text/html\n\ny",
        "--x\nContent-Type: text/html\n\ny",
        ["no empty line after the header"],
    ),
]


@pytest.mark.parametrize(
    ("mail", "body", "notes"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES]
)
def test_body_offset(mail: str, body: str, notes: list[str]) -> None:
    found: list[str] = []
    _, offset = parse_headers(mail, notes=found)
    assert mail[offset:] == body
    assert found == notes


def test_fields_keep_their_order_and_spelling() -> None:
    headers, _ = parse_headers("X-B: 1\nx-a: =?utf-8?q?2?=\nX-B: 3\n\n")
    assert headers.items() == (("X-B", "1"), ("x-a", "2"), ("X-B", "3"))
    assert list(headers) == ["X-B", "x-a", "X-B"]
    assert len(headers) == 3
    assert headers.all("x-b") == ("1", "3")
    assert headers.all("x-c") == ()


def test_raw_is_unfolded_and_not_decoded() -> None:
    headers, _ = parse_headers("Subject: =?utf-8?q?a?=\n b\n\n")
    assert headers.raw("SUBJECT") == "=?utf-8?q?a?= b"
    assert headers.raw("from") is None


def test_what_is_beyond_the_limits_is_left_out_with_a_note() -> None:
    notes: list[str] = []
    headers, offset = parse_headers("A: b\n" * 100 + "\nbody", limits=Limits(header_fields=10), notes=notes)
    assert (len(headers), offset, notes) == (10, 501, ["header fields cut"])

    notes = []
    headers, offset = parse_headers(
        "A: " + "x" * 500 + "\n\nbody", limits=Limits(header_block=100), notes=notes
    )
    assert (len(headers.first("a") or ""), offset, notes) == (97, 505, ["header block cut"])

    headers, _ = parse_headers("A: " + "x" * 500 + "\n\n", limits=Limits(header_value=10))
    assert headers.first("a") == "x" * 10


@given(st.text(st.characters(max_codepoint=255), max_size=300))
def test_any_text_is_read(text: str) -> None:
    headers, offset = parse_headers(text)
    assert 0 <= offset <= len(text)
    assert len(headers.items()) == len(headers)
