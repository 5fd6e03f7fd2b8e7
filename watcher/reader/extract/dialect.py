"""Tell which mail system wrote a report, by signs that only it shows: rows of `dialects/`."""

from collections.abc import Callable, Iterator, Mapping

from watcher.model import Evidence
from watcher.reader.parse.fields import FieldGroup
from watcher.reader.parse.header import Headers
from watcher.reader.ruleset.dialects import Dialect, Dialects, PlaceIndex


MAX_VALUE = 800  # characters of all fields of one name


def find_dialect(
    dialects: Dialects, headers: Headers, groups: tuple[FieldGroup, ...], subject: str, body: str
) -> tuple[Dialect, Evidence] | None:
    """Return the first dialect, by rank, that fits, and the sign; subject and body come in canonical form."""
    seen = [
        *_seen_fields(dialects.fields, lambda name: _of_groups(groups, name), "delivery-status"),
        *_seen_fields(dialects.headers, lambda name: headers.all(name) if name in headers else (), "header"),
    ]
    for place, text in (("body", body), ("subject", subject)):
        found = dialects.words[place].find(text)
        if found is not None:
            seen.append((*found, place))
    if not seen:
        return None
    number, matched, place = min(seen)
    row = dialects.rows[number]
    return row, Evidence(row.id, matched, place)


def _of_groups(groups: tuple[FieldGroup, ...], name: str) -> tuple[str, ...]:
    return tuple(value for group in groups if (value := group.first(name)) is not None)


def _seen_fields(
    indexes: Mapping[str, PlaceIndex], values_of: Callable[[str], tuple[str, ...]], place: str
) -> Iterator[tuple[int, str, str]]:
    for name, index in indexes.items():
        values = values_of(name)
        if not values:
            continue
        if index.any_value is not None:
            yield index.any_value, name, place
        found = index.find_raw(" ; ".join(values)[:MAX_VALUE])
        if found is not None:
            yield found[0], f"{name}: {found[1]}", place
