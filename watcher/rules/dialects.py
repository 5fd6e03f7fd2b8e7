"""Load what is known of mail systems: `extract/dialects/*.toml`; `prose.toml` holds for them all."""

import re
from pathlib import Path
from typing import Any

from watcher.errors import RuleError
from watcher.nearest import did_you_mean
from watcher.reader.ruleset.dialects import Dialect, Dialects, Prose, Trait
from watcher.reader.ruleset.phrase_set import PhraseSet
from watcher.reader.ruleset.wording import canonical
from watcher.rules.files import READER, read_toml, toml_files


DIALECTS = READER / "extract" / "dialects"
# Stands for {address} in a pattern.
_ADDRESS = r"[^\s<>\"'()\[\]:;,@|]{1,64}(?:(?<=[^\W\d_])'[^\s<>\"'()\[\]:;,@|]{1,64})?@{1,2}[\w.\-]{1,253}"
_KEYS = {
    "id",
    "format",
    "rank",
    "fields",
    "headers",
    "subject",
    "body",
    "recipient",
    "domain",
    "replies_in_prose",
    "shares_reply",
    "seen",
    "matches",
    "rejects",
}
_UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d+,\})(?!\+)")


def load_dialects(folder: Path) -> Dialects:
    """Read every file of dialects, and the words that they share."""
    rows: list[Dialect] = []
    for path in toml_files(folder):
        if path.name != "prose.toml":
            rows += load_dialect_file(path)
    rows.sort(key=lambda row: row.rank)
    return Dialects(tuple(rows), _prose(read_toml(folder / "prose.toml", whole=False)))


def load_dialect_file(path: Path, *, whole: bool = False) -> list[Dialect]:
    """Read one file of dialects."""
    return read_dialects(path.name, read_toml(path, whole=whole))


def read_dialects(place: str, table: dict[str, Any]) -> list[Dialect]:
    """Read the content of one file."""
    return [_dialect(place, entry) for entry in table.get("dialect", [])]


def _dialect(place: str, entry: dict[str, Any]) -> Dialect:
    name = f"{place}: dialect {entry.get('id', '(no id)')}"
    if unknown := set(entry) - _KEYS:
        raise RuleError(f"{name}: {min(unknown)}: unknown key; {did_you_mean(min(unknown), _KEYS)}")
    if "id" not in entry or "format" not in entry:
        raise RuleError(f"{name}: id or format is missing; give the row both")
    return Dialect(
        id=entry["id"],
        format=entry["format"],
        rank=entry.get("rank", 50),
        fields=_traits(entry.get("fields", {})),
        headers=_traits(entry.get("headers", {})),
        subject=_phrases(entry.get("subject", [])),
        body=_phrases(entry.get("body", [])),
        recipient=tuple(_pattern(name, source) for source in entry.get("recipient", [])),
        domain=entry.get("domain", ""),
        replies_in_prose=entry.get("replies_in_prose", False),
        shares_reply=entry.get("shares_reply", False),
    )


def _traits(table: dict[str, list[str]]) -> tuple[Trait, ...]:
    return tuple(Trait(name, _phrases(values)) for name, values in table.items())


def _phrases(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(canonical(value).strip() for value in values))


def _pattern(name: str, source: str) -> re.Pattern[str]:
    """Compile one line pattern: matched at the start of a line, every repeat bounded."""
    if _UNBOUNDED.search(re.sub(r"\[[^\]]*\]|\.\*\)?$", "x", source)):
        raise RuleError(f"{name}: {source}: a repeat without an upper bound; write {{0,40}} in place of *")
    try:
        pattern = re.compile(source.replace("{address}", _ADDRESS))
    except re.error as error:
        raise RuleError(f"{name}: {source}: {error}; mend it") from error
    if "address" not in pattern.groupindex:
        raise RuleError(f"{name}: {source}: no group 'address'; name it (?P<address>…)")
    return pattern


def _prose(table: dict[str, Any]) -> Prose:
    return Prose(
        separators=PhraseSet(_phrases(table["separators"])),
        failures=PhraseSet(_phrases(table["failures"])),
        delays=PhraseSet(_phrases(table["delays"])),
        final=PhraseSet(_phrases(table["final"])),
        suggestions=PhraseSet(_phrases(table["suggestions"])),
        passed_on=PhraseSet(_phrases(table["passed_on"])),
        strangers=_phrases(table["strangers"]),
        causes=tuple(f" {word} " for word in table["causes"]),
        bystanders=tuple(f" {phrase}" for phrase in _phrases(table["bystanders"])),
        sender_marks=_phrases(table["sender_marks"]),
        recipient_labels=frozenset(_phrases(table["recipient_labels"])),
        original_labels=frozenset(_phrases(table["original_labels"])),
        sender_labels=frozenset(_phrases(table["sender_labels"])),
        header_labels=frozenset(_phrases(table["header_labels"])),
        beside_labels=frozenset(_phrases(table["beside_labels"])),
        reason_labels=frozenset(_phrases(table["reason_labels"])),
    )
