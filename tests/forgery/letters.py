"""What a forger has to work with: our mail as it reaches him, and any report he cares to write."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from unittest.mock import patch

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from watcher.authenticity import ReturnPathKey, sign_return_path


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)
KEY = ReturnPathKey("a", b"0123456789abcdef0123")
OURS = "lists.example.org"
BOUNCES = f"bounces@{OURS}"
VICTIM = "victim@example.com"
FORGER = "forger@evil.example"
LONG_FORGER = "a.forger.with.a.very.long.name.of.his.own@mail.evil.example"
SELECTOR = "k1"
ALL = (b"from", b"to", b"subject", b"date", b"message-id")


@cache
def private_key(name: str = "ours") -> RSAPrivateKey:
    assert name
    return generate_private_key(65537, 1024)


def dkim_record(name: str = "ours") -> str:
    octets = private_key(name).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(octets).decode()}"


def token(recipient: str, key: ReturnPathKey = KEY, last: date | None = None, name: str | None = None) -> str:
    return sign_return_path(recipient, key, OURS, last or (NOW + timedelta(days=30)).date(), name)


def letter(to: str, number: int = 1, sent: datetime = NOW - timedelta(minutes=20), more: str = "") -> bytes:
    """Give a mail of ours as it left."""
    date_ = sent.strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"{more}From: News <news@{OURS}>\r\nTo: {to}\r\nSubject: November news\r\n"
        f"Date: {date_}\r\nMessage-ID: <news-{number}@{OURS}>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nWhat is new this month.\r\n"
    ).encode()


def signed(
    mail: bytes, domain: str = OURS, key: str = "ours", fields: tuple[bytes, ...] = ALL,
    selector: str = SELECTOR, *, length: bool = False, when: datetime = NOW,
) -> bytes:  # fmt: skip
    """Give the mail with a DKIM signature, made by somebody else's code as if it were then."""
    secret = private_key(key).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    with patch("dkim.time.time", when.timestamp):
        signature: bytes = dkim.sign(
            mail, selector.encode(), domain.encode(), secret, canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(fields), length=length,
        )  # fmt: skip
    return signature + mail


@dataclass(frozen=True)
class About:
    """What a report says of one recipient."""

    final: str = VICTIM
    original: str | None = None
    reply: str = "550 5.1.1 user unknown"
    action: str = "failed"


@dataclass(frozen=True)
class Written:
    """One mail as it reaches the watched mailbox, and when."""

    raw: bytes
    received: datetime = NOW


@dataclass(frozen=True)
class Report:
    """A delivery report as a mail server writes it, in whatever the forger wants it to say."""

    about: tuple[About, ...] = (About(),)
    to: str = BOUNCES
    original: bytes | None = field(default_factory=lambda: letter(VICTIM))
    headers_only: bool = False
    top: str = ""  # fields above all others
    mta: str = f"mail.{OURS}"
    received: datetime = NOW
    number: int = 1
    subject: str = "Undelivered Mail Returned to Sender"

    def written(self) -> Written:
        edge = f"--B{self.number}"
        lines = [
            f"{self.top}Return-Path: <>",
            f"Received: from mx.example.com by mail.{OURS} with ESMTP; Sun, 22 Nov 2026 04:19:00 +0000",
            f"From: MAILER-DAEMON@{self.mta} (Mail Delivery System)",
            f"Subject: {self.subject}",
            f"To: {self.to}",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/report; report-type=delivery-status; boundary="B{self.number}"',
            f"Date: {self.received.strftime('%a, %d %b %Y %H:%M:%S +0000')}",
            f"Message-Id: <report{self.number}@{self.mta}>",
            "", edge, "Content-Type: text/plain; charset=us-ascii", "",
            f"This is the mail system at host {self.mta}.", "",
            "I'm sorry to have to inform you that your message could not",
            "be delivered to one or more recipients. It's attached below.", "",
            *(f"<{one.final}>: host mx.example.com[192.0.2.25] said: {one.reply}" for one in self.about),
            "", edge, "Content-Type: message/delivery-status", "",
            f"Reporting-MTA: dns; {self.mta}",
        ]  # fmt: skip
        for one in self.about:
            lines += ["", f"Final-Recipient: rfc822; {one.final}"]
            lines += [f"Original-Recipient: rfc822;{one.original}"] if one.original else []
            lines += [
                f"Action: {one.action}",
                f"Status: {one.reply.split()[1]}",
                f"Diagnostic-Code: smtp; {one.reply}",
            ]
        raw = "\r\n".join([*lines, "", ""]).encode()
        if self.original is not None:
            kind = b"text/rfc822-headers" if self.headers_only else b"message/rfc822"
            mail = self.original.partition(b"\r\n\r\n")[0] if self.headers_only else self.original
            raw += edge.encode() + b"\r\nContent-Type: " + kind + b"\r\n\r\n" + mail + b"\r\n"
        return Written(raw + edge.encode() + b"--\r\n", self.received)


def complaint(victim: str, mail_from: str = BOUNCES, original: bytes | None = None) -> Written:
    """Give a feedback report that says that somebody pressed "spam"."""
    head = (
        "Return-Path: <fbl@isp.example>\r\nFrom: <fbl@isp.example>\r\n"
        f"Subject: FW: November news\r\nTo: {BOUNCES}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="F"\r\n'
        "Date: Sun, 22 Nov 2026 04:19:00 +0000\r\nMessage-ID: <fbl1@isp.example>\r\n\r\n"
        "--F\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis is an email abuse report.\r\n\r\n"
        "--F\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
        f"User-Agent: ExampleFBL/1.0\r\nVersion: 1\r\nOriginal-Mail-From: <{mail_from}>\r\n"
        f"Original-Rcpt-To: <{victim}>\r\nSource-IP: 192.0.2.1\r\n\r\n"
        "--F\r\nContent-Type: message/rfc822\r\n\r\n"
    ).encode()
    return Written(head + (original or letter(victim)) + b"\r\n--F--\r\n")


def note(sender: str, subject: str, body: str, to: str = BOUNCES, more: str = "") -> Written:
    """Give a plain mail."""
    return Written(
        (
            f"{more}Return-Path: <{sender}>\r\nFrom: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
            f"Date: Sun, 22 Nov 2026 04:19:00 +0000\r\nMessage-ID: <{len(body)}@example.com>\r\n\r\n"
            f"{body}\r\n"
        ).encode()
    )
