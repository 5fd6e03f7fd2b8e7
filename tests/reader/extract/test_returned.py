"""Whom the original went to is told by its fields, and where they hide it by the hosts that took it."""

import pytest

from watcher.reader.extract.returned import find_sole_recipient
from watcher.reader.parse.header import parse_headers


CASES = [
    # Each case: what it shows, the header, then whom the original went to.
    ("in To", "To: a@example.com\nReceived: by mx for <b@example.com>; x\n", "a@example.com"),
    (
        "in Received alone",
        "To: undisclosed-recipients:;\nReceived: by mx\n\tfor <b@example.com>; x\n",
        "b@example.com",
    ),
    ("with a remark", "Received: by mx for b@example.com (envelope-from x); x\n", "b@example.com"),
    (
        "twice",
        "Received: by mx for <B@example.com>; x\nReceived: by gw for <b@example.com>; x\n",
        "b@example.com",
    ),
    (
        "he wrote to himself",
        "From: a@x.example\nTo: a@x.example\nReceived: by mx for <b@x.example>; x\n",
        "b@x.example",
    ),
    ("and none knows better", "From: a@x.example\nTo: a@x.example\n", "a@x.example"),
    ("two", "Received: by mx for <a@example.com>; x\nReceived: by gw for <b@example.com>; x\n", None),
    ("its sender", "From: b@example.com\nReceived: by mx for <b@example.com>; x\n", None),
    ("words", "Received: by mx for a while; x\n", None),
]


@pytest.mark.parametrize(("header", "address"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_find_sole_recipient(header: str, address: str | None) -> None:
    found = find_sole_recipient(parse_headers(header)[0])
    assert (found and found.lower()) == address
