"""A mail becomes headers and a tree of parts, whatever its bytes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.parse.samples import REPORT
from watcher.reader.parse.limits import LIMITS, Limits
from watcher.reader.parse.message import parse_message


def types(raw: bytes, limits: Limits = LIMITS) -> list[str]:
    return [part.content_type for part in parse_message(raw, limits).walk()]


def test_a_report_has_its_parts_and_the_returned_message() -> None:
    message = parse_message(REPORT)
    assert types(REPORT) == ["multipart/report", "text/plain", "message/delivery-status", "message/rfc822"]
    assert message.size == len(REPORT)
    assert message.notes == ()
    assert message.headers is message.root.headers
    assert message.root.params == {"report-type": "delivery-status", "boundary": "b1"}
    text, status, returned = message.root.children
    assert text.as_text() == "The mail could not be delivered, café.\n"
    assert text.content() == b"The mail could not be delivered, caf\xc3\xa9.\n"
    assert status.body.startswith("Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient")
    original = returned.embedded()
    assert original is not None
    assert original.headers.first("subject") == "News"
    assert original.root.as_text() == "Hello."
    assert original.depth == 1
    assert returned.embedded() is original
    assert text.embedded() is None


LINE_ENDS = [
    ("CR LF", b"\r\n"),
    ("bare CR", b"\r"),
    ("CR CR LF", b"\r\r\n"),
]


@pytest.mark.parametrize("line_end", [case[1] for case in LINE_ENDS], ids=[case[0] for case in LINE_ENDS])
def test_line_ends_make_no_difference(line_end: bytes) -> None:
    message = parse_message(REPORT.replace(b"\n", line_end))
    assert message.text == parse_message(REPORT).text


TOPS = [
    # Each case: what it shows, what stands before the header.
    ("empty lines", b"\n\r\n \n"),
    ("a byte order mark", b"\xef\xbb\xbf"),
    ("an indent", b"  "),
    ("an mbox line", b"From MAILER-DAEMON Sun Nov 22 04:19:00 2026\n"),
]


@pytest.mark.parametrize("top", [case[1] for case in TOPS], ids=[case[0] for case in TOPS])
def test_what_stands_before_the_header_is_passed_over(top: bytes) -> None:
    message = parse_message(top + REPORT)
    assert message.headers.first("return-path") == "<>"
    assert len(message.root.children) == 3


NO_HEADER = [
    ("nothing", b""),
    ("empty lines alone", b"\n\n\n"),
    ("words alone", b"hello"),
    ("an empty line, then words", b"\nhello"),
]


@pytest.mark.parametrize("raw", [case[1] for case in NO_HEADER], ids=[case[0] for case in NO_HEADER])
def test_no_header_field(raw: bytes) -> None:
    message = parse_message(raw)
    assert len(message.headers) == 0
    assert types(raw) == ["text/plain"]


def multipart(*parts: str, kind: str = "mixed", boundary: str = "boundary=b") -> bytes:
    return (f"Content-Type: multipart/{kind}; {boundary}\n\n" + "\n".join(parts)).encode()


A, B = "Content-Type: text/plain\n\na", "Content-Type: text/html\n\nb"
TREES = [
    # Each case: what it shows, a mail, the types of its parts, the bodies of those that have no parts, notes.
    ("two parts", multipart("--b", A, "--b", B, "--b--"), ["text/plain", "text/html"], ["a", "b"], ()),
    ("never closed", multipart("--b", A, "--b", B), ["text/plain", "text/html"], ["a", "b"], ()),
    ("closed with blanks", multipart("--b", A, "--b-- \t", "x"), ["text/plain"], ["a"], ()),
    ("text before and after", multipart("pre", "--b", A, "--b--", "post"), ["text/plain"], ["a"], ()),
    ("blanks after the boundary", multipart("--b  ", A, "--b--"), ["text/plain"], ["a"], ()),
    ("a longer line is no boundary", multipart("--b", A, "--bc", "--b--"), ["text/plain"], ["a\n--bc"], ()),
    ("a part without header", multipart("--b", "", "a", "--b--"), ["text/plain"], ["a"], ()),
    ("an empty part", multipart("--b", "--b", B, "--b--"), ["text/plain", "text/html"], ["", "b"], ()),
    ("cut after a boundary", multipart("--b", A, "--b"), ["text/plain", "text/plain"], ["a", ""], ()),
    ("closed at once", multipart("--b--", "x"), ["text/plain"], ["--b--\nx"], ("no boundary found",)),
    ("no words at all", multipart(" ", ""), [], [" \n"], ("no boundary found",)),
    (
        "a digest",
        multipart("--b", "", "Subject: x", "--b--", kind="digest"),
        ["message/rfc822"],
        ["Subject: x"],
        (),
    ),
    (
        "the boundary is not named",
        multipart("--xyz", A, "--xyz", B, "--xyz--", boundary="x=y"),
        ["text/plain", "text/html"],
        ["a", "b"],
        ("boundary guessed",),
    ),
    (
        "another boundary is named",
        multipart("--xyz", A, "--xyz--", boundary="boundary=b"),
        ["text/plain"],
        ["a"],
        ("boundary guessed",),
    ),
    (
        "no boundary to be found",
        multipart("hello", "--", "x"),
        ["text/plain"],
        ["hello\n--\nx"],
        ("no boundary found",),
    ),
    (
        "no empty line after the part's header",
        multipart("--b", "Content-Type: text/html", "<b>", "--b--"),
        ["text/html"],
        ["<b>"],
        ("no empty line after the header",),
    ),
    (
        "nested",
        multipart(
            "--b",
            "Content-Type: multipart/alternative; boundary=bb",
            "",
            "--bb",
            A,
            "--bb",
            B,
            "--bb--",
            "--b",
            A,
        ),
        ["multipart/alternative", "text/plain", "text/html", "text/plain"],
        ["a", "b", "a"],
        (),
    ),
    (
        "nested, the inner never closed",
        multipart(
            "--b", "Content-Type: multipart/alternative; boundary=bb", "", "--bb", A, "--b", B, "--b--"
        ),
        ["multipart/alternative", "text/plain", "text/html"],
        ["a", "b"],
        (),
    ),
]


@pytest.mark.parametrize(
    ("raw", "kinds", "bodies", "notes"), [case[1:] for case in TREES], ids=[case[0] for case in TREES]
)
def test_parts(raw: bytes, kinds: list[str], bodies: list[str], notes: tuple[str, ...]) -> None:
    message = parse_message(raw)
    parts = list(message.walk())
    assert [part.content_type for part in parts[1:]] == kinds
    assert [part.body for part in parts if not part.children] == bodies
    assert message.notes == notes


CONTENT_TYPES = [
    ("absent", b"", "text/plain"),
    ("empty", b"Content-Type:\n", "text/plain"),
    ("no subtype", b"Content-Type: text\n", "text/plain"),
    ("no type", b"Content-Type: /plain\n", "text/plain"),
    ("capitals", b"Content-Type: TEXT/Html\n", "text/html"),
    ("a comment", b"Content-Type: text/html (yes)\n", "text/html"),
]


@pytest.mark.parametrize(
    ("field", "kind"), [case[1:] for case in CONTENT_TYPES], ids=[case[0] for case in CONTENT_TYPES]
)
def test_content_type(field: bytes, kind: str) -> None:
    assert types(field + b"\nx") == [kind]


TEXTS = [
    # Each case: what it shows, fields, the body, its text.
    ("ASCII", b"", b"a b\n", "a b\n"),
    ("base64, CRLF within", b"Content-Transfer-Encoding: BASE64\n", b"YQ0KYg0K", "a\nb\n"),
    ("base64, bare CR within", b"Content-Transfer-Encoding: base64\n", b"YQ1i", "a\nb"),
    ("8-bit by its charset", b"Content-Type: text/plain; charset=koi8-r\n", b"\xf0\xf2\xe9", "ПРИ"),
    ("Japanese by its escapes", b"", b"\x1b$B$3$s\x1b(B", "こん"),
    (
        "HTML by its own word",
        b"Content-Type: text/html\n",
        b"<meta charset=koi8-r>\xf0",
        "<meta charset=koi8-r>П",
    ),
    ("UTF-7 by its label", b"Content-Type: text/plain; charset=utf-7\n", b"+AOk-", "é"),
]


@pytest.mark.parametrize(
    ("fields", "body", "text"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS]
)
def test_as_text(fields: bytes, body: bytes, text: str) -> None:
    part = parse_message(fields + b"\n" + body).root
    assert part.as_text() == text
    assert part.as_text() is part.as_text()


ENCODED = [
    # Each case: what it shows, fields of the part, its body.
    ("as it is", b"", b"Subject: News\n\nHello"),
    ("after an empty line", b"", b"\nSubject: News\n\nHello"),
    ("base64", b"Content-Transfer-Encoding: base64\n", b"U3ViamVjdDogTmV3cw0KDQpIZWxsbw=="),
    ("base64, but not so", b"Content-Transfer-Encoding: base64\n", b"Subject: News\n\nHello"),
    ("quoted-printable", b"Content-Transfer-Encoding: quoted-printable\n", b"Subject:=20News\n\nHel=\nlo"),
]


@pytest.mark.parametrize(
    ("fields", "body"), [case[1:] for case in ENCODED], ids=[case[0] for case in ENCODED]
)
@pytest.mark.parametrize("kind", [b"message/rfc822", b"message/global"])
def test_embedded(kind: bytes, fields: bytes, body: bytes) -> None:
    embedded = parse_message(b"Content-Type: " + kind + b"\n" + fields + b"\n" + body).root.embedded()
    assert embedded is not None
    assert embedded.headers.first("subject") == "News"
    assert embedded.root.as_text() == "Hello"


def test_messages_within_messages_end_at_the_limit() -> None:
    message = parse_message(b"Content-Type: message/rfc822\n\n" * 20, Limits(depth=3))
    depth, part = 0, message.root
    while (inner := part.embedded()) is not None:
        depth, part, message = depth + 1, inner.root, inner
    assert depth == 3
    assert message.notes == ("messages nested too deep",)


def test_parts_within_parts_end_at_the_limit() -> None:
    raw = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(9)
    )
    message = parse_message(raw, Limits(depth=3))
    assert len(list(message.walk())) == 4
    assert message.notes == ("parts nested too deep",)


def test_no_more_parts_than_the_limit() -> None:
    message = parse_message(multipart(*["--b", A] * 50), Limits(parts=10))
    assert len(list(message.walk())) == 10
    assert message.notes == ("parts cut",)
    assert message.limits.parts == 10


def test_no_more_text_than_the_limit() -> None:
    message = parse_message(b"\n" + b"x" * 100, Limits(text=10))
    assert message.root.as_text() == "x" * 10
    assert message.notes == ("text cut",)

    message = parse_message(b"\n" + b"x" * 100, Limits(content=10))
    assert message.root.content() == b"x" * 10
    assert message.root.as_text() == "x" * 10
    assert message.notes == ("content cut",)


PIECES = [
    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: message/rfc822\n", b"--b\n", b"--b--\n",
    b"\n", b"\r\n", b"\r", b"Subject: x\n", b" folded\n", b"Content-Transfer-Encoding: base64\n", b"QUJD\n",
    b"\xff", b"--", b"b", b"Content-Type: text/html; charset=utf-7\n", b"=?utf-8?q?x?=", b"From x\n", b":",
    b"Content-Type: multipart/digest\n",
]  # fmt: skip


@given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)))
def test_any_bytes_are_read(raw: bytes) -> None:
    message = parse_message(raw, Limits(depth=3, parts=5))
    for part in message.walk():
        part.as_text().encode()
        part.content()
        part.embedded()
    message.headers.items()
