"""Addresses are compared folded, with the domain in ASCII."""

import pytest

from watcher.reader.parse.address_key import address_key


CASES = [
    ("as it is", "user@example.com", "user@example.com"),
    ("any case", "User@EXAMPLE.com", "user@example.com"),
    ("a domain in Unicode", "user@Bücher.example", "user@xn--bcher-kva.example"),
    ("the same domain in ASCII", "user@XN--BCHER-KVA.example", "user@xn--bcher-kva.example"),
    ("a local part in Unicode", "JÜRGEN@example.com", "jürgen@example.com"),
    ("tags and dots are kept", "u.s.er+tag@example.com", "u.s.er+tag@example.com"),
    ("an at-sign in quotes", '"a@b"@example.com', '"a@b"@example.com'),
    ("no domain", "Postmaster", "postmaster"),
    ("a domain that is none", "user@ü" + "x" * 70, "user@ü" + "x" * 70),
    ("bytes that are no text", "us\udce9r@example.com", "us?r@example.com"),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("address", "key"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_address_key(address: str, key: str) -> None:
    assert address_key(address) == key
