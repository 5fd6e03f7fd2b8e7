"""Mail of each kind, written for these tests."""

from textwrap import dedent


OURS = "news@lists.example.org"


def failure(recipient: str, reply: str, *, action: str = "failed", number: int = 1) -> bytes:
    """Give a delivery report as Postfix writes it, about one recipient of ours."""
    status = reply.split()[1]
    return _mail(f"""\
        Return-Path: <>
        From: MAILER-DAEMON@mail.lists.example.org (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: bounces@lists.example.org
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B{number}/mail"
        Date: Sun, 22 Nov 2026 04:{number % 60:02d}:00 +0000 (UTC)
        Message-Id: <report{number}@mail.lists.example.org>

        This is a MIME-encapsulated message.

        --B{number}/mail
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        This is the mail system at host mail.lists.example.org.

        I'm sorry to have to inform you that your message could not
        be delivered to one or more recipients. It's attached below.

                           The mail system

        <{recipient}>: host mx.example.com[192.0.2.25] said: {reply}
            (in reply to RCPT TO command)

        --B{number}/mail
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.lists.example.org
        X-Postfix-Sender: rfc822; bounces@lists.example.org
        Arrival-Date: Sun, 22 Nov 2026 04:00:00 +0000 (UTC)

        Final-Recipient: rfc822; {recipient}
        Original-Recipient: rfc822;{recipient}
        Action: {action}
        Status: {status}
        Remote-MTA: dns; mx.example.com
        Diagnostic-Code: smtp; {reply}

        --B{number}/mail
        Content-Description: Undelivered Message
        Content-Type: message/rfc822

        Return-Path: <bounces@lists.example.org>
        From: News <{OURS}>
        To: {recipient}
        Subject: November news
        Message-ID: <news-{number}@lists.example.org>
        Date: Sun, 22 Nov 2026 03:59:00 +0000
        MIME-Version: 1.0
        Content-Type: text/plain; charset=us-ascii

        What is new this month.

        --B{number}/mail--
        """)


def away(sender: str) -> bytes:
    """Give an auto-reply from somebody on holiday."""
    return _mail(f"""\
        Return-Path: <>
        From: {sender}
        To: bounces@lists.example.org
        Subject: Out of office: November news
        Auto-Submitted: auto-replied
        In-Reply-To: <news-90@lists.example.org>
        Date: Sun, 22 Nov 2026 05:00:00 +0000
        Message-ID: <away@example.com>

        I am out of the office until Monday and will answer then.
        """)


def complaint(recipient: str) -> bytes:
    """Give a feedback report: somebody pressed "spam"."""
    return _mail(f"""\
        Return-Path: <fbl@isp.example>
        From: <fbl@isp.example>
        To: bounces@lists.example.org
        Subject: FW: November news
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="F1"
        Date: Sun, 22 Nov 2026 05:10:00 +0000
        Message-ID: <fbl1@isp.example>

        --F1
        Content-Type: text/plain; charset=us-ascii

        This is an email abuse report for an email message received from IP
        192.0.2.1 on Sun, 22 Nov 2026 04:00:00 +0000.

        --F1
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: ExampleFBL/1.0
        Version: 1
        Original-Mail-From: <bounces@lists.example.org>
        Original-Rcpt-To: <{recipient}>
        Source-IP: 192.0.2.1

        --F1
        Content-Type: message/rfc822

        From: News <{OURS}>
        To: {recipient}
        Subject: November news
        Message-ID: <news-91@lists.example.org>
        Date: Sun, 22 Nov 2026 03:59:00 +0000

        What is new this month.

        --F1--
        """)


def ordinary(number: int) -> bytes:
    """Give a letter from a person."""
    return _mail(f"""\
        Return-Path: <anna@example.net>
        From: Anna <anna@example.net>
        To: news@lists.example.org
        Subject: Thursday {number}
        Date: Sun, 22 Nov 2026 05:20:00 +0000
        Message-ID: <letter{number}@example.net>

        Hello, shall we meet on Thursday at ten? I will bring the plans.

        Anna
        """)


def every_kind() -> list[bytes]:
    """Give a mailbox as it comes."""
    return [
        failure(
            "gone@example.com",
            "550 5.1.1 <gone@example.com>: Recipient address rejected: User unknown",
            number=1,
        ),
        ordinary(1),
        failure("full@example.com", "452 4.2.2 The mailbox is over quota", number=2),
        failure("nobody@example.net", "550 5.1.1 no such user here", number=3),
        failure("late@example.com", "451 4.4.1 connection timed out", action="delayed", number=4),
        away("busy@example.com"),
        complaint("cross@isp.example"),
        ordinary(2),
        failure("blocked@example.com", "550 5.7.1 Message rejected as spam by content filtering", number=5),
        b"\r\nwords without any header\r\n",
        failure("gone@example.org", "550 5.1.1 user unknown", number=6),
    ]


def _mail(text: str) -> bytes:
    return dedent(text).replace("\n", "\r\n").encode()
