"""Load the word lists that rows on words near each other name: `words/<language>.toml`, a file a language.

A list has the same name in every language, and all of them are one list: a row needs to be written once.
"""

from collections.abc import Iterable
from pathlib import Path

from watcher.errors import RuleError
from watcher.reader.ruleset.entries import canonical_entries, canonical_entry
from watcher.reader.ruleset.lexicon import STEM
from watcher.reader.ruleset.nears import Words
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.tongues import Tongues
from watcher.reader.ruleset.wording import is_unspaced
from watcher.rules.files import read_plain, toml_files


def load_words(folder: Path) -> Words:
    """Read every file; a list without any word is a fault of ours, and raises where a row names it."""
    lists: dict[str, dict[str, None]] = {}
    for path in toml_files(folder):
        content = read_plain(path)
        content.pop("language", None)
        for name, entries in content.items():
            lists.setdefault(name, {}).update(dict.fromkeys(canonical_entries(entries)))
    return {name: tuple(entries) for name, entries in lists.items()}


def load_tongues(folder: Path) -> Tongues:
    """Read the words of each file by their language, without stems and gaps."""
    tongues: dict[str, tuple[str, ...]] = {}
    for path in toml_files(folder):
        content = read_plain(path)
        language = str(content.pop("language"))
        entries = canonical_entries(each for listed in content.values() for each in listed)
        tongues[language] = tuple(each for each in entries if not {"*", "~"} & set(each))
    return Tongues(tongues)


def check_words(place: str, rows: Iterable[WordRow], words: Words) -> None:
    """Raise for the first part of a row that names no list, or begins with too short a beginning."""
    for row in rows:
        parts = [each.strip() for part in (*row.near, *row.unless) for each in part.split("|")]
        for part in parts:
            if part.startswith("@") and part[1:] not in words:
                known = ", ".join(sorted(words))
                raise RuleError(f"{place}: rule {row.id}: no word list '{part}'; known are {known}")
            if not part:
                raise RuleError(f"{place}: rule {row.id}: near: a part without words; write some")
            if not part.startswith("@") and not is_sound(canonical_entry(part)):
                raise RuleError(
                    f"{place}: rule {row.id}: '{part}'; begin with a word of {STEM} letters or more"
                )


def is_sound(entry: str) -> bool:
    """Say whether an entry can be looked up: it begins with a word, or with three letters of one."""
    first = entry.partition(" ")[0]
    if not first.strip("*~"):
        return False
    return is_unspaced(entry) or not first.endswith("*") or len(first) > STEM
