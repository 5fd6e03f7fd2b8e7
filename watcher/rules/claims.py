"""Load claims and the words that they are made in: `recognise/claims.toml`, `recognise/claims/*.toml`.

A file of concepts holds the words of one language, a list a concept; `any.toml` those that all share.
A claim names concepts: `held & mail` is said in one sentence, and of `stranger | human` either will do.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from watcher.errors import RuleError
from watcher.model import Kind
from watcher.reader.ruleset.claims import Claim, Claims, Concepts, Part, canonical_word
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.rules.files import READER, read_plain, toml_files


CLAIMS = READER / "recognise" / "claims.toml"
CONCEPTS = READER / "recognise" / "claims"


def load_claims(taxonomy: Taxonomy, claims: Path = CLAIMS, concepts: Path = CONCEPTS) -> Claims:
    """Read every claim, and the words of the concepts that they name."""
    words = load_concepts(concepts)
    known = {name for lists in words.values() for name in lists}
    rows = [_claim(entry, known, taxonomy) for entry in read_plain(claims, "claim")["claim"]]
    return Claims(rows, words)


def load_concepts(folder: Path) -> Concepts:
    """Read the words of every language."""
    found = {}
    for path in toml_files(folder):
        content = read_plain(path)
        language = content.pop("language")
        found[language] = {name: tuple(map(canonical_word, entries)) for name, entries in content.items()}
    return found


def _claim(entry: dict[str, Any], known: set[str], taxonomy: Taxonomy) -> Claim:
    parts = {key: tuple(map(_part, entry.get(key, ()))) for key in ("needs", "some", "unless")}
    for name in _names(parts):
        if name not in known:
            raise RuleError(f"claims.toml: {entry['id']}: no concept '{name}'; list its words")
    if entry["reason"] not in taxonomy:
        raise RuleError(f"claims.toml: {entry['id']}: reason: {entry['reason']!r} is no row of taxonomy.csv")
    return Claim(
        id=entry["id"],
        kind=Kind(entry["kind"]),
        reason=entry["reason"],
        needs=parts["needs"],
        some=parts["some"],
        least=entry.get("least", 0),
        unless=parts["unless"],
    )


def _part(text: str) -> Part:
    return tuple(frozenset(name.strip() for name in way.split("&")) for way in text.split("|"))


def _names(parts: dict[str, tuple[Part, ...]]) -> Iterator[str]:
    for each in parts.values():
        yield from (name for part in each for way in part for name in way)
