"""Know the forms of the lines that name a recipient: led by the address, labelled, in a list, as spoken."""

import re
from typing import NamedTuple

from watcher.reader.parse.address import normalise_address
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import canonical


BY_ROW, BY_PLACE, BY_WORDS = 3, 2, 1
_PLAIN = r"[^\s<>\"'()\[\]:;,@|=：；，。、（）「」＜＞]{1,64}"
_EQUALS = r"=[^\s<>\"'()\[\]:;,@|：；，。、（）「」＜＞]{1,64}"
# `o'brien@x`: an apostrophe between letters is the name's; quotes stand around it.
_LOCAL = rf"{_PLAIN}(?:(?<=[^\W\d_])'(?=[^\W\d_]){_PLAIN})?(?:{_EQUALS})?"
ADDRESS = re.compile(rf"(?:\"[^\"@\n]{{1,64}}\"|{_LOCAL})@{{1,2}}(?:\[[\w.:]{{1,60}}\]|\[?[\w.\-]{{1,253}})")
LEAD = re.compile(
    r"[\s>*•·|#\-]{0,16}(?:\d{1,3}[.)]\s)?[\"'“<\[(]{0,3}(?:(?i:smtp|mailto|to|rfc822)[:;]\s?)?<?"
    rf"(?P<address>{ADDRESS.pattern})[>\])\"'”]{{0,4}}(?P<rest>.*)",
    re.DOTALL,
)
LABELLED = re.compile(
    r"[\s>*•|#\-]{0,16}(?P<label>[^\W\d][^\n:=<>@：]{0,40}?)\s{0,8}[:=：]\s{0,20}[\[<\"'(]{0,3}(?:(?i:smtp|mailto|rfc822)[:;]\s?)?<?"
    rf"(?P<address>{ADDRESS.pattern})[>\])\"']{{0,4}}(?P<rest>.*)",
    re.DOTALL,
)
_ELIDED = re.compile(r"(?i:[dljmtsnc]|qu|all|dell|nell|sull|dall)'(?=[^\W\d_])")
# `Example, Jo <a@b> -- not known here`
NAMED_ITEM = re.compile(
    r"[\s>*•·|#\-]{0,16}(?:\d{1,3}[.)]\s)?(?:\"[^\"\n]{1,60}\"|[^\W\d][\w.,' -]{0,60}?)\s{1,3}[<(\[]{1,2}"
    rf"(?P<address>{ADDRESS.pattern})[>)\]]{{1,2}}(?:\s{{0,8}}$|\s{{1,8}}[-–:(]{{1,3}}(?P<rest>.*))",
    re.DOTALL,
)
# `a@b (not known); c@d (full)`, one after the other
_ITEM = re.compile(
    rf"\s{{0,8}}<?(?P<address>{ADDRESS.pattern})>?\s{{0,3}}\((?P<rest>[^()]{{1,300}})\)\s{{0,3}}(?:[;,]|$)"
)
# `- to <a@b>`, `for a@b`: an item of a list, and nothing else
GIVEN = re.compile(
    r"[\s>*•·|#\-]{0,16}(?:\d{1,3}[.)]\s)?(?P<label>[^\W\d]{1,12})\s{1,4}<?"
    rf"(?P<address>{ADDRESS.pattern})>?\s{{0,4}}[:;,.]?\s{{0,4}}$"
)
# `user jo at example.com: unknown`
SPOKEN = re.compile(
    r"[\s>*•·|#\-]{0,16}(?:(?P<label>[^\W\d]{1,20})\s{1,4})?(?P<quote>[\"'<])?(?P<local>[\w.+\-]{1,64})[\"'>]?\s{1,4}at\s{1,4}"
    r"(?:host\s{1,4})?(?P<domain>[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8})\b(?P<rest>.*)",
    re.DOTALL,
)
# Chinese, Japanese and Korean reports set a label and its value apart by a blank alone.
SPACED = re.compile(
    r"\s{0,8}(?P<label>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,10})\s{1,8}<?"
    rf"(?P<address>{ADDRESS.pattern})>?(?P<rest>.*)",
    re.DOTALL,
)
# `"Jo Example" <a@b>, Al <c@d>`
NAMED_LIST = re.compile(
    r"(?:\s{0,8}(?:\"[^\"\n]{1,60}\"|[^\W\d][\w.' -]{0,60}?)?"
    rf"\s{{0,2}}<{ADDRESS.pattern}>\s{{0,2}}[,;]?){{1,8}}\s{{0,8}}$"
)

# What a label ends in that names somebody else: `Rejected by: a@b`.
NO_RECIPIENTS = (" by", " from", " to contact")


class Anchor(NamedTuple):
    """One line that names a failed recipient; `strength` says how surely."""

    line: int
    address: str
    rest: str
    strength: int
    original: str | None = None


def name_at(at: int, raw: str, rest: str, strength: int, original: str | None = None) -> list[Anchor]:
    """Return the recipient that a line names, or none where that is no whole address."""
    address = normalise_address(raw.rstrip("."))
    if not address or "@" not in address or address.startswith("@") or address.endswith("@"):
        return []
    return [Anchor(at, address, rest, strength, normalise_address(original) if original else None)]


def drop_elision(address: str, before: str) -> str:
    """Return an address in a sentence without an article that French or Italian joins to it: `l'anna@x`."""
    elided = before[-1:].isspace() and _ELIDED.match(address)
    return address[elided.end() :] if elided else address


def read_quoted(line: str) -> str | None:
    """Read a line of a list that quotes a user and names the host: `"jo" at example.com`."""
    spoken = SPOKEN.match(line) if " at " in line else None
    if spoken is None or spoken["label"] or not spoken["quote"] or spoken["rest"].strip(" .:>\"'"):
        return None
    return f"{spoken['local']}@{spoken['domain']}"


def line_before(lines: tuple[str, ...], at: int) -> str:
    """Return the last line before this one that is not blank: it may say whose address follows."""
    for line in reversed(lines[max(at - 3, 0) : at]):
        if line.strip():
            return line
    return ""


def names_bystander(before: str, prose: Prose) -> bool:
    """Say whether the words before an address say that it is the sender's, or somebody's to ask."""
    return canonical(before[-90:]).rstrip(" ,.;").endswith(prose.bystanders)


def read_items(line: str, at: int) -> list[Anchor]:
    """Read a line of several addresses, each with its reason in brackets; none where it holds more."""
    found: list[Anchor] = []
    end = 0
    while item := _ITEM.match(line, end):
        found += name_at(at, item["address"], item["rest"], BY_PLACE)
        end = item.end()
    return found if len(found) > 1 and not line[end:].strip() else []
