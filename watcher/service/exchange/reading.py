"""Read a suppression list of any service, row by row; what cannot be used is named, not guessed."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from watcher.errors import UsageError
from watcher.service.exchange.columns import FORMS, Variant
from watcher.service.exchange.writing import is_of_our_export, plain


LONGEST = 10_000  # characters of a cell
# Not the whole grammar of RFC 5321: enough to tell an address from other words.  A quoted local part may hold
# any of them.
_ADDRESS = re.compile(
    r"(?:[^\s@<>,;\"]{1,64}|\"(?:[^\"\\\r\n]|\\[^\r\n]){1,64}\")@[^\s@<>,;\"]{1,255}|@[^\s@<>,;\"]{1,255}"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be used."""

    address: str
    cause: str
    reason: str
    since: datetime | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot, and why."""

    line: int
    text: str


def read_list(lines: Iterable[str], form: str | None) -> tuple[str, Iterator[Entry | Fault]]:
    """Give the name of the form, found by its head where none is named, and the rows.

    UsageError where the head is that of no form we know.
    """
    csv.field_size_limit(LONGEST)
    rows = csv.reader(_without_mark(lines))
    head = [cell.strip() for cell in next(rows, [])]
    if form in {None, "ses"} and len(head) == 2 and is_address(head[0]):
        # SES takes files without a head.
        return "ses", _rows(FORMS["ses"].variants[1], [(1, head)], rows)
    found, variant = _find(head, form)
    return found, _rows(_in_order(variant, head), [], rows)


def is_address(text: str) -> bool:
    """Tell whether a text can be mailed to; "@example.com" is a whole domain."""
    return _ADDRESS.fullmatch(text) is not None


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        text = line.removeprefix("\ufeff") if number == 0 else line
        yield text.replace("\0", "�")


def _find(head: list[str], form: str | None) -> tuple[str, Variant]:
    names = {cell.casefold() for cell in head}
    for name, known in FORMS.items():
        if form not in {None, name}:
            continue
        for variant in known.variants:
            if {column.casefold() for column in variant.columns} <= names:
                return name, variant
    wanted = FORMS if form is None else {form: FORMS[form]}
    known_heads = "; ".join(
        f"{name}: {','.join(v.columns)}" for name, each in wanted.items() for v in each.variants[:1]
    )
    told = f"'{','.join(head)[:100]}': not the head of a list we know" if head else "the list is empty"
    raise UsageError(f"{told}; the first line has to be one of {known_heads}")


def _in_order(variant: Variant, head: list[str]) -> Variant:
    """Give the variant with its columns as this file has them, further ones among them."""
    known = {column.casefold(): column for column in variant.columns}
    columns = tuple(known.get(cell.casefold(), cell) for cell in head)
    return Variant(columns, variant.address, variant.meaning, variant.said_in, variant.words, variant.since)


def _rows(
    variant: Variant,
    first: list[tuple[int, list[str]]],
    rows: "csv.Reader",  # type: ignore[name-defined]
) -> Iterator[Entry | Fault]:
    for line, cells in first:
        yield _entry(variant, cells, line)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Fault(rows.line_num, str(error))
            continue
        if any(cell.strip() for cell in cells):
            yield _entry(variant, cells, rows.line_num)


def _entry(variant: Variant, cells: list[str], line: int) -> Entry | Fault:
    cells = [cell.strip() for cell in cells]
    if is_of_our_export(variant.columns, cells):
        cells = [plain(cell) for cell in cells]
    row = dict(zip(variant.columns, cells, strict=False))
    address = row.get(variant.address, "")
    ours = {"reason", "state"} <= set(variant.columns)
    if not is_address(address) or (address.startswith("@") and not ours):
        # Others know no domains: there it is a damaged address, and must not silence a provider.
        return Fault(line, f"'{address[:100]}' is no address")
    meaning = variant.meaning
    if meaning is None:
        said = row.get(variant.said_in or "", "")
        meaning = variant.words.get(said.casefold())
        if meaning is None:
            return Fault(line, f"'{said[:100]}' in {variant.said_in} puts nobody on the list")
    cause, reason = meaning
    if ours:
        reason = row.get("reason") or reason
        cause = _cause(reason) if cause == "manual" else cause
    try:
        since = _moment(row, variant.since)
        until = _moment(row, "until" if ours else None)
    except ValueError as error:
        return Fault(line, str(error))
    return Entry(address, cause, reason, since, until)


def _cause(reason: str) -> str:
    if reason.startswith("complaint"):
        return "complaint"
    return "manual" if reason in {"manual", "unsubscribe"} else "hard"


def _moment(row: Mapping[str, str], column: str | None) -> datetime | None:
    """Read a time as the services write it, None where there is none; ValueError where it cannot be read."""
    text = row.get(column or "", "")
    if not text:
        return None
    if re.fullmatch(r"\d{9,11}", text):
        return datetime.fromtimestamp(int(text), UTC)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError, TypeError):
            continue
    raise ValueError(f"'{text[:100]}' in {column} is no time; write 2026-11-22T04:19:00Z, or nothing")
