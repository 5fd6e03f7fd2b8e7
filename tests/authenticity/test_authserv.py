"""Of Authentication-Results the topmost field counts, of a server that is named, in its place (RFC 8601)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.authenticity import Ours
from watcher.authenticity.authserv import from_own_relay
from watcher.reader.parse.header import parse_headers


OURS = Ours(domains=("lists.example.org",))
GOOD = "spf=pass smtp.helo=mail.lists.example.org"
HOP = "Received: from mail.lists.example.org (x [192.0.2.1]) by mx.example.org (Postfix) with ESMTPS id 1\n"
LMTP = "Received: from mx.example.org by store.example.org with LMTP id 2\n"
FOREIGN = "Received: from x by mx.other.example with ESMTP id 3\n"


def hop(greeting: str) -> str:
    """Give the Received field of another server, as it writes what the client called itself."""
    return f"Received: from {greeting} ([192.0.2.9]) by mx.other.example with ESMTP id 4\n"


def results(text: str, name: str = "mx.example.org") -> str:
    return f"Authentication-Results: {name}; {text}\n"


CASES = [
    ("SPF of the greeting", results(GOOD), "pass"),
    ("SPF of the sender", results("spf=pass smtp.mailfrom=bounces@lists.example.org"), "pass"),
    ("DKIM", results("dkim=pass (2048-bit key) header.d=lists.example.org header.s=k1"), "pass"),
    ("DMARC", results("dmarc=pass (p=none dis=none) header.from=lists.example.org"), "pass"),
    ("one of several", results("dkim=none; spf=fail smtp.helo=x.example; " + GOOD), "pass"),
    ("folded, with comments and a version", results(f"1 (a (comment))\n\t{GOOD}", "mx.example.org").replace(
        "; 1", " 1;"), "pass"),
    ("in capitals", results(GOOD.upper(), "MX.Example.ORG"), "pass"),
    ("below its server's Received", HOP + results(GOOD), "pass"),
    ("below local delivery", LMTP + HOP + results(GOOD), "pass"),
    ("below a stranger's Received", FOREIGN + results(GOOD), "none"),
    ("below one whose greeting has local delivery in it", hop("x with lmtp") + results(GOOD), "none"),
    ("and in a comment", hop("x (HELO with lmtp)") + results(GOOD), "none"),
    ("below one whose greeting has our server in it", hop("x by mx.example.org") + results(GOOD), "none"),
    ("below one whose recipient has it", FOREIGN.replace(
        "id 3", 'id 3 for <"a by mx.example.org b"@x.org>') + results(GOOD), "none"),
    ("below local delivery with a cipher and a recipient", LMTP.replace(
        "id 2", "(using TLS with cipher X (256/256 bits)) id 2 for <a@x.org>") + results(GOOD), "pass"),
    ("below an honest one", results("spf=none") + results(GOOD), "none"),
    ("below another server's", results("spf=none", "mx.other.example") + results(GOOD), "none"),
    ("another server's", results(GOOD, "mx.other.example"), "none"),
    ("failed", results("spf=fail smtp.helo=mail.lists.example.org"), "none"),
    ("passed for a stranger", results("spf=pass smtp.helo=mail.evil.example"), "none"),
    ("a name that ends like ours", results("spf=pass smtp.helo=evil-lists.example.org"), "none"),
    ("ours in a comment", results("spf=pass (smtp.helo=lists.example.org) smtp.helo=evil.example"), "none"),
    ("ours in another property", results("spf=pass smtp.helo=x.example policy.x=lists.example.org"), "none"),
    ("ours under another method", results("x-spf=pass smtp.helo=lists.example.org"), "none"),
    ("the result in a comment", results("spf=(pass)fail smtp.helo=lists.example.org"), "none"),
    ("ours in a quoted sender", results(
        'spf=pass smtp.mailfrom="a smtp.helo=lists.example.org b"@evil.com'), "none"),
    ("a result in a quoted sender", results(
        'spf=pass smtp.mailfrom="a; spf=pass smtp.helo=lists.example.org b"@evil.com'), "none"),
    ("with escaped quotes", results(
        'spf=pass smtp.mailfrom="a\\" smtp.helo=lists.example.org \\"b"@evil.com'), "none"),
    ("a quoted sender in a comment", results(
        'spf=pass (of "a) smtp.helo=lists.example.org (b"@evil.com) smtp.helo=evil.com'), "none"),
    ("a stray quote", results(f'{GOOD} smtp.mailfrom="a'), "none"),
    ("a stray quote in a comment", results(f'spf=pass (") {GOOD[9:]}'), "none"),
    ("a stray bracket", results(f"spf=pass (a ( b) {GOOD[9:]}"), "none"),
    ("a sender that would be cut", results(
        f"spf=pass smtp.mailfrom={'x' * 282}.lists.example.org-b@evil.com"), "none"),
    ("ours quoted before the domain of another", results(
        'spf=pass smtp.mailfrom="b@lists.example.org"@evil.com'), "none"),
    ("a quoted sender of ours", results('spf=pass smtp.mailfrom="a b"@lists.example.org'), "pass"),
    ("a quoted reason", results('spf=pass reason="good; (so" smtp.helo=lists.example.org'), "pass"),
    ("no result", results("none"), "none"),
    ("no name", "Authentication-Results: ;\n", "none"),
    ("no field", HOP, "none"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_own_relay(text: str, expected: str) -> None:
    headers, _ = parse_headers(text)
    assert from_own_relay(headers, ("mx.example.org",), OURS.owns) == expected


def test_nobody_is_trusted_unasked() -> None:
    assert from_own_relay(parse_headers(results(GOOD))[0], (), OURS.owns) == "none"


@given(st.text('();="\\abc.@ \tspfpass', max_size=200))
def test_any_value_is_taken(value: str) -> None:
    headers, _ = parse_headers(f"Authentication-Results: mx.example.org; {value}\n")
    assert from_own_relay(headers, ("mx.example.org",), OURS.owns) in {"pass", "none"}
