"""Read the refusal of a list manager: a list did not take a post, and says so under its own name.

Mailman, LISTSERV, Sympa, majordomo and fml write it as one of their own messages, mostly with a return-path,
and without a code or the address that failed.  Who wrote it and what it says make it one; the recipient that
failed is the list.  A post that only waits for a moderator is none.
"""

import re

from watcher.model import Kind
from watcher.reader.parse.address import normalise_address, parse_mailbox
from watcher.reader.parse.address_search import find_addresses
from watcher.reader.parse.header import Headers
from watcher.reader.ruleset.signs import Hit, Signs
from watcher.reader.ruleset.wording import canonical


LIST_REFUSAL = "list_posting_denied"  # the reason that a sign of such a refusal gives
_FIELDS = ("X-BeenThere", "List-Post")
# RFC 2142 section 6 and the custom of list managers: `owner-x@`, `x-request@`, `x-bounces+user=host@`.
_OWNER = re.compile(
    r"(?:owner-(?P<old>[^@\s]{1,64})|(?P<name>[^@\s]{1,64}?)[-+_](?:bounces?|owner|admin|request|return|help)"
    r"(?:[-+][^@\s]{0,100})?)@(?P<domain>[^@\s]{1,253})$",
    re.IGNORECASE,
)
_MANAGERS = ("X-List-Administrivia", "X-Mailman-Version", "X-BeenThere", "X-MLServer", "X-ML-Name", "X-Loop")
_MACHINES = re.compile(r"[-+](?:bounces?|return)(?:[-+][^@\s]{0,100})?@")  # nobody reads mail to these
# Names without a domain live beside their manager: `list 'staff'`, `the BIRDS-L list`.
_NAMED = re.compile(
    r"\b[Ll]ist[ea]? {0,2}[\"'«](?P<quoted>[\w.-]{1,60})[\"'»]|\b(?P<great>[A-Z][A-Z0-9-]{1,40}) list\b"
)


def find_refusal(headers: Headers, signs: Signs, opening: str) -> Hit | None:
    """Return the words with which a list manager refuses a post, in the canonical opening of its message."""
    if not is_list_manager(headers, signs):
        return None
    hits = signs.find("body", opening)
    if any(hit.sign.kind is Kind.NOTICE and hit.sign.reason == "moderation_notice" for hit in hits):
        return None
    return next((hit for hit in hits if hit.sign.reason == LIST_REFUSAL), None)


def is_list_manager(headers: Headers, signs: Signs) -> bool:
    """Say whether a list manager wrote it: under its own name, or for the keepers of a list.

    Keepers themselves write from the same address: a field of the manager's, or a return-path of a machine's,
    has to be with it.
    """
    sender = headers.first("From") or ""
    if any(hit.sign.kind is Kind.NOTICE for hit in signs.find("sender", canonical(sender))):
        return True
    if "X-List-Administrivia" not in headers and not _OWNER.match(parse_mailbox(sender) or ""):
        return False
    path = (headers.raw("Return-Path") or "").strip().lower()
    if path == "<>" or _MACHINES.search(f"{path} {sender.lower()}"):
        return True
    return any(name in headers for name in _MANAGERS) or _is_automatic(headers)


def _is_automatic(headers: Headers) -> bool:
    return (headers.first("Auto-Submitted") or "no").lower().startswith("auto") or (
        headers.first("Precedence") or ""
    ).strip().lower() in {"bulk", "junk", "list"}


def find_list(headers: Headers, text: str) -> str | None:
    """Return the list that refuses: by fields, the address of its keepers, or what the message says."""
    for name in _FIELDS:
        given = normalise_address(_unwrap(headers.first(name)))
        if given and "@" in given:
            return given
    sender = parse_mailbox(headers.first("From")) or ""
    manager, _, domain = sender.rpartition("@")
    for address in (sender, *find_addresses(text)):
        kept = _OWNER.match(address)
        if kept:
            return f"{kept['old'] or kept['name']}@{kept['domain']}"
        if address != sender and address.rpartition("@")[2] == domain:
            return address
    named = _NAMED.search(text)
    if named and manager:
        return f"{named['quoted'] or named['great']}@{domain}"
    return None


def _unwrap(value: str | None) -> str | None:
    """Take the address out of `<mailto:x@y>` (RFC 2369)."""
    return value.strip(" <>\t").removeprefix("mailto:").partition("?")[0] if value else None
