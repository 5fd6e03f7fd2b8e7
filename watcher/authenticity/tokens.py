"""Find the token that a report came back to, and let a genuine one decide whom the report is about.

One mail of ours goes to one recipient under one return-path, so a report to it can be about nobody else:
whatever other addresses it names are a forwarder's, or made up.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from watcher.authenticity.known import Ours, plain
from watcher.authenticity.returned import returned_headers
from watcher.authenticity.token import TokenCheck, verify_return_path
from watcher.model import Action, BounceClass, Kind, Recipient, Report, ReturnPath
from watcher.reader.parse.address import normalise_address, parse_mailbox
from watcher.reader.parse.address_key import address_key
from watcher.reader.parse.message import Message
from watcher.reader.parse.return_path import envelope_addresses
from watcher.reader.parse.token import parse_token


_MOST_PARTS = 50
_MOST_TOKENS = 10
# What a token says nothing about: mail that people wrote, and mail that is about no recipient.
UNBOUND = frozenset({Kind.ORDINARY, Kind.NOTICE, Kind.UNREADABLE})
_MILDEST = (None, BounceClass.SOFT, BounceClass.BLOCK, BounceClass.UNDETERMINED, BounceClass.HARD)


def check_token(
    message: Message, report: Report, ours: Ours, received: datetime
) -> tuple[TokenCheck, str | None]:
    """Check the first token that a report came back to, and name its address; `received` is when it came."""
    if not ours.keys:
        return TokenCheck("none"), None
    candidates = _candidates(report)
    for address in islice(_tokens(message), _MOST_TOKENS):
        found = verify_return_path(address, ours.keys, received.astimezone(UTC).date(), candidates)
        if found.outcome == "other_recipient" and found.recipient is not None:
            found = replace(found, outcome="pass")  # it decides, whatever the report names
        # Under another domain it may be anybody's address that only looks like one of ours.
        if found.outcome != "fail" or _is_ours(address, ours):
            return found, address
    return TokenCheck("none"), None


def bind(report: Report, token: TokenCheck, address: str | None) -> Report:
    """Let a genuine token say whom the report is about; any other changes nothing."""
    if not token.valid or token.recipient is None or report.kind in UNBOUND:
        return report
    own = _own(report, token.recipient)
    path = report.return_path if address is None else ReturnPath(address, "token", own.address, token.id)
    named = [one.address for one in report.recipients if one.address and not _same(one.address, own.address)]
    note = (f"the return-path tells the recipient; the report names {len(named)} other",) if named else ()
    return replace(report, recipients=(own,), return_path=path, notes=report.notes + note)


def _tokens(message: Message) -> Iterator[str]:
    """Yield the addresses that have the form of a token, the surest place first."""
    for address in _places(message):
        if parse_token(address) is not None:
            yield address


def _places(message: Message) -> Iterator[str]:
    yield from envelope_addresses(message.headers)
    # Complaints come to an address of their own; RFC 5965 section 3.2 names the return-path within.
    for part in islice(message.walk(), _MOST_PARTS):
        if part.content_type == "message/feedback-report":
            for line in part.as_text()[:20_000].split("\n"):
                name, _, value = line.partition(":")
                if name.strip().lower() == "original-mail-from":
                    yield normalise_address(value.strip()) or ""
    for headers in islice(returned_headers(message), 1):
        yield parse_mailbox(headers.raw("return-path")) or ""


def _candidates(report: Report) -> tuple[str, ...]:
    named = (address for one in report.recipients for address in (one.address, one.original_address))
    original = report.original.to if report.original is not None else ()
    return tuple(dict.fromkeys(address for address in (*named, *original) if address))[:100]


def _own(report: Report, recipient: str) -> Recipient:
    """Give what the report says of the token's recipient."""
    told = [one for one in report.recipients if _same(one.address, recipient)]
    if told:
        return told[0]
    told = [one for one in report.recipients if _same(one.original_address, recipient)]
    # Of several others, the mildest: that one address behind it is dead does not make this one dead.
    others = sorted(told or report.recipients, key=lambda one: _MILDEST.index(one.bounce_class))
    if others:
        return replace(others[0], address=recipient)
    failed = report.kind is Kind.BOUNCE
    return Recipient(
        address=recipient,
        action=Action.FAILED if failed else Action.DELAYED if report.kind is Kind.DELAY else None,
        bounce_class=BounceClass.UNDETERMINED if failed else None,
        reason="undetermined" if failed else report.reason,
        fault="unknown" if failed else None,
        advice="review" if failed else report.advice,
        confidence=report.confidence,
    )


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and address_key(one) == address_key(other)


def _is_ours(address: str, ours: Ours) -> bool:
    domain = plain(address.rpartition("@")[2])
    return ours.owns(domain) or domain == plain(ours.return_path_domain or "")
