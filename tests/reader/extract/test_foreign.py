"""Names of other mail systems are read where they stand for a recipient, and nowhere else."""

import pytest

from tests.reader.rulebook import RULES
from watcher.reader import analyse
from watcher.reader.extract.foreign import find_foreign, read_foreign


FIELDS = [
    # Each case: what it shows, the field, then what it names.
    ("X.400", "x400; /G=Jo/S=Poe/O=Acme/C=GB/", "/G=Jo/S=Poe/O=Acme/C=GB/"),
    ("X.400 with semicolons", "X400; c=gb;a= ;p=acme;s=Poe;", "c=gb;a= ;p=acme;s=Poe;"),
    ("a directory", "rfc822;/o=Acme/ou=HQ/cn=Recipients/cn=Jo Poe", "/o=Acme/ou=HQ/cn=Recipients/cn=Jo Poe"),
    ("a path", "uucp; hub!leaf!jo", "hub!leaf!jo"),
    ("a path without its type", "<hub!leaf!jo>", "hub!leaf!jo"),
    ("a pipe", "local; |/usr/bin/filter --a=b", None),
    ("a word", "local; jo", None),
    ("an exclamation", "local; unknown!", None),
    ("a control character", "rfc822;/o=Acme/ou=HQ/cn=Jo\x0fPoe", None),
    ("the same in X.400", "x400; /G=Jo\x00/S=Poe/O=Acme/C=GB/", "/G=Jo /S=Poe/O=Acme/C=GB/"),
    ("nothing", None, None),
]
LINES = [
    ("in brackets", "<hub!leaf!jo> ... unknown host: hub", ["hub!leaf!jo"]),
    ("leading", "hub!leaf!jo: unknown user", ["hub!leaf!jo"]),
    ("a directory, then a date", "/O=ACME/OU=HQ/CN=JPOE on Tue, 24 Nov", ["/O=ACME/OU=HQ/CN=JPOE"]),
    ("X.400 with its label", "X400:C=GB;A= ;P=Acme;S=Poe; failed", ["X400:C=GB;A= ;P=Acme;S=Poe;"]),
    ("X.400 without", "c=gb;a= ;p=Acme;s=Poe; on Tue, 24 Nov", ["c=gb;a= ;p=Acme;s=Poe;"]),
    ("the name of a message", "The MTS-ID is: c=gb;a= ;p=Acme;l=EXCH1-01;", []),
    ("behind a reply", "550 5.1.1 hub!leaf!jo... User unknown", ["hub!leaf!jo"]),
    ("the sender's", "From: /O=ACME/OU=HQ/CN=JPOE", []),
    ("an exclamation", "Warning!it failed", []),
    ("a link", "see https://example.com/a=1/b=2/c", []),
    ("a path of files", "/var/mail/jo/inbox", []),
    ("a search", "/lang=en/sort=up/page=3/ was looked for", []),
    ("a signature", "v=1;a=rsa-sha256;s=sel;d=example.com; failed", []),
    ("a person first", "X400:S=Poe;C=GB;A= ;P=Acme; failed", ["X400:S=Poe;C=GB;A= ;P=Acme;"]),
]


@pytest.mark.parametrize(("field", "named"), [c[1:] for c in FIELDS], ids=[c[0] for c in FIELDS])
def test_read_foreign(field: str | None, named: str | None) -> None:
    assert read_foreign(field) == named


@pytest.mark.parametrize(("line", "named"), [c[1:] for c in LINES], ids=[c[0] for c in LINES])
def test_find_foreign(line: str, named: list[str]) -> None:
    assert [found.address for found in find_foreign((line,), RULES.dialects.prose)] == named


def test_an_address_in_the_text_goes_first() -> None:
    raw = b"""Return-Path: <>
From: MAILER-DAEMON@mx.example.com
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

<jo@example.com>: mailbox full

--b
Content-Type: message/delivery-status

Final-Recipient: x400; /G=Jo/S=Poe/O=Acme/C=GB/
Action: failed
Status: 5.2.2
"""
    assert [each.address for each in analyse(raw, RULES).recipients] == ["jo@example.com"]
