"""Find the list that a list manager's message is about.

Fields name it (RFC 2369, RFC 2919), the address of its keepers, the returned post, or the message's words.
"""

import re
from typing import Final

from watcher.reader.parse.address import normalise_address, parse_mailboxes, parse_writer
from watcher.reader.parse.address_search import find_addresses
from watcher.reader.parse.header import Headers
from watcher.reader.parse.list_address import MANAGERS, find_kept


_FIELDS: Final = ("X-BeenThere", "List-Post")
# Names without a domain live beside their manager: `list 'staff'`, `the BIRDS-L list`.
_NAMED = re.compile(
    r"\b[Ll]ist[ea]? {0,2}[\"'«](?P<quoted>[\w.-]{1,60})[\"'»]|\b(?P<great>[A-Z][A-Z0-9-]{1,40}) list\b"
)
# The domain of an address in `List-Id: Words <name.lists.example.com>`.
_LIST_ID = re.compile(r"<(?P<name>[^<>@\s.]{1,64})\.(?P<domain>[^<>@\s]{1,253})>")


def find_list(headers: Headers, text: str, returned: Headers | None) -> str | None:
    """Return the list that refuses: by fields, the address of its keepers, or what the message says."""
    for name in _FIELDS:
        given = normalise_address(_unwrap(headers.first(name)))
        if given and "@" in given:
            return given
    sender = parse_writer(headers)
    kept = find_kept(sender)
    if kept:
        return kept
    home = sender.rpartition("@")[2].lower()
    posted = parse_mailboxes(returned.first("To")) if returned is not None else ()
    ours = {each.lower() for each in parse_mailboxes(headers.first("To"))} | {sender.lower()}
    if returned is not None:
        ours.update(each.lower() for each in parse_mailboxes(returned.first("From")))
    for address in (*posted, *find_addresses(text)):
        if address.lower() in ours or address.partition("@")[0].lower() in MANAGERS:
            continue
        kept = find_kept(address)
        if kept:
            return kept
        if address.rpartition("@")[2].lower() == home:
            return address
    return _by_name(headers, text, sender)


def _by_name(headers: Headers, text: str, sender: str) -> str | None:
    manager, _, domain = sender.rpartition("@")
    named = _NAMED.search(text)
    if named and manager:
        return f"{named['quoted'] or named['great']}@{domain}"
    known = _LIST_ID.search(headers.first("List-Id") or "")
    return f"{known['name']}@{known['domain']}" if known else None


def _unwrap(value: str | None) -> str | None:
    """Take the address out of `<mailto:x@y>` (RFC 2369)."""
    return value.strip(" <>\t").removeprefix("mailto:").partition("?")[0] if value else None
