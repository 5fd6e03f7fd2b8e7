"""The form of a signed return-path is read whatever is around it; nothing is proven by it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model import ReturnPath
from watcher.reader.parse.header import parse_headers
from watcher.reader.parse.return_path import parse_form, parse_return_path
from watcher.reader.parse.token import TokenForm, escape, parse_token


HEAD = "b1a-kagh4disn05l8glp8j8"
MAC = "h4disn05l8glp8j8"
PLAIN = TokenForm("a", date(2026, 12, 29), MAC, "b1a-kag-user=example.com", None, "user@example.com", None)
FORMS = [
    # Each case: what it shows, the address, what it carries.
    ("a recipient", f"{HEAD}-user=example.com@x.example", PLAIN),
    ("in capitals", f"{HEAD.upper()}-USER=EXAMPLE.COM@X.EXAMPLE", PLAIN),
    ("in quotes", f'"{HEAD}-user=example.com"@x.example', PLAIN),
    ("after a plus", f"news+{HEAD}-user=example.com@x.example", PLAIN),
    ("as xtext", f"{HEAD}-user+3Dexample.com@x.example", PLAIN),
    ("within SRS0", f"SRS0=a1b2=XY=x.example={HEAD}-user=example.com@relay.example", PLAIN),
    ("within SRS1", f"SRS1=a1=first.example==b2=XY=x.example={HEAD}-user=example.com@relay.example", PLAIN),
    ("within BATV", f"prvs=1234abcdef={HEAD}-user=example.com@x.example", PLAIN),
    ("no token", "bounce+user=example.com@x.example", None),
    ("no signature", "b1a-kag-user=example.com@x.example", None),
    ("no recipient", f"{HEAD}-@x.example", None),
    ("letters that are no digits", f"{HEAD[:-1]}z-user=example.com@x.example", None),
    ("no address", HEAD, None),
    ("nothing", "", None),
]


@pytest.mark.parametrize(("address", "form"), [c[1:] for c in FORMS], ids=[c[0] for c in FORMS])
def test_form(address: str, form: TokenForm | None) -> None:
    assert parse_token(address) == form


def test_id_and_hash() -> None:
    found = parse_token(f"{HEAD}.c=2d7-0123456789abcdef@x.example")
    assert found is not None
    assert (found.id, found.recipient, found.tag) == ("c-7", None, "0123456789abcdef")
    assert found.signed == "b1a-kag.c=2d7-0123456789abcdef"


def test_return_path_that_carries_a_hash_goes_before_plain_ones() -> None:
    token = f"{HEAD}-0123456789abcdef@x.example"
    assert parse_form(token) == ReturnPath(token, "token", None, "0123456789abcdef")
    headers, _ = parse_headers(f"Delivered-To: bounces@x.example\nTo: {token}\n")
    assert parse_return_path(headers) == parse_form(token)


@given(st.text(max_size=30))
def test_what_is_escaped_is_plain_and_can_be_read_back(text: str) -> None:
    escaped = escape(text.lower())
    assert set(escaped) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-=")
    assert ".." not in escaped


@given(st.text(max_size=150))
def test_any_text_is_taken(text: str) -> None:
    parse_token(text)
    parse_token(f"{HEAD}-{text}@x.example")
