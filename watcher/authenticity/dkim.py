"""Verify the DKIM signature of a returned original, also where only its header came back.

RFC 6376 and RFC 8463.  Over the header alone the signature `b=` can be verified and the body's hash cannot;
the header is what binds a mail to its recipient.  Here a signature counts only where it covers From, To, Date
and Message-ID, each of which stands once, and where it signs no mere beginning of the body (`l=`).
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from watcher.reader.parse.address import parse_mailboxes
from watcher.reader.parse.dates import parse_date


LONGEST_AGE: Final = timedelta(days=30)  # of a signature without an end of its own, against replay
_AHEAD: Final = timedelta(days=1)  # clocks differ
_BINDING: Final = ("from", "to", "date", "message-id")
_FIELD: Final = re.compile(r"^([!-9;-~]{1,200}+)[ \t]*+:[^\n]*+(?:\n[ \t][^\n]*+)*+", re.MULTILINE)
_BLANKS: Final = re.compile(r"[ \t\n]+")
_SPACES: Final = re.compile(r"[ \t]+")
_VALUE_OF_B: Final = re.compile(r"((?:^|;)[ \t\n]*b[ \t\n]*=)[^;]*")
# RFC 1035 section 2.3.4: labels of 1 to 63 octets; and selectors have underscores.
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"(?=.{{1,200}}\Z){_LABEL}(?:\.{_LABEL}){{0,100}}")
# Where a domain goes on in any other way, what is read of it could be another's.
_NAME_BEFORE: Final = re.compile(r'"[^"\\]{0,300}+"[ \t\n]{0,20}+(?=<)')
_AT: Final = re.compile("@")
_WHOLE: Final = re.compile(
    r"(?:[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*+\.?|\[[^\]\n]{1,60}\])(?=[\s>\"'(),;]|\Z)"
)
_MOST_FIELDS: Final = 400

Field = tuple[str, str]  # the name in lower case, and the whole field as it came, without its last line end


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """The original as it came back: its fields in order, and its body where it is there."""

    fields: tuple[Field, ...]
    body: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM-Signature field, with the tags that matter here."""

    place: int  # of the field among all
    tags: dict[str, str]

    @property
    def domain(self) -> str:
        """The domain that signs, lower case."""
        return self.tags["d"].lower()

    @property
    def record(self) -> str:
        """The name of the TXT record that holds the key."""
        return f"{self.tags['s'].lower()}._domainkey.{self.domain}"


def split_mail(text: str, *, body: bool) -> ReturnedMail:
    """Split a mail, line ends as newlines, into its fields and its body."""
    head, _, rest = text.lstrip("\n").partition("\n\n")
    found = tuple(
        (match[1].lower(), match[0]) for match in list(_FIELD.finditer(head.rstrip("\n")))[:_MOST_FIELDS]
    )
    return ReturnedMail(found, rest if body else None)


def find_signatures(mail: ReturnedMail) -> tuple[Signature, ...]:
    """Find the signatures of a mail that can be read, no more than ten."""
    found: list[Signature] = []
    for place, (name, whole) in enumerate(mail.fields):
        if name == "dkim-signature" and len(found) < 10:
            tags = _tags(whole.partition(":")[2])
            names = (tags.get("d", "").lower(), tags.get("s", "").lower())
            if all(map(_NAME.fullmatch, names)) and tags.keys() >= {"a", "b", "bh", "h"}:
                found.append(Signature(place, tags))
    return tuple(found)


def verify(mail: ReturnedMail, signature: Signature, record: str, received: datetime) -> str:
    """Verify one signature; `received` is when the report came.

    `pass` and `fail`, or why it proves nothing: `no_key`, `unbound` (it leaves out a field that binds),
    `expired`, `body_differs` (of an original that came back whole or in part), `none` (nothing we can check).
    """
    tags = signature.tags
    canon, _, body_canon = tags.get("c", "simple/simple").lower().partition("/")
    if tags["a"].lower() not in {"rsa-sha256", "ed25519-sha256"} or canon not in {"simple", "relaxed"}:
        return "none"
    signed = _signed_octets(mail, signature, relaxed=canon == "relaxed")
    right = _is_right(tags, record, signed)
    if not right:
        return "no_key" if right is None else "fail"
    if not _binds(mail, tags):
        return "unbound"
    if _is_old(mail, tags, received):
        return "expired"
    whole = mail.body is None or _body_hash(mail.body, relaxed=body_canon == "relaxed") == _octets(tags["bh"])
    return "pass" if whole else "body_differs"


