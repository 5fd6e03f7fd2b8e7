"""Replies composed before the rows were looked at: nearly all get a reason that fits, none is wrongly hard.

Each list was composed blind and measured once before any row was mended for it; `docs/calibration.md` has
what it showed at first sight.  Where people could differ, `reasons` and `classes` name all that will do.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.code_reading import read_code


with (Path(__file__).parent / "composed.csv").open(encoding="utf-8", newline="") as _lines:
    ROWS = list(csv.DictReader(_lines))
LISTS: dict[str, list[dict[str, str]]] = defaultdict(list)
for _row in ROWS:
    LISTS[_row["list"]].append(_row)


def _answer(row: dict[str, str]) -> tuple[str, str]:
    verdict = read_code(row["reply"], RULES).told.verdict
    return verdict.reason, str(verdict.bounce_class)


@pytest.mark.parametrize("name", LISTS)
def test_nineteen_in_twenty_get_a_reason_that_fits(name: str) -> None:
    rows = LISTS[name]
    missed = [row["reply"] for row in rows if _answer(row)[0] not in row["reasons"].split("|")]
    assert len(missed) <= len(rows) / 20, missed


@pytest.mark.parametrize("name", LISTS)
def test_none_is_called_hard_that_is_not(name: str) -> None:
    rows = [row for row in LISTS[name] if "hard" not in row["classes"].split("|")]
    assert [row["reply"] for row in rows if _answer(row)[1] == "hard"] == []


def test_the_lists_ask_for_nearly_every_reason() -> None:
    asked = {reason for row in ROWS for reason in row["reasons"].split("|")}
    known = {reason.name for reason in RULES.taxonomy if reason.kind == "bounce"}
    assert known - asked <= {"undetermined"}
