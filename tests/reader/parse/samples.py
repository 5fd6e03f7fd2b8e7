"""Small mails that more than one test reads."""

REPORT = b"""\
Return-Path: <>
Received: from mx.example.net by mail.example.org; Sun, 22 Nov 2026 05:19:00 +0100
From: MAILER-DAEMON@mx.example.net
To: bounce+user=example.com@lists.example.org
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

This is a MIME-encapsulated message.

--b1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

The mail could not be delivered, caf=C3=A9.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; user@example.com
Action: failed
Status: 5.1.1

--b1
Content-Type: message/rfc822

From: news@lists.example.org
Subject: News
Content-Type: text/plain

Hello.
--b1--
"""
