"""Addresses are compared folded, with the domain in ASCII."""

import pytest

from watcher.reader.parse.address_key import address_key


CASES = [
    ("as it is", "user@example.com", "user@example.com"),
    ("any case", "User@EXAMPLE.com", "user@example.com"),
    ("a domain in Unicode", "user@Bücher.example", "user@xn--bcher-kva.example"),
    ("the same domain in ASCII", "user@XN--BCHER-KVA.example", "user@xn--bcher-kva.example"),
    ("another owner than fass", "user@faß.example", "user@xn--fa-hia.example"),
    ("capitals in Unicode", "user@BÜCHER.example", "user@xn--bcher-kva.example"),
    ("letters not composed", "user@bu\u0308cher.example", "user@xn--bcher-kva.example"),
    ("a dot as the Japanese write it", "user@例え。example", "user@xn--r8jz45g.example"),
    ("a picture, of IDNA 2003", "user@☃.example", "user@xn--n3h.example"),
    ("letters that no domain holds", "user@a\u2028ü.example", "user@xn--a-eha350v.example"),
    ("a local part in Unicode", "JÜRGEN@example.com", "jÜrgen@example.com"),
    ("a local part not composed", "ju\u0308rgen@example.com", "jürgen@example.com"),
    ("a sharp s is no double s", "weiß@example.com", "weiß@example.com"),
    ("a sign that is the letter K (NFC)", "\u212a@example.com", "k@example.com"),
    ("tags and dots are kept", "u.s.er+tag@example.com", "u.s.er+tag@example.com"),
    ("an at-sign in quotes", '"a@b"@example.com', '"a@b"@example.com'),
    ("no domain", "Postmaster", "postmaster"),
    ("a label too long", "user@ü" + "x" * 70, "user@xn--" + "x" * 70 + "-tgh"),
    ("a domain too long", "user@ü" + "x" * 300, "user@ü" + "x" * 300),
    ("bytes that are no text", "us\udce9r@example.com", "us?r@example.com"),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("address", "key"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_address_key(address: str, key: str) -> None:
    assert address_key(address) == key
