"""Find recipients that a report names in the form of another mail system, where it knows no Internet address.

X.400 (`/G=Jo/S=Poe/O=Acme/C=GB/`, `X400:C=GB;A= ;P=Acme;S=Poe;`), the directory of old Exchange
(`/O=ACME/OU=HQ/CN=RECIPIENTS/CN=JPOE`), and UUCP (`hub!leaf!jo`).  They are kept as they are written.
"""

import re

from watcher.reader.extract.beside import read_below
from watcher.reader.extract.diagnosis import find_reply
from watcher.reader.extract.naming import line_before, names_bystander
from watcher.reader.findings import Clue, Finding
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import canonical


MAX_NAMES = 20
_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_PAIR = r"[A-Za-z][A-Za-z0-9-]{0,15}="
_NAME = (
    rf"(?:/{_PAIR}[^/=<>\"{_CONTROLS}]{{0,64}}(?=/)){{2,20}}(?:/{_PAIR}[^\s/=<>\",;(){_CONTROLS}]{{0,64}})?/?"
    rf"|(?i:x400:\s?)?(?:{_PAIR}[^;=<>{_CONTROLS}]{{0,64}};){{3,20}}"
)
_HOP = r"[A-Za-z0-9][\w.-]{0,62}"
_BEFORE = r"\s{0,12}(?:[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?)?"
_PATH = rf"{_HOP}(?:!{_HOP}){{0,14}}![A-Za-z0-9][\w.+-]{{0,63}}"
# As it stands in a field, and in a line: a path in brackets, or with what follows a recipient.
_WHOLE = re.compile(rf"<?((?:/{_PAIR}[^/=<>\"{_CONTROLS}]{{0,64}}){{2,20}}/?|{_NAME}|{_PATH})>?")
_IN_LINE = re.compile(
    rf"(?<![^\s<>\"'(:\[])(?P<name>{_NAME})|<(?P<path>{_PATH})>|^{_BEFORE}(?P<led>{_PATH})(?=\s?(?:\.\.\.|:|$))"
)
_KEY = re.compile(r"(?:^|[/;])\s?(?:x400:\s?)?([a-z][a-z0-9-]{0,15})=")
# What X.400 (RFC 2156 section 4.1) and directories (RFC 4519 section 2) name somebody by.
_ATTRIBUTE = re.compile(
    r"c|a|admd|p|prmd|o|ou[1-4]?|s|g|i|q|gq|cn|x121|[nt]-id|ua-id|dd|dc|l|st|street|uid|sn|site|rfc-?822"
)
_PERSON = frozenset({"s", "g"})
_LABEL = re.compile(r"[\s>*|-]{0,8}([^\W\d][^:=\n]{0,40}?)\s{0,4}[:=]")


def read_foreign(field: str | None) -> str | None:
    """Return what a field of a report names, where that is a recipient of another system; its type apart."""
    kind, typed, named = (field or "").partition(";")
    if "=" not in (field or "") and "!" not in (field or ""):
        return None
    if typed and kind.strip().lower() == "x400":
        return " ".join(_CONTROL.sub(" ", named).split())[:320] or None
    found = _WHOLE.fullmatch((named if typed and "=" not in kind else field or "").strip())
    return found[1] if found else None


def find_foreign(lines: tuple[str, ...], prose: Prose) -> tuple[Finding, ...]:
    """Return the recipients that the lines of a report name so, each with what is said of it."""
    named: dict[str, tuple[int, int]] = {}
    for at, line in enumerate(lines):
        if len(named) >= MAX_NAMES:
            break
        found = _IN_LINE.search(line) if "/" in line or "!" in line or ";" in line else None
        name = (found["name"] or found["path"] or found["led"]) if found else ""
        if found and not _names_nobody(name) and not _is_others(lines, at, found.start(), prose):
            named.setdefault(name, (at, found.end()))
    places = frozenset(at for at, _ in named.values())
    return tuple(_read(name, at, end, lines, places) for name, (at, end) in named.items())


def _names_nobody(name: str) -> bool:
    """Say whether a name like X.400's is a message's, `c=gb;a= ;p=acme;l=EXCH1-01`, or another thing's."""
    keys = _KEY.findall(name.lower())
    if not all(map(_ATTRIBUTE.fullmatch, keys)):
        return True
    return ";" in name and _PERSON.isdisjoint(keys)


def _is_others(lines: tuple[str, ...], at: int, start: int, prose: Prose) -> bool:
    """Say whether a line names the sender, or somebody to ask."""
    label = _LABEL.match(lines[at][:start])
    if label and canonical(label[1]).strip() in prose.sender_labels:
        return True
    return names_bystander(f"{line_before(lines, at)} {lines[at][:start]}", prose)


def _read(name: str, at: int, end: int, lines: tuple[str, ...], places: frozenset[int]) -> Finding:
    told = f"{lines[at][end:]} {read_below(lines, at + 1, places)}".strip(" .:>\"'")
    reply = find_reply(told)
    return Finding(
        address=name,
        status=reply.status,
        reply_code=reply.reply_code,
        diagnostic=told[:400] or None,
        clues=(Clue(told, "body"),) if told else (),
    )
