"""Reports that name a failed one in a form of their own, and replies folded as Postfix folds them."""

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.analyse import analyse


REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: news@reader.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; boundary="b"

--b
Content-Type: text/plain

This is the mail system at host mx.example.net.

{told}
--b
Content-Type: message/rfc822

From: News <news@reader.example>
To: {to}
Subject: Offer

Hello
--b--
"""
NAMED = [
    ("a user of the host's own", "<jo@store>: user unknown", "jo@acme.example", "jo@acme.example"),
    ("with a mark of ours", "<jo@store>: user unknown", "jo+a1@acme.example", "jo+a1@acme.example"),
    ("one of many behind an alias", "<bob@store>: user unknown", "team@acme.example", "bob@store"),
    ("whom we hid", "<bob@localhost>: user unknown", "news@reader.example", "bob@localhost"),
    ("us ourselves", "<news@store>: user unknown", "news@reader.example", "news@store"),
]
FOLDED = """\
<a@one.example>: host mx.one.example[192.0.2.1] said: 550 5.1.1
    <a@one.example>: Recipient address rejected: Your IP is listed (in reply to
    RCPT TO command)

<b@two.example>: host mx.two.example[192.0.2.2] said: 450 4.2.0
    <b@two.example>: Recipient address rejected: Greylisted (in reply to RCPT
    TO command)
"""


@pytest.mark.parametrize(("told", "to", "address"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_whom_a_report_names(told: str, to: str, address: str) -> None:
    report = analyse(REPORT.format(told=told, to=to).encode(), RULES)
    assert [each.address for each in report.recipients] == [address]


def test_a_folded_reply_goes_on_with_the_address() -> None:
    report = analyse(REPORT.format(told=FOLDED, to="a@one.example, b@two.example").encode(), RULES)
    told = [(each.address, each.reason) for each in report.recipients]
    assert told == [("a@one.example", "ip_blocked"), ("b@two.example", "greylisted")]
