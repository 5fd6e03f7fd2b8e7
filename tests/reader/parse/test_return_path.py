"""The address that a report came back to tells its form, and with VERP the recipient."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model import ReturnPath
from watcher.reader.parse.header import parse_headers
from watcher.reader.parse.return_path import parse_form, parse_return_path


FORMS = [
    # Each case: what it shows, an address, its form, recipient, id.
    ("plain", "bounces@lists.example.org", "plain", None, None),
    ("a tag", "bounces+4711@lists.example.org", "plain", None, None),
    ("VERP with a plus", "bounce+user=example.com@lists.example.org", "verp", "user@example.com", None),
    ("VERP with a hyphen", "bounce-user=example.com@lists.example.org", "verp", "user@example.com", None),
    (
        "the recipient has a tag",
        "bounce+user+tag=example.com@lists.example.org",
        "verp",
        "user+tag@example.com",
        None,
    ),
    (
        "the recipient has a hyphen",
        "bounces-a-user=example.com@lists.example.org",
        "verp",
        "a-user@example.com",
        None,
    ),
    ("Mailman", "news-bounces+user=example.com@lists.example.org", "verp", "user@example.com", None),
    ("a list between", "bounces-news+user=example.com@lists.example.org", "verp", "user@example.com", None),
    ("two numbers", "bounce-12-345-user=example.com@lists.example.org", "verp", "user@example.com", None),
    (
        "a number as the recipient",
        "bounce-12-345=example.com@lists.example.org",
        "verp",
        "345@example.com",
        None,
    ),
    (
        "ezmlm, the recipient has a tag",
        "news-return-42-user+tag=example.com@lists.example.org",
        "verp",
        "user+tag@example.com",
        None,
    ),
    ("ezmlm", "news-return-42-user=example.com@lists.example.org", "verp", "user@example.com", None),
    (
        "another prefix with a plus",
        "m-1+user=example.com@lists.example.org",
        "verp",
        "user@example.com",
        None,
    ),
    (
        "another prefix with a hyphen",
        "m-user=example.com@lists.example.org",
        "verp",
        "user@example.com",
        None,
    ),
    ("the recipient's case", "bounce+User=Example.COM@lists.example.org", "verp", "User@example.com", None),
    (
        "a hyphen in the domain",
        "bounce+user=a-b.example.com@lists.example.org",
        "verp",
        "user@a-b.example.com",
        None,
    ),
    ("no domain after the sign", "bounce+user=4711@lists.example.org", "plain", None, None),
    ("no user", "bounce+=example.com@lists.example.org", "plain", None, None),
    ("no prefix", "user=example.com@lists.example.org", "plain", None, None),
    ("an empty prefix", "+user=example.com@lists.example.org", "plain", None, None),
    ("BATV", "prvs=1234abcdef=bounces@lists.example.org", "batv", None, "1234abcdef"),
    (
        "BATV around VERP",
        "prvs=1234abcdef=bounce+user=example.com@lists.example.org",
        "batv",
        "user@example.com",
        "1234abcdef",
    ),
    ("BATV, the old form", "prvs=bounces/1234abcdef@lists.example.org", "batv", None, "1234abcdef"),
    ("SRS", "SRS0=HHH=TT=example.com=user@fwd.example.org", "srs", None, None),
    ("SRS twice", "srs1+HHH=fwd.example.net==HHH=TT=example.com=user@fwd.example.org", "srs", None, None),
]


@pytest.mark.parametrize(
    ("address", "form", "recipient", "ident"), [case[1:] for case in FORMS], ids=[case[0] for case in FORMS]
)
def test_parse_form(address: str, form: str, recipient: str | None, ident: str | None) -> None:
    assert parse_form(address) == ReturnPath(address, form, recipient, ident)


HEADERS = [
    # Each case: what it shows, the header, the return-path.
    ("To alone", "To: bounces@example.org\n", "bounces@example.org"),
    ("delivery before To", "To: x@example.org\nDelivered-To: bounces@example.org\n", "bounces@example.org"),
    (
        "the envelope before the mailbox",
        "Delivered-To: box@example.org\nX-Original-To: b@example.org\n",
        "b@example.org",
    ),
    (
        "one with a recipient before all",
        "X-Original-To: b@example.org\nTo: b+u=example.com@example.org\n",
        "b+u=example.com@example.org",
    ),
    (
        "a form before a plain one",
        "X-Original-To: b@example.org\nTo: prvs=12345678=b@example.org\n",
        "prvs=12345678=b@example.org",
    ),
    ("a name before the address", 'To: "Bounces" <b@example.org>\n', "b@example.org"),
    ("nothing to read", "To: undisclosed-recipients:;\nFrom: a@example.com\n", None),
]


@pytest.mark.parametrize(
    ("header", "address"), [case[1:] for case in HEADERS], ids=[case[0] for case in HEADERS]
)
def test_parse_return_path(header: str, address: str | None) -> None:
    headers, _ = parse_headers(header)
    found = parse_return_path(headers)
    assert (found.address if found else None) == address


@given(st.text(st.sampled_from("abB0+-=._@/prvsSRS1"), max_size=60))
def test_any_address_is_taken(text: str) -> None:
    assert parse_form(text).address == text
