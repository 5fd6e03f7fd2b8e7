"""A key is asked for in DNS; no answer in time is no answer, and none where there is no key."""

from collections.abc import Iterator

import pytest

from tests.lookups.name_server import NameServer
from watcher.errors import LookupFailedError
from watcher.lookups import dns
from watcher.lookups.dns import Resolver


LONG = "v=DKIM1; k=rsa; p=" + "A" * 300
RECORDS = {
    "k1._domainkey.example.org": [f'"{LONG[:200]}" "{LONG[200:]}"'],
    "two._domainkey.example.org": ['"v=spf1 -all"', '"v=DKIM1; p=B"'],
    "other._domainkey.example.org": ['"nothing of use"'],
    "empty._domainkey.example.org": [],
}


@pytest.fixture
def server() -> Iterator[NameServer]:
    with NameServer(RECORDS) as server:
        yield server


CASES = [
    ("a record in two strings", "k1._domainkey.example.org", LONG),
    ("one of several", "two._domainkey.example.org", "v=DKIM1; p=B"),
    ("no key in it", "other._domainkey.example.org", ""),
    ("no TXT record", "empty._domainkey.example.org", ""),
    ("no such name", "absent._domainkey.example.org", ""),
]


@pytest.mark.parametrize(("name", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_record(server: NameServer, name: str, expected: str) -> None:
    assert Resolver(["127.0.0.1"], server.port).record(name) == expected


def test_a_silent_server_is_waited_for_no_longer(server: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "SECONDS", 0.3)
    server.silent = True
    with pytest.raises(LookupFailedError, match=r"k1\._domainkey\.example\.org: LifetimeTimeout"):
        Resolver(["127.0.0.1"], server.port).record("k1._domainkey.example.org")


def test_a_name_that_cannot_be_has_no_key() -> None:
    assert Resolver(["127.0.0.1"], 9).record(f"{'a' * 64}._domainkey.example.org") == ""
