"""List every rule in force as its file has it: those of the user, then ours, family by family.

Loading keeps what deciding needs alone; here each row keeps its samples, where it was seen and its file.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from watcher.rules.claims import CLAIMS
from watcher.rules.dialects import DIALECTS
from watcher.rules.files import CLASSIFY, POSTING, READER, read_toml, toml_files
from watcher.rules.receivers import code_rows
from watcher.rules.signs import SIGNS


# In the order in which they are asked for a bounce; signs and dialects come before all of them.
FAMILIES = ("own", "receiver", "phrase", "near", "status", "reply", "stage", "sign", "claim", "dialect")
_TOLD_APART = ("id", "reason", "seen", "matches", "rejects")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule: what it looks for (`phrase`: words, a pattern or a code) and what it says (`reason`).

    The reason of a sign is the kind of mail and its reason, that of a dialect the format it names.
    """

    id: str
    family: str
    reason: str
    phrase: str
    seen: str
    file: str
    conditions: tuple[tuple[str, object], ...] = ()
    matches: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()


def list_rules(extra: Sequence[Path] = ()) -> tuple[Entry, ...]:
    """Return every rule; `extra` are the user's files, which are taken to be sound."""
    return (
        *(entry for path in extra for entry in _own_entries(path)),
        *(entry for path in toml_files(CLASSIFY / "receivers") for entry in _receiver_entries(path)),
        *(entry for path in toml_files(CLASSIFY / "phrases") for entry in _word_entries(path, "phrase")),
        *(entry for path in toml_files(CLASSIFY / "near") for entry in _word_entries(path, "near")),
        *(entry for path in toml_files(POSTING / "rows") for entry in _word_entries(path, "near")),
        *_status_entries(CLASSIFY / "codes" / "status.csv"),
        *_reply_entries(CLASSIFY / "codes" / "reply.csv"),
        *_stage_entries(CLASSIFY / "codes" / "stage.csv"),
        *(entry for path in toml_files(SIGNS) for entry in _sign_entries(path)),
        *_claim_entries(CLAIMS),
        *(entry for path in toml_files(DIALECTS) for entry in _dialect_entries(path)),
    )


def _name(path: Path) -> str:
    top = READER.parent.parent
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else str(path)


def _entry(row: dict[str, Any], family: str, file: str, reason: str, phrase: str) -> Entry:
    more = tuple((key, value) for key, value in row.items() if key not in _TOLD_APART and value != phrase)
    return Entry(
        id=row["id"],
        family=family,
        reason=reason,
        phrase=phrase,
        seen=row.get("seen", row.get("meaning", "")),
        file=file,
        conditions=more,
        matches=tuple(row.get("matches", ())),
        rejects=tuple(row.get("rejects", ())),
    )


def _own_entries(path: Path) -> Iterator[Entry]:
    for entry in (*_word_entries(path, "own"), *_sign_entries(path), *_dialect_entries(path)):
        yield replace(entry, family="own", file=str(path))


def _word_entries(path: Path, family: str) -> Iterator[Entry]:
    content = read_toml(path)
    for row in content.get("rule", []):
        codes = " ".join(map(str, (*row.get("reply_code", ()), *row.get("status", ()))))
        near = " near ".join(f"({part})" if "|" in part else part for part in row.get("near", ()))
        phrase = row.get("phrase") or row.get("regex") or near or codes
        reason = row.get("reason", content.get("reason", ""))
        yield _entry(row, family, _name(path), reason, phrase)


def _receiver_entries(path: Path) -> Iterator[Entry]:
    yield from _word_entries(path, "receiver")
    content = read_toml(path)
    for row in content.get("code", []):
        for code in code_rows(path.name, content["receiver"]["name"], row):
            yield _entry({**row, "id": code.id}, "receiver", _name(path), row["reason"], code.code)


def _status_entries(path: Path) -> Iterator[Entry]:
    for line in _lines(path):
        for digit, reason in (("5", line["reason"]), ("4", line["reason_if_temporary"] or line["reason"])):
            code = digit + line["code"][1:]
            told = {"id": f"status.{code}", "vague": line["vague"] == "yes", "seen": line["meaning"]}
            yield _entry(told, "status", _name(path), reason, code)


def _reply_entries(path: Path) -> Iterator[Entry]:
    for line in _lines(path):
        told = {"id": f"reply.{line['code']}", "compact": line["compact"] == "yes", "seen": line["meaning"]}
        yield _entry(told, "reply", _name(path), line["reason"], line["code"])


def _stage_entries(path: Path) -> Iterator[Entry]:
    for line in _lines(path):
        told = {"id": f"stage.{line['command'].lower()}", "keeps": line["keeps"], "seen": line["meaning"]}
        yield _entry(told, "stage", _name(path), line["reason"], line["command"])


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _sign_entries(path: Path) -> Iterator[Entry]:
    for row in read_toml(path).get("sign", []):
        reason = "/".join(part for part in (row["kind"], row.get("reason")) if part)
        header = [f"{row['header']}:"] if "header" in row else []
        words = " | ".join(row["phrases"]) if "phrases" in row else " & ".join(row.get("words", ()))
        phrase = " ".join([*header, words]).strip()
        yield _entry(row, "sign", _name(path), reason, phrase)


def _claim_entries(path: Path) -> Iterator[Entry]:
    for row in read_toml(path)["claim"]:
        phrase = ", ".join(row["needs"])
        yield _entry(row, "claim", _name(path), f"{row['kind']}/{row['reason']}", phrase)


def _dialect_entries(path: Path) -> Iterator[Entry]:
    for row in read_toml(path).get("dialect", []):
        traits = {**row.get("fields", {}), **row.get("headers", {})}
        shown = [
            *(f"{name}: {', '.join(words)}".rstrip(": ") for name, words in traits.items()),
            *row.get("subject", ()),
            *row.get("body", ()),
            *row.get("recipient", ()),
        ]
        yield _entry(row, "dialect", _name(path), row["format"], " | ".join(shown))
