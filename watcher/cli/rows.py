"""Write reports as JSON lines, as CSV, or as a table that streams."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from io import StringIO

from watcher.model import Recipient, Report
from watcher.reader.report_json import encode_report


COLUMNS = (
    "source", "kind", "reason", "address", "action", "class", "recipient_reason", "advice", "status",
    "reply_code", "confidence", "diagnostic",
)  # fmt: skip
_WIDTHS = (
    ("source", 40), ("kind", 10), ("address", 32), ("class", 12), ("reason", 24), ("status", 8), ("sure", 4),
)  # fmt: skip

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]")  # tab and line ends are quoted or defused

Row = tuple[object, ...]
Writer = Callable[[Report, str], str]


def json_line(report: Report, source: str) -> str:
    """Write the report as the contract's JSON."""
    return encode_report(report, source) + "\n"


def csv_lines(report: Report, source: str) -> str:
    """Write one CSV row a recipient, or one for a message without any."""
    return csv_text(_csv_rows(report, source))


def csv_text(rows: Iterable[Row]) -> str:
    """Write rows as RFC 4180 CSV, in which no cell can be a formula."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([defuse(cell) for cell in row] for row in rows)
    return text.getvalue()


def defuse(cell: object) -> str:
    """Keep a spreadsheet from reading a cell as a formula, and a terminal from obeying it: mail wrote it."""
    text = _CONTROL.sub("�", "" if cell is None else str(cell))
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _csv_rows(report: Report, source: str) -> Iterator[Row]:
    for one in report.recipients or (None,):
        yield (source, report.kind, report.reason, *_cells(one), *_sureness(report, one))


def _cells(one: Recipient | None) -> Row:
    if one is None:
        return (None,) * 7
    return (one.address, one.action, one.bounce_class, one.reason, one.advice, one.status, one.reply_code)


def _sureness(report: Report, one: Recipient | None) -> Row:
    return (report.confidence, None) if one is None else (one.confidence, one.diagnostic)


def head(form: str) -> str:
    """Write what stands above the rows."""
    if form == "csv":
        return csv_text([COLUMNS])
    return _table_row([name for name, _ in _WIDTHS]) if form == "table" else ""


def table_lines(report: Report, source: str) -> str:
    """Write one line a recipient, or one for a message without any."""
    lines = [
        _table_row(
            [
                source,
                report.kind,
                one.address if one else None,
                one.bounce_class if one else None,
                one.reason if one else report.reason,
                one.status if one else None,
                f"{one.confidence if one else report.confidence:.2f}",
            ]
        )
        for one in report.recipients or (None,)
    ]
    return "".join(lines)


def _table_row(cells: Iterable[object]) -> str:
    words = [fit(cell, width) for cell, (_, width) in zip(cells, _WIDTHS, strict=True)]
    return "  ".join(words).rstrip() + "\n"


def fit(cell: object, width: int) -> str:
    """Make a cell as wide as its column; what a terminal would act on is taken out."""
    text = printable("-" if cell is None else str(cell))
    return text.ljust(width) if len(text) <= width else "…" + text[len(text) - width + 1 :]


def clip(cell: object, width: int) -> str:
    """Make a cell as wide as its column, cut at its end: for what tells most at its beginning."""
    text = printable("-" if cell in (None, "") else str(cell))
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"


def printable(text: str) -> str:
    """Replace whatever a terminal might act on."""
    return "".join(c if c.isprintable() else "�" for c in text)
