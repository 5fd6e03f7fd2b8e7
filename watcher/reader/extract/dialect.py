"""Tell which mail system wrote a report, by signs that only it shows: rows of `dialects/`."""

from collections.abc import Callable, Iterable

from watcher.model import Evidence
from watcher.reader.parse.fields import FieldGroup
from watcher.reader.parse.header import Headers
from watcher.reader.ruleset.dialects import Dialect, Dialects, Trait
from watcher.reader.ruleset.phrase_set import PhraseSet
from watcher.reader.ruleset.wording import canonical


MAX_VALUE = 2_000  # characters of all fields of one name


def find_dialect(
    dialects: Dialects, headers: Headers, groups: tuple[FieldGroup, ...], subject: str, body: str
) -> tuple[Dialect, Evidence] | None:
    """Return the first dialect, by rank, that fits, and the sign; subject and body come in canonical form."""
    fields = _Words(lambda name: [value for group in groups if (value := group.first(name)) is not None])
    header = _Words(lambda name: headers.all(name) if name in headers else ())
    for row in dialects.rows:
        seen = (
            _seen_trait(row.fields, fields, "delivery-status")
            or _seen_trait(row.headers, header, "header")
            or _seen_phrase(row.body, body, "body")
            or _seen_phrase(row.subject, subject, "subject")
        )
        if seen:
            return row, Evidence(row.id, *seen)
    return None


class _Words:
    """The canonical words of all fields of a name, worked out once."""

    def __init__(self, values_of: Callable[[str], Iterable[str]]) -> None:
        self._values_of = values_of
        self._known: dict[str, str | None] = {}

    def __getitem__(self, name: str) -> str | None:
        if name not in self._known:
            values = tuple(self._values_of(name))
            self._known[name] = canonical(" ; ".join(values)[:MAX_VALUE]) if values else None
        return self._known[name]


def _seen_trait(traits: Iterable[Trait], words_of: _Words, place: str) -> tuple[str, str] | None:
    for trait in traits:
        words = words_of[trait.name]
        if words is None:
            continue
        if not trait.phrases.phrases:
            return trait.name, place
        phrase = trait.phrases.find(words)
        if phrase is not None:
            return f"{trait.name}: {phrase}", place
    return None


def _seen_phrase(phrases: PhraseSet, words: str, place: str) -> tuple[str, str] | None:
    phrase = phrases.find(words)
    return (phrase, place) if phrase is not None else None
