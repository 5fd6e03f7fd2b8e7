"""Open rule files, and say plainly what is wrong with one that cannot be read."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from watcher.errors import RuleError


READER = Path(__file__).parent.parent / "reader"
CLASSIFY = READER / "classify" / "rules"
POSTING = READER / "extract" / "posting"  # how list managers refuse a post
# Our own files hold one key a line; what only tests and people read is most of them, and is skipped at start.
_PAIR = re.compile(r"^(\w+) = (.+)$", re.MULTILINE)
# A line of any other form, such as one with a comment behind its value, is for the TOML parser.
_FLAT = re.compile(r"(?:(?:\w+ = .*\S|#.*)?\n)*+(?:\w+ = .*\S|#.*)?")
_FOR_PEOPLE = re.compile(r"^(?:matches|rejects|seen|meaning) *=.*\n", re.MULTILINE)


def read_toml(path: Path, *, whole: bool = True) -> dict[str, Any]:
    """Read one rule file; without `whole`, without the samples (files of ours alone)."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise RuleError(f"{path}: {_one_line(error.strerror)}; name a file that can be read") from error
    except UnicodeDecodeError as error:
        raise RuleError(f"{path.name}: byte {error.start}: not UTF-8; save it as UTF-8") from error
    try:
        return tomllib.loads(text if whole else _FOR_PEOPLE.sub("", text))
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path.name}: {_one_line(error)}; write it as TOML") from error
    except RecursionError:
        raise RuleError(f"{path.name}: lists are nested too deeply; write it as TOML") from None


def read_plain(path: Path, rows: str = "rule") -> dict[str, Any]:
    """Read one of our own files of rows: the plainest TOML, flat, one key a line, as JSON writes it.

    Much faster than a TOML parser, in which start-up would spend most of its time; the tests hold both to the
    same answer.  What only people and tests read is left out.  A file that holds other TOML is read by the
    parser, which names the place of a mistake.
    """
    text = _FOR_PEOPLE.sub("", path.read_text("utf-8"))
    head, *entries = f"\n{text}".split(f"\n[[{rows}]]\n")
    try:
        return {**_pairs(head), **({rows: [_pairs(entry) for entry in entries]} if entries else {})}
    except ValueError:
        return read_toml(path)


def _pairs(block: str) -> dict[str, Any]:
    if not _FLAT.fullmatch(block):
        raise ValueError("other TOML")
    found = {}
    for key, value in _PAIR.findall(block):
        plain = value[0] == '"' and value.find('"', 1) == len(value) - 1 and "\\" not in value
        found[key] = value[1:-1] if plain else json.loads(value)
    return found


def toml_files(folder: Path) -> Iterator[Path]:
    """Yield the rule files of a folder in the order of their names."""
    yield from sorted(folder.glob("*.toml"))


def _one_line(error: object) -> str:
    text = " ".join(str(error).split())
    return text[:1].lower() + text[1:]
