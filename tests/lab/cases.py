"""Read the lab's tables: who is refused how, and what the truth about it is.

A case's truth is known before any mail is written: the kind, the reason and the class of the reply that the
scripted remote gives.  What a system makes of it is the general fact that its mail shows.
"""

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


FOLDER = Path(__file__).parent / "cases"
TAXONOMY = Path(__file__).parents[2] / "watcher/reader/classify/rules/taxonomy.csv"
REFUSALS = ("recipient", "transport", "sender", "message", "domains")


@dataclass(frozen=True, slots=True)
class Case:
    """One recipient, and why mail to it fails."""

    to: str
    reason: str
    reply: str | None = None
    stage: str = "rcpt"
    dns: str | None = None
    final: str | None = None
    source: str | None = None
    also: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    temporary: bool = False

    @property
    def is_temporary(self) -> bool:
        return self.temporary or (self.reply or "").startswith("4")

    @property
    def bounce_class(self) -> str:
        return CLASSES[self.reason][self.is_temporary]


@dataclass(frozen=True, slots=True)
class Answer:
    """One person whose mailbox answers by itself."""

    who: str
    reason: str
    kind: str = "auto_reply"
    via: str = "vacation-sieve"
    subject: str = ""
    text: str = ""
    also: tuple[str, ...] = ()


def _classes() -> dict[str, tuple[str, str]]:
    with TAXONOMY.open(newline="", encoding="utf-8") as file:
        return {row["reason"]: (row["class"], row["class_if_temporary"]) for row in csv.DictReader(file)}


CLASSES = _classes()


def _rows(name: str, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))[table]
    return [{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows]


CASES = tuple(Case(**row) for name in REFUSALS for row in _rows(name, "case"))
ANSWERS = tuple(Answer(**row) for row in _rows("answers", "answer"))
