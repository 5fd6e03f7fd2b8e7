"""No mail costs more than its size: what could grow faster is tried large, against the clock."""

import time
import tracemalloc

import pytest

from watcher.reader.parse.address import parse_mailboxes
from watcher.reader.parse.address_search import find_addresses
from watcher.reader.parse.fields import parse_groups
from watcher.reader.parse.fingerprint import fingerprint
from watcher.reader.parse.message import parse_message
from watcher.reader.parse.return_path import parse_return_path
from watcher.reader.parse.smtp_reply import find_replies, parse_reply
from watcher.reader.parse.text import body_text, fold


MIB = 1 << 20
SECONDS = 8.0  # a tenth of it is usual; a quadratic step at these sizes takes minutes


def read_whole(raw: bytes) -> None:
    message = parse_message(raw)
    message.headers.items()
    parse_mailboxes(message.headers.first("to"))
    parse_return_path(message.headers)
    fingerprint(message)
    for part in message.walk():
        part.as_text()
        part.embedded()
    text = body_text(message)
    fold(text)
    find_addresses(text)
    list(find_replies(text))
    parse_groups(text)


MULTIPART = b"Content-Type: multipart/mixed; boundary=b\n\n"
MAILS = [
    # Each case: what is large in it, the mail.
    (
        "a body of 15 MB",
        b"Subject: x\n\n" + b"said: 550 5.1.1 no mailbox for user@example.com\n" * (15 * MIB // 48),
    ),
    ("a line of 8 MB", b"Subject: " + b"x" * (8 * MIB) + b"\n\nbody"),
    ("a word of 8 MB", b"x" * (8 * MIB)),
    ("200,000 header lines", b"".join(b"X-%d: y\n" % number for number in range(200_000)) + b"\nbody"),
    ("200,000 header lines of one name", b"Received: y\n" * 200_000 + b"\nbody"),
    ("200,000 folds", b"Subject: x" + b"\n y" * 200_000 + b"\n\nbody"),
    ("200,000 encoded words", b"Subject: " + b"=?utf-8?q?x?=\n " * 200_000 + b"\n\nbody"),
    ("100,000 stray header lines", b"A: b\n" + b"junk\nContent-Type: text/plain\n" * 100_000),
    (
        "170,000 recipients",
        b"To: " + b",\n ".join(b"a%d@b.example" % n for n in range(170_000)) + b"\n\nbody",
    ),
    ("200,000 parameters", b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\n\nbody"),
    (
        "20,000 parts within parts",
        b"".join(MULTIPART.replace(b"=b", b"=b%d" % n) + b"--b%d\n" % n for n in range(20_000)),
    ),
    ("20,000 parts within parts, one boundary", (MULTIPART + b"--b\n") * 20_000),
    ("200,000 parts", MULTIPART + b"--b\nContent-Type: text/plain\n\nx\n" * 200_000),
    ("200,000 lines like a boundary", MULTIPART + b"--bx\n" * 200_000),
    ("200,000 lines like another boundary", b"Content-Type: multipart/mixed\n\n" + b"--bx\n" * 200_000),
    ("50,000 messages within messages", b"Content-Type: message/rfc822\n\n" * 50_000),
    ("8 MB of base64 pieces", b"Content-Transfer-Encoding: base64\n\n" + b"QUJDRA==\n" * MIB),
    ("8 MB of empty lines", b"\n" * (8 * MIB)),
    ("8 MB of CR", b"\r" * (8 * MIB)),
    ("8 MB of blanks", b" " * (8 * MIB)),
    ("1 MB of open tags", b"Content-Type: text/html\n\n" + b"<a '" * (MIB // 4)),
    ("1 MB of open comments", b"Content-Type: text/html\n\n" + b"<!--" * (MIB // 4)),
    ("1 MB of open scripts", b"Content-Type: text/html\n\n" + b"<script>" * (MIB // 8)),
    ("1 MB of entities", b"Content-Type: text/html\n\n" + b"&" * MIB),
]


@pytest.mark.parametrize("raw", [case[1] for case in MAILS], ids=[case[0] for case in MAILS])
def test_a_large_mail_is_read_in_time(raw: bytes) -> None:
    started = time.process_time()
    read_whole(raw)
    assert time.process_time() - started < SECONDS


UNITS = [
    "@", "a@", "a@b.", "@a,", "@a:", "<a@b.c>,", "(a(", ")",
    '"', "\\", "<", ">", ",", ";", "=", "+", "-", ".", "a.",
    "é", "’", "550 ", ": 550 ", "550-5.1.1 x\n", "said: ", "5.1.1 ", "<<< 550-x\n", "5.", "#", "a:b\n",
    "a: b\n\n",
    "\n ", "=?", "=?a?q?", "Final-Recipient: x\n", "QUJDQUJDQUJDQUJDQUJD\n\n", "xn--a.", "\\x{41}",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_long_repeated_text_is_read_in_time(unit: str) -> None:
    text = unit * (MIB // 4 // len(unit))
    started = time.process_time()
    parse_mailboxes(text)
    find_addresses(text)
    parse_reply(text)
    list(find_replies(text))
    parse_groups(text)
    assert time.process_time() - started < SECONDS


def test_a_mail_takes_memory_by_its_size_alone() -> None:
    top = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(12))
    raw = top + b"Content-Type: text/plain\n\n" + b"0123456789abcde\n" * (15 * MIB // 16)
    tracemalloc.start()
    try:
        read_whole(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(raw)
