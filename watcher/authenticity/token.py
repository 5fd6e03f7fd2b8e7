"""Sign a return-path for one recipient, and tell a genuine one from a forged one.

HMAC-SHA256 (RFC 2104), of which 80 bits are kept.  The signature binds the key's name, the last day, the id
and the recipient, so that a token proves one thing: we sent a mail to this recipient, and whoever reports to
this address has seen it.  The form is that of `watcher.reader.parse.token`.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from watcher.reader.parse.address import normalise_address
from watcher.reader.parse.address_key import address_key, domain_key, lower_ascii
from watcher.reader.parse.token import DIGITS, EPOCH, TokenForm, escape, parse_token


LONGEST_LOCAL = 64  # octets, RFC 5321 section 4.5.3.1.1
_BITS = 80


@dataclass(frozen=True, slots=True)
class ReturnPathKey:
    """A secret that return-paths are signed with; `id` is 1 to 8 lower-case letters and digits."""

    id: str
    secret: bytes = field(repr=False)  # at least 16 octets


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """What a return-path proves.

    `outcome` is `pass`; `expired`, `unknown_key` or `other_recipient`, which prove nothing either way;
    `fail`, where the signature is wrong; `none`, where there is no token.  Where the signature is right,
    `recipient` is whom it was made for (None where the address carries an id in its place and no candidate
    fits), `id` what it carries, and `expires` the last day on which it holds.
    """

    outcome: str
    recipient: str | None = None
    id: str | None = None
    key: str | None = None
    expires: date | None = None

    @property
    def valid(self) -> bool:
        """Tell whether the token is genuine, in time, and for the recipient that was asked for."""
        return self.outcome == "pass"


def sign_return_path(
    recipient: str,
    key: ReturnPathKey,
    domain: str,
    expires: date,
    id: str | None = None,  # noqa: A002
) -> str:
    """Make the return-path for a mail to `recipient`, which holds until the end of the day `expires`, UTC.

    It carries the recipient where that fits into 64 octets, else a keyed hash of it; and `id`, of the
    campaign or the message, where one is given.  ValueError where the recipient is no address, or the id too
    long.
    """
    before, at, behind = recipient.strip().rpartition("@")
    # Dots and letters of other scripts first (RFC 5890): a report's reader takes an address to end there.
    whole = f"{before}@{behind if behind.isascii() else domain_key(behind)}" if at else ""
    local, _, host = address_of(whole).rpartition("@")
    # In a report more is forgiven; here a part of an address could be the address of somebody else, and so
    # could one that only looks like it (NFC makes a K of the sign for kelvin).
    is_whole = lower_ascii(before) in {local, f'"{local}"'} and host == domain_key(behind).strip(".")
    if not host or not is_whole or before.isascii() != local.isascii():
        raise ValueError(f"{recipient!r} is no address; write one such as user@example.com")
    name = "" if id is None else f".{escape(id, '_')}"
    head = f"b1{key.id}-{_digits((expires - EPOCH).days, 3)}"
    for who in (f"{escape(local)}={host}", _tag(key, whole)):
        rest = f"{name}-{who}"
        signed = f"{head}{_mac(key, f'return-path:{head}{rest}')}{rest}"
        if len(signed) <= LONGEST_LOCAL and parse_token(f"{signed}@{domain}") is not None:
            return f"{signed}@{domain}"
    room = LONGEST_LOCAL - len(head) - 34
    raise ValueError(f"the id does not fit; write at most {room} lower-case letters and digits")


def verify_return_path(
    address: str, keys: Iterable[ReturnPathKey], day: date, candidates: Sequence[str] = ()
) -> TokenCheck:
    """Check the token in an address on a day (UTC).

    `candidates` are the recipients that it may be about.  One that carries its recipient needs none; where
    some are given and none is the one, the outcome is `other_recipient`.
    """
    form = parse_token(address)
    if form is None:
        return TokenCheck("none")
    named = [key for key in keys if key.id == form.key]
    if not named:
        return TokenCheck("unknown_key", key=form.key)
    for key in named:
        if hmac.compare_digest(_mac(key, f"return-path:{form.signed}"), form.mac):
            return _judge(form, key, day, candidates)
    return TokenCheck("fail", key=form.key)


def address_of(recipient: str) -> str:
    """Give an address as a token carries it: ASCII in lower case, its domain in ASCII (RFC 5890)."""
    return address_key(normalise_address(recipient) or "")


def _judge(form: TokenForm, key: ReturnPathKey, day: date, candidates: Sequence[str]) -> TokenCheck:
    whose = [one for one in candidates if _is_for(form, key, one)]
    carried = normalise_address(form.recipient)
    outcome = "pass"
    if day > form.expires:
        outcome = "expired"
    elif candidates and not whose:
        outcome = "other_recipient"
    # A candidate keeps the case, which a token cannot carry; letters that only fold to the same do not.
    recipient = next((one for one in whose if carried is None or one.isascii()), carried)
    return TokenCheck(outcome, recipient, form.id or form.tag, form.key, form.expires)


def _is_for(form: TokenForm, key: ReturnPathKey, recipient: str) -> bool:
    if form.tag is not None:
        return hmac.compare_digest(_tag(key, recipient), form.tag)
    return address_key(address_of(recipient)) == address_key(form.recipient or "")


def _tag(key: ReturnPathKey, recipient: str) -> str:
    return _mac(key, f"recipient:{address_of(recipient)}")


def _mac(key: ReturnPathKey, text: str) -> str:
    found = hmac.digest(key.secret, text.encode("utf-8", "replace"), "sha256")
    return _digits(int.from_bytes(found[: _BITS // 8], "big"), _BITS // 5)


def _digits(number: int, width: int) -> str:
    """Write a number in base32hex, as RFC 4648 section 7 writes its octets where these fill the digits."""
    return "".join(DIGITS[number >> shift & 31] for shift in range(5 * (width - 1), -1, -5))
