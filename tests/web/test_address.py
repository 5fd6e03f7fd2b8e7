"""Where the listener listens, and whom a Host header names."""

import pytest

from watcher.web.address import host_of, parse_listen


LISTEN = [
    ("IPv4", "127.0.0.1:8025", ("127.0.0.1", 8025)),
    ("IPv6", "[::1]:8025", ("::1", 8025)),
    ("a name", "localhost:0", ("localhost", 0)),
    ("all addresses", "0.0.0.0:80", ("0.0.0.0", 80)),
]


@pytest.mark.parametrize(("text", "found"), [case[1:] for case in LISTEN], ids=[case[0] for case in LISTEN])
def test_parse_listen(text: str, found: tuple[str, int]) -> None:
    assert parse_listen(text) == found


@pytest.mark.parametrize("text", ["", "8025", ":8025", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "a:²"])
def test_what_is_no_address_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"write http\.listen as ADDRESS:PORT"):
        parse_listen(text)


@pytest.mark.parametrize(
    ("field", "host"),
    [
        ("localhost", "localhost"),
        ("127.0.0.1:8025", "127.0.0.1"),
        ("[::1]:8025", "::1"),
        ("[::1]", "::1"),
        ("", ""),
    ],
)
def test_host_of(field: str, host: str) -> None:
    assert host_of(field) == host
