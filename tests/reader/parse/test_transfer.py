"""Base64 and quoted-printable are undone as far as they go."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.transfer import decode_base64, decode_transfer, looks_base64


BODIES = [
    # Each case: what it shows, the encoding, the body, the content.
    ("base64", "base64", b"aGVsbG8gd29ybGQ=\n", b"hello world"),
    ("padding lost", "base64", b"aGVsbG8gd29ybGQ", b"hello world"),
    ("one letter too many", "base64", b"aGVsbG8gd29ybGRhX", b"hello worlda"),
    ("wrapped", "base64", b"aGVs\nbG8g\r\nd29ybGQ=\n", b"hello world"),
    ("junk within", "base64", b"aGVs*bG8gd29ybGQ=", b"hello world"),
    ("pieces with padding between", "base64", b"aGVsbG8=IHdvcmxkIQ==", b"hello world!"),
    ("lines with padding each", "base64", b"aGVsbG8=\nIHdvcmxkIQ==\n", b"hello world!"),
    (
        "a footer in plain text after it",
        "base64",
        b"aGVsbG8=\n\n-- \nSent to the list by somebody\n",
        b"hello",
    ),
    ("plain text labelled base64", "base64", b"This is no base64 at all.\n", b"This is no base64 at all.\n"),
    ("punctuation labelled base64", "base64", b"***!!!***\nabc", b"***!!!***\nabc"),
    ("nothing", "base64", b"", b""),
    ("quoted-printable", "quoted-printable", b"caf=C3=A9 =3D", b"caf\xc3\xa9 ="),
    ("soft line break", "quoted-printable", b"ab=\ncd", b"abcd"),
    ("soft line break, CRLF", "quoted-printable", b"ab=\r\ncd", b"abcd"),
    ("soft line break, then blanks", "quoted-printable", b"ab= \t\ncd", b"abcd"),
    ("small letters", "quoted-printable", b"caf=c3=a9", b"caf\xc3\xa9"),
    ("a bad escape stays", "quoted-printable", b"50=ZZ", b"50=ZZ"),
    ("cut within an escape", "quoted-printable", b"50=C", b"50=C"),
    ("neither", "8bit", b"as =3D is", b"as =3D is"),
    ("unknown", "x-uuencode", b"as is", b"as is"),
]


@pytest.mark.parametrize(
    ("encoding", "body", "content"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES]
)
def test_decode_transfer(encoding: str, body: bytes, content: bytes) -> None:
    assert decode_transfer(body, encoding) == content


def test_base64_is_known_by_its_looks() -> None:
    assert looks_base64("\nUmVwb3J0aW5nLU1UQTogZG5zOyBteC5leGFtcGxl\nAAAA")
    assert looks_base64("UmVwb3J0aW5nLU1UQTog==")
    assert not looks_base64("Reporting-MTA: dns; mx.example.net")
    assert not looks_base64("short")
    assert not looks_base64("")


@given(st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable"]))
def test_any_bytes_are_taken(body: bytes, encoding: str) -> None:
    decode_transfer(body, encoding)


@given(st.binary(max_size=300))
def test_what_was_encoded_comes_back(content: bytes) -> None:
    assert decode_base64(base64.b64encode(content)) == content
    assert decode_base64(base64.encodebytes(content)) == content
