"""What the tests of the command line share: real processes, and a few messages of our own."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.processes.prepared import Prepared


ROOT = Path(__file__).parents[2]

BOUNCE = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: bounces@lists.example.org
Subject: Undelivered Mail Returned to Sender
Date: Sun, 22 Nov 2026 04:19:00 +0000
Message-Id: <20261122041900.1A2B3@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<user@example.com>: host mx.example.com[192.0.2.7] said: 550 5.1.1
    <user@example.com>: Recipient address rejected: User unknown

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; user@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 5.1.1 <user@example.com>: Recipient address
    rejected: User unknown

--b1
Content-Type: text/rfc822-headers

From: news@lists.example.org
To: user@example.com
Message-ID: <1@lists.example.org>

--b1--
"""

ORDINARY = """\
From: Ann <ann@example.com>
To: bob@example.org
Subject: Lunch
Date: Sun, 22 Nov 2026 05:00:00 +0000
Message-ID: <2@example.com>

Shall we meet at noon?
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """Give an environment in which the checkout is found and nothing of ours is set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOUNCE_WATCHER")}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def command(*arguments: str | Path) -> Sequence[str]:
    """Give the words that start the command."""
    return [sys.executable, "-m", "watcher", *map(str, arguments)]


@pytest.fixture
def run(tmp_path: Path, prepared: Prepared) -> Run:
    """Give a function that runs the command in an empty folder, to its end."""

    def call(*arguments: str | Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return prepared.run(
            "watcher", [*map(str, arguments)], folder=tmp_path, env=environment(**env), stdin=stdin
        )

    return call


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """Give a folder with mail in all its forms, and with files that are none."""
    top = tmp_path / "mail"
    for name in ("a", "box/cur", "box/new", "box/tmp", "box/.Sent/cur", "box/.Sent/new"):
        (top / name).mkdir(parents=True)
    (top / "a" / "one.eml").write_text(BOUNCE)
    (top / "a" / "two.EML").write_text(ORDINARY)
    (top / "a" / "notes.txt").write_text("no mail\n")
    (top / "a.eml").write_text(ORDINARY)
    (top / "box" / "cur" / "1.host:2,S").write_text(BOUNCE)
    (top / "box" / "new" / "2.host").write_text(ORDINARY)
    (top / "box" / "tmp" / "3.host").write_text(BOUNCE)
    (top / "box" / "dovecot.index.log").write_bytes(b"\x00\x01")
    (top / "box" / ".Sent" / "cur" / "4.host:2,S").write_text(ORDINARY)
    (top / "old").write_text(mbox(BOUNCE, ORDINARY + "\n>From here on, quoted.\n"))
    (top / "void.eml").write_text("")
    return top


def mbox(*messages: str) -> str:
    """Join messages to an mbox."""
    return "\n".join(f"From MAILER-DAEMON Sun Nov 22 04:19:00 2026\n{message}" for message in messages)
