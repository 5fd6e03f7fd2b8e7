"""A receipt repeats the title that it is for; so may a letter, whose writer says "I"."""

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader.analyse import analyse


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Your message Dinner plans was displayed at 19:30.", Kind.RECEIPT),
        ("I read your mail about dinner plans. See you at 19:30.", Kind.ORDINARY),
    ],
)
def test_who_says_i_writes_no_receipt(text: str, kind: Kind) -> None:
    head = "Return-Path: <ann@example.com>\r\nFrom: Ann Lee <ann@example.com>\r\nTo: jo@example.org\r\n"
    raw = f"{head}Subject: Read: Dinner plans\r\n\r\n{text}\r\n".encode()
    assert analyse(raw, RULES).kind is kind
