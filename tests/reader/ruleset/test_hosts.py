"""Hosts in a text, which are found by their marks and not by trying a pattern of the whole at each letter."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.ruleset.hosts import _IPV4, _IPV6, _NAME, Host, name_addresses, name_hosts


CASES = [
    # Each case: what it shows, the text, then with its addresses and with its names of hosts put aside.
    ("an address", "from 192.0.2.1:25", "from <ip>:25", "from 192.0.2.1:25"),
    ("not part of a longer number", "1.192.0.2.1 and 1920.0.2.1.5", None, None),
    ("of the newer kind", "[2001:db8::1] said", "[<ip>] said", None),
    ("short, of the newer kind", "from fe80::1 and 1:2:3:4:5:6:7:8", "from <ip> and <ip>", None),
    ("a time is none", "refused at 10:22:33", None, None),
    ("a name", "host mx.example.com said 5.1.1", None, "host <host> said 5.1.1"),
    ("not behind an at sign", "a@mx.example.com", None, None),
    ("neither", "user unknown", None, None),
]


@pytest.mark.parametrize(("text", "addresses", "names"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_name(text: str, addresses: str | None, names: str | None) -> None:
    assert name_addresses(text, "<ip>") == (addresses or text)
    assert name_hosts(text, "<host>") == (names or text)


@pytest.mark.parametrize("host", [_IPV4, _IPV6, _NAME], ids=["IPv4", "IPv6", "name"])
@given(
    text=st.lists(st.sampled_from([*"0f1.:@- z_٣", "192.0.2.1", "a1:", "a.b", "0" * 70, "x." * 12])).map(
        "".join
    )
)
def test_the_mark_leads_to_what_the_whole_pattern_finds(host: Host, text: str) -> None:
    assert host.name(text, "#") == re.sub(host.whole, "#", text)
