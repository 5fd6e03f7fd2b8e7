"""Tell which mail system wrote a report, by signs that only it shows: rows of `dialects/`."""

from collections.abc import Callable, Iterator, Mapping

from watcher.model import Evidence
from watcher.reader.parse.fields import FieldGroup
from watcher.reader.parse.header import Headers
from watcher.reader.ruleset.dialects import Dialect, Dialects, Trait
from watcher.reader.ruleset.wording import canonical


MAX_VALUE = 2_000  # characters of all fields of one name


def find_dialect(
    dialects: Dialects, headers: Headers, groups: tuple[FieldGroup, ...], subject: str, body: str
) -> tuple[Dialect, Evidence] | None:
    """Return the first dialect, by rank, that fits, and the sign; subject and body come in canonical form."""
    seen = [
        *_seen_traits(dialects.fields, lambda name: _of_groups(groups, name), "delivery-status"),
        *_seen_traits(dialects.headers, lambda name: headers.all(name) if name in headers else (), "header"),
        *(
            (*words, place)
            for place, text in (("body", body), ("subject", subject))
            if (words := dialects.find_words(place, text))
        ),
    ]
    if not seen:
        return None
    number, matched, place = min(seen)
    row = dialects.rows[number]
    return row, Evidence(row.id, matched, place)


def _of_groups(groups: tuple[FieldGroup, ...], name: str) -> tuple[str, ...]:
    return tuple(value for group in groups if (value := group.first(name)) is not None)


def _seen_traits(
    traits: Mapping[str, list[tuple[int, Trait]]], values_of: Callable[[str], tuple[str, ...]], place: str
) -> Iterator[tuple[int, str, str]]:
    for name, rows in traits.items():
        values = values_of(name)
        if not values:
            continue
        words = canonical(" ; ".join(values)[:MAX_VALUE])
        for number, trait in rows:
            phrase = trait.phrases.find(words)
            if phrase is not None:
                yield number, f"{name}: {phrase}", place
            elif not trait.phrases.phrases:
                yield number, name, place
