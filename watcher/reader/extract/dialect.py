"""Tell which mail system wrote a report, by signs that only it shows: rows of `dialects/`."""

from collections.abc import Callable, Iterable

from watcher.model import Evidence
from watcher.reader.parse.fields import FieldGroup
from watcher.reader.parse.header import Headers
from watcher.reader.ruleset.dialects import Dialect, Dialects, Trait
from watcher.reader.ruleset.wording import canonical


def find_dialect(
    dialects: Dialects, headers: Headers, groups: tuple[FieldGroup, ...], subject: str, body: str
) -> tuple[Dialect, Evidence] | None:
    """Return the first dialect, by rank, that fits, and the sign; subject and body come in canonical form."""
    for row in dialects.rows:
        seen = (
            _seen_trait(
                row.fields,
                lambda name: tuple(v for g in groups if (v := g.first(name)) is not None),
                "delivery-status",
            )
            or _seen_trait(row.headers, headers.all, "header")
            or _seen_phrase(row.body, body, "body")
            or _seen_phrase(row.subject, subject, "subject")
        )
        if seen:
            return row, Evidence(row.id, *seen)
    return None


def _seen_trait(
    traits: Iterable[Trait], values_of: Callable[[str], tuple[str, ...]], place: str
) -> tuple[str, str] | None:
    for trait in traits:
        for value in values_of(trait.name):
            if not trait.phrases:
                return trait.name, place
            words = canonical(value)
            for phrase in trait.phrases:
                if f" {phrase} " in words:
                    return f"{trait.name}: {phrase}", place
    return None


def _seen_phrase(phrases: Iterable[str], words: str, place: str) -> tuple[str, str] | None:
    return next(((phrase, place) for phrase in phrases if f" {phrase} " in words), None)
