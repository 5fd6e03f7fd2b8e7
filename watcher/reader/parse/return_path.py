"""Find the address that a report was sent to, which is the return-path of our own mail, and read its form.

Plain; VERP, in the forms `prefix+user=domain@ours` and `prefix-user=domain@ours`; BATV (`prvs=tag=…@ours`);
SRS (`SRS0=…`, `SRS1=…`); a signed token of our own, of which nothing is proven here.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from watcher.model import ReturnPath
from watcher.reader.parse.address import normalise_address, parse_mailbox
from watcher.reader.parse.header import Headers
from watcher.reader.parse.token import parse_token


# Where delivery leaves the envelope recipient, the surest first; RFC 3464 section 2 puts it in To.
_FIELDS: Final = ("x-original-to", "envelope-to", "x-envelope-to", "delivered-to", "to")
_VERP: Final = re.compile(r"([^=]{1,200})=((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,10}[^\W\d_][\w-]{1,62})")
_PREFIX: Final = re.compile(
    r"(?i:(?:[\w.-]{0,60}[.-])?(?:bounces?|returns?|owner|verp|errors?|err|b|bnc|mailer|return-path)"
    r"(?:[+-][0-9]{1,20}){0,3}[+-])(?=.)"
)
_NUMBERED: Final = re.compile(r"[0-9][+-]$")
_BATV: Final = re.compile(r"(?i:prvs)=(?:([0-9A-Za-z]{6,20})=(.+)|([^=/]+)/([0-9A-Za-z]{6,20}))")
_SRS: Final = re.compile(r"(?i:srs[01])[=+-].")


def parse_return_path(headers: Headers) -> ReturnPath | None:
    """Return the address that a report came back to; one that tells its recipient goes first."""
    best: ReturnPath | None = None
    for address in dict.fromkeys(envelope_addresses(headers)):  # most often each field has the same
        found = parse_form(address)
        if found.recipient or found.form == "token":
            return found
        if best is None or (best.form == "plain" and found.form != "plain"):
            best = found
    return best


def envelope_addresses(headers: Headers) -> Iterator[str]:
    """Yield the addresses that a report may have been sent to, the surest first."""
    given = headers.names()
    for name in _FIELDS:
        for field in headers.all(name)[:5] if name in given else ():
            address = parse_mailbox(field)
            if address:
                yield address


def parse_form(address: str) -> ReturnPath:
    """Read the form of a return-path."""
    token = parse_token(address)
    if token is not None:
        return ReturnPath(address, "token", normalise_address(token.recipient), token.id or token.tag)
    local, _, domain = address.rpartition("@")
    if "=" not in local and local[:3].lower() != "srs":  # as every other form has, for speed
        return ReturnPath(address, "plain")
    found = _BATV.fullmatch(local)
    if found:
        inner = parse_form(f"{found[2] or found[3]}@{domain}")
        return replace(inner, address=address, form="batv", id=found[1] or found[4])
    if _SRS.match(local):
        return ReturnPath(address, "srs")
    recipient = _find_recipient(local)
    return ReturnPath(address, "verp" if recipient else "plain", recipient)


def _find_recipient(local: str) -> str | None:
    """Return the recipient that a VERP local part carries."""
    found = _VERP.fullmatch(local)
    if found is None:
        return None
    head, domain = found.groups()
    prefix = _PREFIX.match(head)
    user = head[prefix.end() :] if prefix else head
    if prefix is None or (prefix[0].endswith("-") and "+" in user and not _NUMBERED.search(prefix[0])):
        # The recipient may hold both marks; a list's name rarely holds a plus: `bounces-news+user=domain@…`
        name, _, user = user.partition("+" if "+" in user else "-")
        if not name:
            return None
    return normalise_address(f"{user}@{domain}") if user else None
