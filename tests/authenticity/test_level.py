"""A report is plausible where it shows our own mail and nothing speaks against it, else unverified."""

from datetime import UTC, datetime

import pytest

from tests.crash.mails import away, complaint, failure, ordinary
from tests.reader.rulebook import RULES
from watcher.authenticity import Answers, Ours, authenticate
from watcher.model import Authenticity, Level
from watcher.reader.analyse import analyse
from watcher.reader.parse.message import parse_message
from watcher.reader.ruleset import Rules


BOUNCE = failure("gone@example.com", "550 5.1.1 user unknown")
NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
OURS = ("lists.example.org",)
HEADERS_ONLY = BOUNCE.replace(b"message/rfc822", b"text/rfc822-headers")
SIGNED = BOUNCE.replace(b"lists.example.org>", b"elsewhere.example>").replace(
    b"Subject: November news",
    b"DKIM-Signature: v=1; a=rsa-sha256; s=k1;\r\n d=lists.example.org; h=from:to; bh=x; b=y\r\n"
    b"Subject: November news",
)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return RULES


def level(raw: bytes, rules: Rules, domains: tuple[str, ...] = OURS) -> Authenticity:
    ours = Ours(domains=domains)
    return authenticate(parse_message(raw), analyse(raw, rules), ours, Answers(), NOW).authenticity


CASES = [
    ("our bounce", BOUNCE, OURS, Level.PLAUSIBLE),
    ("the original's headers alone", HEADERS_ONLY, OURS, Level.PLAUSIBLE),
    ("the domain above ours", BOUNCE, ("bounces.lists.example.org",), Level.PLAUSIBLE),
    ("a domain below ours", BOUNCE, ("EXAMPLE.org.",), Level.PLAUSIBLE),
    ("signed by us, and sent under another name", SIGNED, OURS, Level.PLAUSIBLE),
    (
        "the return-path of old mail servers",
        BOUNCE.replace(b"<>", b"MAILER-DAEMON", 1),
        OURS,
        Level.PLAUSIBLE,
    ),
    ("a complaint, which has a sender", complaint("user@example.com"), OURS, Level.PLAUSIBLE),
    ("mail of somebody else", BOUNCE, ("example.net",), Level.UNVERIFIED),
    ("a name that ends like ours", BOUNCE, ("ists.example.org",), Level.UNVERIFIED),
    ("a top-level domain", BOUNCE.replace(b"lists.example.org>", b"org>"), OURS, Level.UNVERIFIED),
    ("no domain known to be ours", BOUNCE, (), Level.UNVERIFIED),
    ("sent from an address", BOUNCE.replace(b"<>", b"<evil@example.net>", 1), OURS, Level.UNVERIFIED),
    ("no return-path to be seen", BOUNCE.replace(b"Return-Path: <>\r\n", b"", 1), OURS, Level.UNVERIFIED),
    ("no original", BOUNCE.split(b"--B1/mail\r\nContent-Description: Und")[0], OURS, Level.UNVERIFIED),
    ("an auto-reply", away("user@example.com"), OURS, Level.UNVERIFIED),
    ("a letter", ordinary(1), OURS, Level.UNVERIFIED),
    ("nothing", b"", OURS, Level.UNVERIFIED),
]


@pytest.mark.parametrize(
    ("raw", "domains", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_level(raw: bytes, domains: tuple[str, ...], expected: Level, rules: Rules) -> None:
    assert level(raw, rules, domains).level == expected


def test_the_checks_say_what_was_missing(rules: Rules) -> None:
    forged = BOUNCE.replace(b"<>", b"<evil@example.net>", 1)
    assert dict(level(forged, rules).checks) == {
        "token": "none",
        "dkim_original": "none",
        "send_log": "none",
        "own_relay": "none",
        "null_return_path": "fail",
        "form": "pass",
        "original": "pass",
    }
