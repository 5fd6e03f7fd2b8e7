"""A DKIM signature on a returned original is verified whole or by its header alone, made by others' code."""

import base64
import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.forgery.letters import ALL, NOW, OURS, VICTIM, dkim_record, letter, signed
from watcher.authenticity import Answers, Questions, Sent
from watcher.authenticity.dkim import ReturnedMail, find_signatures, sole_recipient, split_mail, verify
from watcher.config.trust import SendLog
from watcher.errors import LookupFailedError
from watcher.lookups import Lookups
from watcher.lookups.dns import Resolver


RECORD = dkim_record()
MAIL = signed(letter(VICTIM))


def mail(raw: bytes, *, body: bool = True) -> ReturnedMail:
    return split_mail(raw.decode("latin-1").replace("\r\n", "\n"), body=body)


def outcome(raw: bytes, record: str = RECORD, *, body: bool = True, days: float = 0) -> str:
    found = mail(raw, body=body)
    (signature, *_) = find_signatures(found)
    return verify(found, signature, record, NOW + timedelta(days=days))


def without(name: bytes) -> tuple[bytes, ...]:
    return tuple(field for field in ALL if field != name)


DATE = "Sun, 22 Nov 2026 04:00:00 +0000"
OLD = NOW - timedelta(days=31)
CASES = [
    # Each case: what it shows, the mail, whether its body came back, what is found.
    ("whole", MAIL, True, "pass"),
    ("the header alone", MAIL, False, "pass"),
    ("refolded", MAIL.replace(b"Subject: November news", b"SUBJECT:  November\r\n   news"), True, "pass"),
    ("empty lines at the end", MAIL + b"\r\n\r\n", True, "pass"),
    ("a field added that is not signed", b"X-Relay: yes\r\n" + MAIL, True, "pass"),
    ("another recipient", MAIL.replace(VICTIM.encode(), b"else@example.com"), False, "fail"),
    ("another subject", MAIL.replace(b"November news", b"December news"), False, "fail"),
    ("a signed field taken out", MAIL.replace(b"Subject: November news\r\n", b""), False, "fail"),
    ("another body", MAIL.replace(b"this month", b"next month"), True, "body_differs"),
    ("a body cut off", MAIL.replace(b"new this month.\r\n", b""), True, "body_differs"),
    ("the same, of which the header counts", MAIL.replace(b"this month", b"next month"), False, "pass"),
    ("a second To on top", MAIL.replace(b"From: N", b"To: else@example.com\r\nFrom: N"), False, "unbound"),
    ("To is not signed", signed(letter(VICTIM), fields=without(b"to")), True, "unbound"),
    ("Date is not signed", signed(letter(VICTIM), fields=without(b"date")), True, "unbound"),
    ("Message-ID is not signed", signed(letter(VICTIM), fields=without(b"message-id")), True, "unbound"),
    ("the body's beginning alone", signed(letter(VICTIM), length=True), True, "unbound"),
    ("made by another key", signed(letter(VICTIM), key="else"), True, "fail"),
    ("31 days old", signed(letter(VICTIM), when=OLD), True, "expired"),
    ("of the future", signed(letter(VICTIM), when=NOW + timedelta(days=3)), True, "expired"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "body", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_signature(raw: bytes, body: bool, expected: str) -> None:
    assert outcome(raw, body=body) == expected


RECORDS = [
    ("none", "", "no_key"),
    ("revoked", "v=DKIM1; k=rsa; p=", "no_key"),
    ("no base64", "v=DKIM1; p=§§", "no_key"),
    ("of another kind", RECORD.replace("k=rsa", "k=ed25519"), "no_key"),
    ("for SHA-1 alone", RECORD.replace("k=rsa", "k=rsa; h=sha1"), "no_key"),
    ("for another service", RECORD.replace("k=rsa", "k=rsa; s=tlsrpt"), "no_key"),
    ("bare", RECORD.partition("p=")[2], "pass"),
    ("as PEM", f"-----BEGIN PUBLIC KEY-----\n{RECORD.partition('p=')[2]}\n-----END PUBLIC KEY-----", "pass"),
    ("with blanks", RECORD.replace("; ", " ;  "), "pass"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), [c[1:] for c in RECORDS], ids=[c[0] for c in RECORDS])
def test_record(record: str, expected: str) -> None:
    assert outcome(MAIL, record) == expected


def by_the_letter(more: str = "") -> tuple[bytes, str]:
    """Sign by RFC 8463, as its section 3 has it; give the mail and the record of the key."""
    key = Ed25519PrivateKey.generate()
    record = f"v=DKIM1; k=ed25519; p={base64.b64encode(key.public_key().public_bytes_raw()).decode()}"
    body = base64.b64encode(sha256(b"Hello\r\n").digest()).decode()
    fields = [f"from:news@{OURS}", f"to:{VICTIM}", f"date:{DATE}", f"message-id:<1@{OURS}>"]
    tags = f"v=1; a=ed25519-sha256; c=relaxed/relaxed; d={OURS}; s=k1; h=from:to:date:message-id;{more}"
    tags = f"{tags} bh={body}; b="
    octets = "\r\n".join([*fields, f"dkim-signature:{tags}"]).encode()
    value = base64.b64encode(key.sign(sha256(octets).digest())).decode()
    return "\r\n".join([f"DKIM-Signature: {tags}{value}", *fields, "", "Hello", ""]).encode(), record


def test_signature_of_elliptic_curves() -> None:
    raw, record = by_the_letter()
    assert outcome(raw, record) == "pass"
    assert outcome(raw.replace(VICTIM.encode(), b"x@example.com"), record) == "fail"


def test_signature_ends_when_it_says_so() -> None:
    raw, record = by_the_letter(f" x={int(NOW.timestamp()) + 3600};")
    assert outcome(raw, record) == "pass"
    assert outcome(raw, record, days=1) == "expired"


def test_signature_without_a_time_is_dated_by_the_signed_date() -> None:
    raw, record = by_the_letter()
    assert outcome(raw, record, days=29) == "pass"
    assert outcome(raw, record, days=31) == "expired"


def test_what_can_not_be_checked_is_no_signature() -> None:
    assert outcome(MAIL.replace(b"a=rsa-sha256", b"a=rsa-sha1")) == "none"
    assert find_signatures(mail(b"DKIM-Signature: v=1; d=x.example; d=y.example\r\n\r\n")) == ()
    assert (
        find_signatures(mail(b"DKIM-Signature: v=1; a=rsa-sha256; s=../x; d=a b; h=to; bh=x; b=y\r\n\r\n"))
        == ()
    )


def test_sole_recipient() -> None:
    assert sole_recipient(mail(b"To: A <a@example.com>\r\n\r\n")) == "a@example.com"
    assert sole_recipient(mail(b"To: a@example.com, b@example.com\r\n\r\n")) is None
    assert sole_recipient(mail(b"To: a@example.com\r\nTo: a@example.com\r\n\r\n")) is None
    assert sole_recipient(mail(b"From: a@example.com\r\n\r\n")) is None


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("victim@example.com\u05d0.evil.example", None),  # its first octet is no letter in any ASCII superset
        ("<victim@example.com\u3002evil.example>", None),
        ("victim@example.com!evil.example", None),
        ("<victim@example.com/.evil.example>", None),
        ("victim@example.com..evil.example", None),
        ('"victim@example.com" <forger@evil.example>', "forger@evil.example"),
        ('"News @ noon" <forger@evil.example>', "forger@evil.example"),
        ("'victim@example.com' <forger@evil.example>,", "forger@evil.example"),
        ("forger@evil.example. (victim@example.com)", "forger@evil.example"),
        ("forger@[192.0.2.1]", "forger@[192.0.2.1]"),
    ],
)
def test_a_domain_is_taken_whole_or_not_at_all(to: str, expected: str | None) -> None:
    assert sole_recipient(mail(f"To: {to}\r\n\r\n".encode())) == expected


