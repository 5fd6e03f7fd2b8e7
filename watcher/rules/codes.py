"""Load the rows on codes: `status.csv` (IANA), `reply.csv` (RFC 5321, compact spellings) and `stage.csv`.

A registry row x.1.1 becomes two rows, status.5.1.1 and status.4.1.1, since the reason may differ.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from watcher.reader.ruleset.codes import CodeRow, Codes, StageRow
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.rules.row import check_reason


def load_codes(folder: Path, taxonomy: Taxonomy) -> Codes:
    """Read the three files."""
    status = [row for line in _lines(folder / "status.csv") for row in _status_rows(line)]
    reply = [_reply_row(line) for line in _lines(folder / "reply.csv")]
    for row in (*status, *reply):
        check_reason(f"{folder.name}: rule {row.id}", row.reason, taxonomy)
    stages = [_stage_row(line) for line in _lines(folder / "stage.csv")]
    for stage in stages:
        for reason in (stage.reason, *stage.keeps):
            check_reason(f"{folder.name}: rule {stage.id}", reason, taxonomy)
    return Codes(
        {row.code: row for row in status},
        {int(row.code): row for row in reply},
        {row.command: row for row in stages},
    )


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _status_rows(line: dict[str, str]) -> Iterator[CodeRow]:
    for digit, reason in (("5", line["reason"]), ("4", line["reason_if_temporary"] or line["reason"])):
        code = digit + line["code"][1:]
        yield CodeRow(
            f"status.{code}",
            code,
            reason,
            vague=line["vague"] == "yes",
            meaning=line["meaning"],
            source="IANA",
        )


def _reply_row(line: dict[str, str]) -> CodeRow:
    code = line["code"]
    return CodeRow(
        f"reply.{code}",
        code,
        line["reason"],
        vague=True,
        compact=line["compact"] == "yes",
        meaning=line["meaning"],
        source=line["source"],
    )


def _stage_row(line: dict[str, str]) -> StageRow:
    return StageRow(
        f"stage.{line['command'].lower()}",
        line["command"],
        line["reason"],
        frozenset(line["keeps"].split()),
        meaning=line["meaning"],
        source=line["source"],
    )
