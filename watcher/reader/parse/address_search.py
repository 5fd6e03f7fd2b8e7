"""Find mail addresses in prose: in a report's sentences, where nothing says where one begins."""

import re
from collections.abc import Iterator
from typing import Final

from watcher.reader.parse.address import DOMAIN, normalise_address


_QUOTED_LOCAL: Final = re.compile(r'"[^"\n]{1,64}"$')
_NAMED: Final = re.compile(
    r"(?i:(?:[a-z]{2,12}[._-])?(?:recipient|sender|rcpt|rcptto|rcpt_to|to|from|mailfrom|mail_from|email|e-mail|mail|"
    r"address|addr|user|login|for|smtp|i|d)=)(?=.)"
)
_LOCAL_ASCII: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+/=?^_`{|}~.-"
)
_LEADING: Final = "'`*.=/|{}?&#^~!$%+-"
_PROSE: Final = 1 << 20  # letters of prose that are searched


def find_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses in prose, in order, each once."""
    found: dict[str, None] = {}
    for _, address in _find(text):
        found.setdefault(address)
    return tuple(found)


def _find(text: str) -> Iterator[tuple[int, str]]:
    """Yield each address in prose with where it begins."""
    text = text[:_PROSE]
    end = 0
    at = text.find("@")
    while at >= 0:
        start = _local_start(text, at, end)
        domain = DOMAIN.match(text, at + 1)
        if start < at and domain and text[max(0, start - 2) : start] != "//":
            stop = domain.end()
            is_bracketed = text[start - 1 : start] == "<" and text[stop : stop + 1] == ">"
            address = _prose_address(text[start:at], domain[0].strip("-_"), is_bracketed=is_bracketed)
            if address:
                yield start, address
                end = stop
        at = text.find("@", max(at + 1, end))


def _local_start(text: str, at: int, floor: int) -> int:
    """Find where the local part before the at sign begins."""
    floor = max(floor, at - 66)
    if text[at - 1 : at] == '"':
        quoted = _QUOTED_LOCAL.search(text[floor:at])
        if quoted:
            return floor + quoted.start()
    start = at
    while start > floor and (
        text[start - 1] in _LOCAL_ASCII or (text[start - 1] > "\x9f" and text[start - 1].isalnum())
    ):
        start -= 1
    # A variable or log field with its value, `RECIPIENT=user@…`; not VERP, `bounce+user=domain@…`.
    named = _NAMED.match(text, start, at)
    start = named.end() if named else start
    # RFC 2047 section 5: an address has no encoded words; what looks like one is meant literally.
    while start < at and text[start] in _LEADING and not text.startswith("=?", start):
        start += 1
    return start


def _prose_address(local: str, domain: str, *, is_bracketed: bool) -> str | None:
    if local[-1] == "." or "//" in local:
        return None
    # A single label is an address only where it is marked as one: a host's own users, in brackets.
    if "." not in domain and ":" not in domain and not is_bracketed and domain.lower() != "localhost":
        return None
    top = domain.rpartition(".")[2]
    if top.isdigit() and domain[0] != "[":
        return None
    return normalise_address(f"{local}@{domain}")
