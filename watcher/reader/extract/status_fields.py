"""Read the fields of a delivery status about one recipient: who failed, how, and in whose words.

RFC 3464 section 2.3.  Seen in the wild and accepted here: one field that lists several recipients, the words
of the server in fields of the sender's own, a command in the place of an address.
"""

import re
from collections.abc import Callable

from watcher.model import Action
from watcher.reader.extract.diagnosis import (
    clean_diagnostic,
    find_reply,
    infer_action,
    parse_action,
    settle_status,
)
from watcher.reader.extract.foreign import read_foreign
from watcher.reader.extract.stage import find_command
from watcher.reader.extract.sysexits import words_of_exit
from watcher.reader.findings import Clue, Finding
from watcher.reader.parse.address import normalise_address
from watcher.reader.parse.fields import FieldGroup


MAX_LISTED = 100  # in one field
MAX_FIELD = 2_048  # characters of an address field
# Further fields that carry the refusing server's words; the standard one first.
_WORDS = (
    "Diagnostic-Code",
    "X-Supplementary-Info",
    "X-Notes",
    "X-Error",
    "X-PowerMTA-BounceCategory",
)
_REMOTES = ("Remote-MTA", "X-Remote-MTA", "DSN-Gateway", "X-Unix-Host")
_NOT_ARRIVED = frozenset({Action.FAILED, Action.DELAYED})
_ADDRESS_TYPES = frozenset({"rfc822", "utf-8", "smtp", "unknown"})
_LISTED = re.compile(r"[\s,;]+")
_COMMENT = re.compile(r"(?<=\S)[ \t]{1,9}\([^()\n]{0,200}\)\s{0,9}$")
_FAREWELL = ("221 ", "221-")
# A command for an address, with its type: `local; |/usr/bin/forward`.
_PIPE = re.compile(r"(?:[\w-]{1,16}[ \t]{0,3};)?[ \t]{0,9}[\"'<]{0,2}\|")


def parse_recipients(group: FieldGroup, is_delay: Callable[[], bool]) -> list[Finding]:
    """Read the fields about one recipient, or about several that one field lists."""
    row = parse_recipient(group, is_delay)
    field = group.first("Final-Recipient") or ""
    several = field.count("@") > 1 and not _PIPE.match(field)
    listed = _LISTED.split(field, MAX_LISTED)[:MAX_LISTED] if several else []
    pieces = [each for each in listed if each and each.lower() not in _ADDRESS_TYPES]
    named = [_address(each) for each in pieces]
    if None in named or len(named) < 2 or _has_names(pieces):
        return [row]
    return [row._replace(address=address, original_address=None) for address in named]


def _has_names(pieces: list[str]) -> bool:
    """Say whether one piece may be what another is called: `"jo@example.org" <jo.poe@example.com>`."""
    angled = sum(piece.startswith("<") for piece in pieces)
    return 0 < angled < len(pieces)


def parse_recipient(group: FieldGroup, is_delay: Callable[[], bool]) -> Finding:
    """Read the fields about one recipient."""
    first = group.first
    final = _address(first("Final-Recipient"))
    original = _address(first("Original-Recipient")) or _address(first("X-Original-Recipient"))
    field = first("Status")
    texts = [(name, text) for name in _WORDS if (given := first(name)) and (text := clean_diagnostic(given))]
    action = parse_action(first("Action"))
    if ended := words_of_exit(first("Diagnostic-Code") or ""):
        texts.append(("Diagnostic-Code", ended))
    if action in _NOT_ARRIVED:  # QUIRK: Sendmail gives the farewell of a server that refused: `221 Bye`
        texts = [(name, text) for name, text in texts if not text.startswith(_FAREWELL)]
    diagnostic = texts[0][1] if texts and texts[0][0] == "Diagnostic-Code" else None
    reply = find_reply(diagnostic or "")
    status = settle_status(field, reply)
    comment = field.partition("(")[2].rstrip(") ") if field else ""
    clues = [Clue(text, name.lower()) for name, text in texts]
    if comment:
        clues.append(Clue(comment, "status"))
    remote = None
    for name in _REMOTES:
        if (named := first(name)) and (remote := parse_host(named)):
            break
    return Finding(
        address=final or original or read_foreign(first("Final-Recipient")),
        original_address=original if final else None,
        action=action or infer_action(status, delayed=is_delay()),
        status=status,
        reply_code=reply.reply_code,
        diagnostic=diagnostic,
        remote_mta=remote,
        command=find_command(diagnostic),
        clues=tuple(clues),
    )


def _address(field: str | None) -> str | None:
    if not field:
        return None
    # A comment may name a second address: `a@b (relayed to c@d)`.
    address = normalise_address(_COMMENT.sub("", field[:MAX_FIELD]) if "(" in field else field[:MAX_FIELD])
    if address and "|" not in address and _PIPE.match(field):
        return None  # an argument of a command: `"|/usr/bin/forward jo@example.com"`
    return address if address and "@" in address else None


def parse_host(field: str) -> str | None:
    """Return the host that a field names, without its type: `dns; mx.example.com`."""
    host = field.rpartition(";")[2].strip() if ";" in field else field.strip()
    return host.split()[0].strip("[]()<>") or None if host else None
