"""Bytes become text under any claimed charset, and the claim is believed only where it can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.charset import decode, find_codec, is_seven_bit


TEXTS = [
    # Each case: what it shows, bytes, the claimed charset, the text.
    ("UTF-8", "né".encode(), "utf-8", "né"),
    ("in capitals and quotes", "né".encode(), ' "UTF-8"', "né"),
    ("no charset, UTF-8", "né".encode(), None, "né"),
    ("no charset, 8-bit", b"n\xe9 \x93", None, "né “"),
    ("ASCII that is not", "né".encode(), "us-ascii", "né"),
    ("Latin-1 with Windows letters", b"\x80 \x93x\x94", "iso-8859-1", "€ “x”"),
    ("UTF-8 labelled, 8-bit inside", b"caf\xe9 cr\xe8me br\xfbl\xe9e", "utf-8", "café crème brûlée"),
    ("UTF-8 cut within a letter", "grüße é".encode()[:-1], "utf-8", "grüße \ufffd"),
    ("unknown name", "né".encode(), "x-unknown", "né"),
    ("no text codec", b"6162", "hex", "6162"),
    ("a codec that is no charset", b"a\\u0041", "unicode-escape", "a\\u0041"),
    ("gb2312 is read as gb18030", "镕".encode("gb18030"), "gb2312", "镕"),
    ("ks_c_5601-1987 is read as cp949", "똠".encode("cp949"), "ks_c_5601-1987", "똠"),
    ("shift_jis is read as cp932", "①".encode("cp932"), "shift_jis", "①"),
    ("windows-31j", "①".encode("cp932"), "Windows-31J", "①"),
    ("iso-2022-jp", "こんにちは".encode("iso2022_jp"), "ISO-2022-JP", "こんにちは"),
    ("iso-2022-jp without a label", "こんにちは".encode("iso2022_jp"), None, "こんにちは"),
    ("iso-2022-jp under a wrong label", "こんにちは".encode("iso2022_jp"), "us-ascii", "こんにちは"),
    ("EUC-JP labelled iso-2022-jp", "日本語".encode("euc_jp"), "iso-2022-jp", "日本語"),
    ("neither of them", b"\xff\xfe\x81", "iso-2022-jp", "\ufffd\ufffd\ufffd"),
    ("big5", "中文".encode("big5"), "Big5", "中文"),
    ("broken GB with much that is not", b"\xff" * 9 + b"caf\xe9", "gb2312", "ÿ" * 9 + "café"),
    ("windows-1251", "Привет".encode("cp1251"), "windows-1251", "Привет"),
    ("koi8-r", "Привет".encode("koi8_r"), "KOI8-R", "Привет"),
    ("koi8-u", "Привіт".encode("koi8_u"), "KOI8-U", "Привіт"),
    ("x-windows-874", "ไทย".encode("cp874"), "x-windows-874", "ไทย"),
    ("iso-8859-8-i", "שלום".encode("cp1255"), "iso-8859-8-i", "שלום"),
    ("x- before a known name", "né".encode("cp1252"), "x-windows-1252", "né"),
    ("UTF-7", b"Hi +AOk-", "unicode-1-1-utf-7", "Hi é"),
    ("UTF-7 with half a letter", b"+2AA-", "utf-7", "?"),
    ("a hole in Windows-1253", b"\xd2\xe1", "windows-1253", "\ufffdα"),
]


@pytest.mark.parametrize(
    ("octets", "charset", "text"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS]
)
def test_decode(octets: bytes, charset: str | None, text: str) -> None:
    assert decode(octets, charset) == text


def test_seven_bit_charsets_are_known() -> None:
    assert is_seven_bit("iso-2022-jp")
    assert is_seven_bit("hz-gb-2312")
    assert not is_seven_bit("utf-8")
    assert not is_seven_bit("x-unknown")


@given(
    st.binary(max_size=200),
    st.sampled_from(["utf-8", "utf-7", "utf-16", "iso-2022-jp", "gb2312", "hz", "big5"]),
)
def test_any_bytes_become_text_that_can_be_written(octets: bytes, charset: str) -> None:
    decode(octets, charset).encode("utf-8")


@given(st.text(max_size=80))
def test_any_name_is_taken(name: str) -> None:
    find_codec(name)
    decode(b"n\xe9", name)
