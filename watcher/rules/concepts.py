"""Load the words of concepts: `recognise/concepts/answers/*.toml` and `recognise/concepts/claims/*.toml`.

A file holds the words of one language, a list a concept; `any.toml` those that all languages share.
"""

from pathlib import Path

from watcher.reader.ruleset.concepts import Concepts
from watcher.reader.ruleset.entries import canonical_entries
from watcher.rules.files import READER, read_plain, toml_files


ANSWER_WORDS = READER / "recognise" / "concepts" / "answers"
CLAIM_WORDS = READER / "recognise" / "concepts" / "claims"


def load_concepts(folder: Path, *, contested: bool = False) -> Concepts:
    """Read the file of every language."""
    lists = {}
    for path in toml_files(folder):
        content = read_plain(path)
        language = content.pop("language")
        lists[language] = {name: tuple(canonical_entries(entries)) for name, entries in content.items()}
    return Concepts(lists, contested=contested)
