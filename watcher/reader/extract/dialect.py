"""Tell which mail system wrote a report, by signs that only it shows: rows of `dialects/`."""

from collections.abc import Iterator, Sequence

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
        *_seen_in_groups(dialects, groups),
        *_seen_in_headers(dialects, headers),
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


def _seen_in_groups(dialects: Dialects, groups: tuple[FieldGroup, ...]) -> Iterator[tuple[int, str, str]]:
    for name in set().union(*groups) & dialects.fields.keys():
        values = [value for group in groups if (value := group.first(name)) is not None]
        yield from _seen(dialects.fields[name], values, "delivery-status")


def _seen_in_headers(dialects: Dialects, headers: Headers) -> Iterator[tuple[int, str, str]]:
    for name in headers.names() & dialects.headers.keys():
        yield from _seen(dialects.headers[name], headers.all(name), "header")


def _seen(index: PlaceIndex, values: Sequence[str], place: str) -> Iterator[tuple[int, str, str]]:
    if index.any_value is not None:
        yield index.any_value, index.name, place
    found = index.find_raw(" ; ".join(values)[:MAX_VALUE])
    if found is not None:
        yield found[0], f"{index.name}: {found[1]}", place