def sole_recipient(mail: ReturnedMail) -> str | None:
    """Give the one address in the one To field; None where a field names others who got the same copy."""
    if any(name in {"cc", "bcc"} or name.startswith("resent-") for name, _ in mail.fields):
        return None
    found = [whole.partition(":")[2] for name, whole in mail.fields if name == "to"]
    if len(found) != 1:
        return None
    bare = _NAME_BEFORE.sub("", found[0])
    if any(_WHOLE.match(bare, at.end()) is None for at in _AT.finditer(bare)):
        return None
    addresses = parse_mailboxes(_BLANKS.sub(" ", found[0]))
    return addresses[0] if len(addresses) == 1 else None


def _tags(value: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    for part in value.split(";")[:50]:
        name, equals, text = part.partition("=")
        if equals:
            # RFC 6376 section 3.2: a tag that stands twice makes the whole list invalid.
            if name.strip() in tags:
                return {}
            tags[name.strip()] = _BLANKS.sub("", text)
    return tags


def _signed_octets(mail: ReturnedMail, signature: Signature, *, relaxed: bool) -> bytes:
    """Give what is signed: the fields that h= names, from the last upwards, and the signature's own field."""
    left: dict[str, list[str]] = {}
    for place, (name, whole) in enumerate(mail.fields):
        if place != signature.place:
            left.setdefault(name, []).append(whole)
    form = _relaxed if relaxed else _simple
    lines = []
    for name in signature.tags["h"].lower().split(":")[:_MOST_FIELDS]:
        fields = left.get(name)
        if fields:
            lines.append(form(fields.pop()))
    own = mail.fields[signature.place][1]
    label, _, value = own.partition(":")
    emptied = _VALUE_OF_B.sub(r"\1", value, count=1)  # RFC 6376 section 3.7: signed as if b= were empty
    lines.append(form(f"{label}:{emptied}"))
    return "\r\n".join(lines).encode("latin-1", "replace")


def _simple(whole: str) -> str:
    return whole.replace("\n", "\r\n")


def _relaxed(whole: str) -> str:
    # RFC 6376 section 3.4.2.
    name, _, value = whole.partition(":")
    return f"{name.strip().lower()}:{_SPACES.sub(' ', value.replace(chr(10), '')).strip(' ')}"


def _body_hash(body: str, *, relaxed: bool) -> bytes:
    # RFC 6376 sections 3.4.3 and 3.4.4: empty lines at the end fall away.
    lines = body.split("\n")
    if relaxed:
        lines = [_SPACES.sub(" ", line).rstrip(" ") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    text = "".join(f"{line}\r\n" for line in lines) or ("" if relaxed else "\r\n")
    return sha256(text.encode("latin-1", "replace")).digest()


def _binds(mail: ReturnedMail, tags: dict[str, str]) -> bool:
    covered = tags["h"].lower().split(":")
    names = [name for name, _ in mail.fields]
    return "l" not in tags and all(name in covered and names.count(name) == 1 for name in _BINDING)


def _is_old(mail: ReturnedMail, tags: dict[str, str], received: datetime) -> bool:
    now = received.timestamp()
    end = _number(tags.get("x"))
    if end is not None and now > end:
        return True
    began = _number(tags.get("t"))
    if began is None:
        dated = next(whole.partition(":")[2] for name, whole in mail.fields if name == "date")
        moment = parse_date(_BLANKS.sub(" ", dated).strip())
        if moment is None:
            return True
        began = datetime.fromisoformat(moment).astimezone(UTC).timestamp()
    age = now - began
    return not -_AHEAD.total_seconds() <= age <= LONGEST_AGE.total_seconds()


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 13 else None


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_right(tags: dict[str, str], record: str, signed: bytes) -> bool | None:
    """Tell whether the signature is right, or None where there is no key that could tell."""
    from watcher.authenticity.public_key import is_signed_by, read_key  # noqa: PLC0415 - slow, and few need it

    kind = tags["a"].lower().partition("-")[0]
    key = read_key(record, kind)
    return None if key is None else is_signed_by(key, _octets(tags["b"]), signed)
