"""A state file in which some mail waits for a person, made by the way that every mail goes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.reader.rulebook import RULES
from watcher.config.shape import Config
from watcher.imap.session import Fetched
from watcher.rules import load_rules
from watcher.service.pipeline import Past, Pipeline
from watcher.store import Store


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

GROUP = """\
Final-Recipient: rfc822; {address}
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 554 {words}

"""
MAIL = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: bounces@lists.example.org
Subject: Undelivered Mail Returned to Sender
Message-Id: <{number}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1

It could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

{groups}--b1
Content-Type: text/rfc822-headers

From: news@lists.example.org
Message-ID: <{number}@lists.example.org>

--b1--
"""
LEFT = """\
Return-Path: <>
From: Ann <ann@example.com>
To: bounces@lists.example.org
Subject: Automatic reply: News
Auto-Submitted: auto-replied
Message-Id: <left@example.com>

Ann no longer works here. Please take this address off your list.
"""


def bounce(*addresses: str, number: int = 1, words: str = "the frobnicator of this box is jammed") -> bytes:
    """Give a bounce in words that no rule knows."""
    groups = "".join(GROUP.format(address=address, words=words) for address in addresses)
    return MAIL.format(number=number, groups=groups).replace("\n", "\r\n").encode()


def config_of(state: Path, **policy: object) -> Config:
    mailbox = {
        "name": "bounces",
        "host": "imap.example.org",
        "username": "bounces@lists.example.org",
        "password": "-",
    }
    hook = {"name": "app", "url": "https://app.example.com/hooks", "secret": SECRET, "events": ["*"]}
    return Config.model_validate(
        {"state": str(state), "mailboxes": [mailbox], "webhooks": [hook], "policy": policy}
    )


def meet(store: Store, config: Config, *mails: bytes, first: int = 1) -> None:
    """Record mails as if they had been fetched, a day apart."""
    pipeline, mailbox = (
        Pipeline(config, load_rules([Path(path) for path in config.rules]) if config.rules else RULES),
        config.mailboxes[0],
    )
    for uid, raw in enumerate(mails, first):
        when = NOW + timedelta(days=uid - 1)
        fetched = Fetched(uid=uid, raw=raw, internal_date=when, size=len(raw), truncated=False, error=None)
        readings = [pipeline.read(mailbox, 1, fetched)]
        with store.transaction():
            decided = pipeline.decide(mailbox, readings, Past(store.histories), when)
            records = [pipeline.record(mailbox, reading, made, when) for reading, made in decided]
            store.record_batch(records, ("bounces", "INBOX", 1, uid), when)
