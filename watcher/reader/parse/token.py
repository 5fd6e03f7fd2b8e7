"""Read the form of a signed return-path of our own; its signature is checked elsewhere, with the keys.

    b1KEY-DAYMAC[.ID]-USER=DOMAIN      the recipient is carried
    b1KEY-DAYMAC[.ID]-TAG              a keyed hash of it, where it does not fit 64 octets

KEY names the key, DAY is the last day of validity in days since 1970 (3 digits), MAC the signature (16
digits), both in base32hex (RFC 4648 section 7).  All is lower case, for systems that fold it, and whatever is
neither a letter, a digit nor one of `._-` is written `=xx`, its octets in hexadecimal, for systems that
divide a local part at a plus.  RFC 5321 section 4.5.3.1.1 sets the 64 octets.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import quote, unquote


DIGITS: Final = "0123456789abcdefghijklmnopqrstuv"
EPOCH: Final = date(1970, 1, 1)
_TOKEN: Final = re.compile(
    r"(?:[^+\s]{1,64}\+)?b1([a-z0-9]{1,8})-([0-9a-v]{3})([0-9a-v]{16})"
    r"(?:\.((?:[a-z0-9_]|=[0-9a-f]{2}){1,40}))?-(?:([0-9a-v]{16})|([a-z0-9._=-]{1,64})=([a-z0-9.-]{1,64}))"
)
# RFC 3461 section 4: `=` as a report's xtext may leave it; a plus is never part of a token.
_XTEXT: Final = "+3d"
_SRS0: Final = re.compile(r"srs0[=+-][^=]{1,40}=[^=]{1,4}=([^=]{1,253})=(.{1,64})")
_SRS1: Final = re.compile(r"srs1[=+-][^=]{1,40}=[^=]{1,253}==[^=]{1,40}=[^=]{1,4}=([^=]{1,253})=(.{1,64})")
_BATV: Final = re.compile(r"prvs=[0-9a-z]{6,20}=(.{1,64})")


@dataclass(frozen=True, slots=True)
class TokenForm:
    """A signed return-path as it stands, nothing of it proven; `tag` is there where `recipient` is not."""

    key: str
    expires: date  # the last day on which it holds
    mac: str
    signed: str  # what the signature is over
    id: str | None
    recipient: str | None
    tag: str | None


def parse_token(address: str) -> TokenForm | None:
    """Read the form of a token from an address, forwarders' SRS and BATV taken off; None for any other."""
    if "b1" not in address and "B1" not in address:  # as no other address has, for speed
        return None
    local = _unwrap(address.rpartition("@")[0].strip('"').lower())
    found = _TOKEN.fullmatch(local.replace(_XTEXT, "=") if "=" not in local else local)
    if found is None:
        return None
    key, day, mac, name, tag, user, domain = found.groups()
    return TokenForm(
        key=key,
        expires=EPOCH + timedelta(days=int(day, 32)),
        mac=mac,
        signed=f"b1{key}-{day}{found[0][found.end(3) - found.start() :]}",
        id=None if name is None else _unescape(name),
        recipient=None if user is None else f"{_unescape(user)}@{domain}",
        tag=tag,
    )


def escape(text: str, plain: str = "._-") -> str:
    """Write text with lower-case letters, digits and `plain` alone, all else as `=xx`."""
    # `quote` leaves `_.-~` as they are, whatever it is told.
    quoted = quote(text, safe="").replace("~", "%7E")
    for mark in set("._-") - set(plain):
        quoted = quoted.replace(mark, f"%{ord(mark):02X}")
    upper = re.sub(r"%..|[A-Z]", lambda m: m[0] if m[0][0] == "%" else f"%{ord(m[0]):02X}", quoted)
    return upper.replace("..", ".%2E").replace("%", "=").lower()


def _unescape(text: str) -> str:
    return unquote(text.replace("=", "%"), errors="replace")


def _unwrap(local: str) -> str:
    """Take off what forwarders put around (SRS), and a tag against backscatter (BATV)."""
    srs = _SRS0.fullmatch(local) or _SRS1.fullmatch(local)
    inner = srs[2] if srs else local
    batv = _BATV.fullmatch(inner)
    return batv[1] if batv else inner
