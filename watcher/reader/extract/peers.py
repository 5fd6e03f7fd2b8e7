"""Find the lines that name recipients in the form of others that surely do: items of one list.

A list of names says of itself only once that it is one, and of a table of reasons we may know the words of
some lines alone.
"""

import re
from typing import NamedTuple

from watcher.reader.extract.naming import (
    ADDRESS,
    LABELLED,
    NAMED_ITEM,
    NAMED_LIST,
    NO_RECIPIENTS,
    Anchor,
    line_before,
    name_at,
    names_bystander,
    read_quoted,
)
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import canonical


MAX_PEERS = 1_000


class _Forms(NamedTuple):
    """The forms of the lines that are known."""

    named: frozenset[int]  # the indents of those with a name before the address
    labelled: set[int]  # those behind a label that is the reason
    quoted: bool  # `"jo" at example.com`


def add_peers(found: list[Anchor], lines: tuple[str, ...], prose: Prose) -> list[Anchor]:
    """Add the lines that are items of the same list: `Jo Example <a@b>` below others of that form.

    Where a label that tells the failure names one of them (`No such user: a@b`), the labels right beside it
    that no other line has are reasons, too.
    """
    strength = max(each.strength for each in found)
    known = {each.line for each in found if each.strength == strength and each.line >= 0}
    forms = _Forms(
        frozenset(_indent(lines[at]) for at in known if _is_named(lines[at])),
        {at for at in known if _is_labelled_failure(lines[at], prose)},
        any(read_quoted(lines[at]) for at in known),
    )
    if not any(forms):
        return found
    added: list[Anchor] = []
    for at in range(len(lines)):
        if at not in known and len(found) + len(added) < MAX_PEERS:
            added += _read_peer(at, lines, forms, strength, prose)
    if not added:
        return found
    new = {each.line for each in added}
    raised: list[Anchor] = []
    for each in found:
        if each.line not in new:
            raised += _read_named(lines[each.line], each.line, strength) or [each]
    return sorted([*raised, *added], key=lambda each: each.line)


def _read_peer(at: int, lines: tuple[str, ...], forms: _Forms, strength: int, prose: Prose) -> list[Anchor]:
    """Read a line in one of the forms of those that are known; a label is noted as one for the next line."""
    line = lines[at]
    if "@" not in line:
        quoted = read_quoted(line) if forms.quoted else None
        return name_at(at, quoted, "", strength) if quoted else []
    if _indent(line) in forms.named and _is_named(line):
        return [] if _names_sender(line_before(lines, at), prose) else _read_named(line, at, strength)
    beside = at - 1 in forms.labelled or at + 1 in forms.labelled
    item = _read_item(line, prose) if beside else None
    if item is None:
        return []
    forms.labelled.add(at)
    return name_at(at, item["address"], f"{item['label']} {item['rest']}", strength)


def _is_named(line: str) -> bool:
    return bool(NAMED_LIST.match(line) or NAMED_ITEM.match(line))


def _read_named(line: str, at: int, strength: int) -> list[Anchor]:
    """Read a line that names recipients behind their names, and may say why behind that."""
    if NAMED_LIST.match(line):
        return [anchor for raw in ADDRESS.findall(line) for anchor in name_at(at, raw, "", strength)]
    item = NAMED_ITEM.match(line)
    return name_at(at, item["address"], item["rest"] or "", strength) if item else []


def _is_labelled_failure(line: str, prose: Prose) -> bool:
    item = LABELLED.match(line)
    return item is not None and prose.failures.is_in(canonical(item["label"]))


def _read_item(line: str, prose: Prose) -> re.Match[str] | None:
    """Read a label of a few words that no field has, with an address: `Account disabled: a@b`."""
    item = LABELLED.match(line)
    if item is None or " " not in item["label"].strip():
        return None
    label = canonical(item["label"]).strip()
    known = any(label in each for each in (prose.recipient_labels, prose.sender_labels, prose.reason_labels))
    return None if known or label.endswith(NO_RECIPIENTS) else item


def _names_sender(before: str, prose: Prose) -> bool:
    label = canonical(before.strip().rstrip(":：")).strip()
    return label in prose.sender_labels or names_bystander(before, prose)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