@given(st.binary(max_size=300), st.integers(0, len(MAIL)))
def test_any_bytes_are_taken(noise: bytes, place: int) -> None:
    found = mail(MAIL[:place] + noise + MAIL[place:])
    for signature in find_signatures(found):
        assert verify(found, signature, RECORD, NOW) in {
            "pass", "fail", "none", "unbound", "expired", "body_differs", "no_key",
        }  # fmt: skip


@pytest.mark.parametrize("field", ["Cc", "BCC", "Resent-To", "Resent-From"])
def test_no_recipient_is_the_only_one_where_a_field_may_name_others(field: str) -> None:
    assert sole_recipient(mail(letter(VICTIM))) == VICTIM
    assert sole_recipient(mail(letter(VICTIM, more=f"{field}: forger@evil.example\r\n"))) is None


NAMES = [
    ("k1", 1), ("k_1.news-2", 1), ("a..b", 0), (".a", 0), ("a.", 0), ("a" * 64, 0), ("a.-b", 0),
    ("a." * 120 + "b", 0),
]  # fmt: skip


@pytest.mark.parametrize(("selector", "found"), NAMES, ids=[name[:9] for name, _ in NAMES])
def test_selector_that_can_be_no_name_is_no_signature(selector: str, found: int) -> None:
    field = f"DKIM-Signature: v=1; a=rsa-sha256; d={OURS}; s={selector}; h=from:to; bh=x; b=y\r\n"
    assert len(find_signatures(mail(field.encode() + MAIL))) == found + 1


@pytest.mark.parametrize(
    "name", ["a..b._domainkey.example.org", "a" * 64 + ".example.org", "a." * 200 + "org"]
)
def test_name_that_cannot_be_has_no_key(name: str) -> None:
    assert Resolver(["127.0.0.1"], 9).record(name) == ""


def test_odd_selector_and_odd_message_id_hold_up_no_lookup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "sent.db")) as sql, sql:
        sql.execute("CREATE TABLE sent (message_id TEXT, recipient TEXT)")
    sql.close()
    query = "SELECT recipient FROM sent WHERE message_id = :message_id"
    log = SendLog(sqlite=str(tmp_path / "sent.db"), query=query)
    lookups = Lookups(log, Resolver(["127.0.0.1"], 9))
    odd = [Sent(VICTIM, text, None) for text in ("<a\0b@x>", "<\ud800@x>", "<b@x>")]
    found = lookups.answer(Questions(dkim=("a..b.example.org",), sent=tuple(odd)))
    assert found == Answers({"a..b.example.org": ""}, dict.fromkeys(odd, ()))


def test_what_is_remembered_is_told_while_nobody_is_asked() -> None:
    class Records(Resolver):
        def record(self, name: str) -> str:
            if name == "away":
                raise LookupFailedError(name)
            return "key"

    lookups = Lookups(None, Records(), lambda: 1000.0)
    lookups.answer(Questions(dkim=("known",)))
    assert lookups.answer(Questions(dkim=("away", "known", "new"))).dkim == {"known": "key"}
    assert lookups.answer(Questions(dkim=("new", "known"))).dkim == {"known": "key"}
