"""Load claims, and the concepts that they are made of: `recognise/claims.toml`.

A claim names concepts: `held & mail` is said in one sentence, and of `stranger | human` either will do.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from watcher.errors import RuleError
from watcher.model import Kind
from watcher.nearest import nearest_reason
from watcher.reader.ruleset.claims import Claim, Claims, Part
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.rules.concepts import CLAIM_WORDS, load_concepts
from watcher.rules.files import READER, read_plain


CLAIMS = READER / "recognise" / "claims.toml"


def load_claims(taxonomy: Taxonomy, claims: Path = CLAIMS, concepts: Path = CLAIM_WORDS) -> Claims:
    """Read every claim, and the concepts that they name."""
    known = load_concepts(concepts)
    rows = [_claim(entry, set(known.names), taxonomy) for entry in read_plain(claims, "claim")["claim"]]
    return Claims(rows, known)


def _claim(entry: dict[str, Any], known: set[str], taxonomy: Taxonomy) -> Claim:
    parts = {key: tuple(map(_part, entry.get(key, ()))) for key in ("needs", "some", "unless")}
    for name in _names(parts):
        if name not in known:
            raise RuleError(f"claims.toml: {entry['id']}: no concept '{name}'; list its words")
    if entry["reason"] not in taxonomy:
        way = nearest_reason(entry["reason"], (row.name for row in taxonomy))
        raise RuleError(f"claims.toml: {entry['id']}: reason: {entry['reason']!r} is none; {way}")
    return Claim(
        id=entry["id"],
        kind=Kind(entry["kind"]),
        reason=entry["reason"],
        needs=parts["needs"],
        some=parts["some"],
        least=entry.get("least", 0),
        unless=parts["unless"],
        labelled=entry.get("labelled", False),
    )


def _part(text: str) -> Part:
    return tuple(frozenset(name.strip() for name in way.split("&")) for way in text.split("|"))


def _names(parts: dict[str, tuple[Part, ...]]) -> Iterator[str]:
    for each in parts.values():
        yield from (name for part in each for way in part for name in way)
