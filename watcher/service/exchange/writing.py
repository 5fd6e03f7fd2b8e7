"""Write the list in the columns of a service, or as hashes alone; no cell can be a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from io import StringIO

from watcher.events import moment
from watcher.service.exchange.columns import FORMS, Form
from watcher.store.records import Listed


SIGNS = ("=", "+", "-", "@", "\t", "\r")  # with which a formula begins, to one spreadsheet or another


def write_list(rows: Iterable[Listed], form: str) -> Iterator[str]:
    """Give the lines of a file, its head first; rows that the form cannot say are left out."""
    known = FORMS[form]
    yield _line(known.written)
    for row in rows:
        if can_say(row, form):
            yield _line(_cells(row, form, known))


def can_say(row: Listed, form: str) -> bool:
    """Tell whether a service's form has a word for a row."""
    if not row.address:  # erased
        return False
    return form == "watcher" or (row.cause in FORMS[form].words and not row.address.startswith("@"))


def write_hashed(rows: Iterable[Listed]) -> Iterator[str]:
    """Give the lines of a file that names nobody: SHA-256 over the address, folded, its domain in ASCII."""
    yield _line(("sha256", "state", "since"))
    for row in rows:
        if row.address:
            digest = sha256(row.key.encode("utf-8", "surrogatepass")).hexdigest()
            yield _line((digest, row.state, moment(row.since)))


def _cells(row: Listed, form: str, known: Form) -> tuple[str, ...]:
    word = known.words.get(row.cause, "")
    until = "" if row.until is None else moment(row.until)
    origin = "Customer" if word == "ManualSuppression" else "Recipient"
    cells = {
        "watcher": (row.address, row.state, row.reason, moment(row.since), until, row.source),
        "ses": (row.address, word),
        "sendgrid": (word, row.reason, row.address, str(int(row.since.timestamp()))),
        "mailgun": (row.address, word, row.reason, _rfc5322(row.since)),
        "postmark": (row.address, word, origin, moment(row.since)),
        "listmonk": (row.address, "", word),
    }
    return cells[form]


def _rfc5322(when: datetime) -> str:
    return when.strftime("%a, %d %b %Y %H:%M:%S UTC")


def _line(cells: Iterable[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([defused(cell) for cell in cells])
    return text.getvalue()


def defused(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula; `plain` takes it back.

    A cell that looks as if that was done already gets one quote more, so that it comes back as it was.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(SIGNS) and cell.startswith(("'", *SIGNS)) else cell


def plain(cell: str) -> str:
    """Take back what `defused` did."""
    bare = cell.lstrip("'")
    return cell[1:] if cell.startswith("'") and bare.startswith(SIGNS) else cell


def is_of_our_export(columns: Sequence[str], cells: Sequence[str]) -> bool:
    """Tell whether `write_list` may have written a row: its columns, and words of ours, not of a mail server.

    In a list that others wrote, a quote before an address is a part of it.
    """
    if set(FORMS["watcher"].written) <= set(columns):
        return True
    words = {
        word for form in FORMS.values() if form.written == tuple(columns) for word in form.words.values()
    }
    row = dict(zip(columns, cells, strict=False))
    return not words.isdisjoint(cells) and " " not in row.get("reason", row.get("error", ""))


def is_defused(row: Listed) -> bool:
    """Tell whether the address is written with a quote before it, which others may take for a part of it."""
    return defused(row.address) != row.address
