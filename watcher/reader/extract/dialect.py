"""Tell which mail system wrote a report, by signs that only it shows: rows of `dialects/`."""

from collections.abc import Sequence

from watcher.model import Evidence
from watcher.reader.parse.fields import FieldGroup
from watcher.reader.parse.header import Headers
from watcher.reader.ruleset.dialects import Dialect, Dialects, PlaceIndex


MAX_VALUE = 800  # characters of all fields of one name


def find_dialect(
    dialects: Dialects, headers: Headers, groups: tuple[FieldGroup, ...], subject: str, body: str
) -> tuple[Dialect, Evidence] | None:
    """Return the first dialect, by rank, that fits, and the sign; subject and body come in canonical form."""
    seen: list[tuple[int, str, str]] = []
    told: dict[str, list[str]] = {}
    for group in groups:
        for name in group:
            if name in dialects.fields:
                told.setdefault(name, []).append(group.first(name) or "")
    for name, values in told.items():
        _look_into(dialects.fields[name], values, "delivery-status", seen)
    for name in headers.names():
        if name in dialects.headers:
            index = dialects.headers[name]
            _look_into(index, headers.all(name) if index.looks_for_words else (), "header", seen)
    for place, text in (("body", body), ("subject", subject)):
        found = dialects.words[place].find(text)
        if found is not None:
            seen.append((*found, place))
    if not seen:
        return None
    number, matched, place = min(seen)
    row = dialects.rows[number]
    return row, Evidence(row.id, matched, place)


def _look_into(
    index: PlaceIndex, values: Sequence[str], place: str, seen: list[tuple[int, str, str]]
) -> None:
    """Add what the fields of one name show."""
    if index.any_value is not None:
        seen.append((index.any_value, index.name, place))
    if not index.looks_for_words:
        return
    found = index.find_raw((values[0] if len(values) == 1 else " ; ".join(values))[:MAX_VALUE])
    if found is not None:
        seen.append((found[0], f"{index.name}: {found[1]}", place))
