"""Refusals written after those that receivers, filters and servers document get their reason.

`after` names the place whose replies a line follows; lines follow them in kind, and need not be quotes.
"""

import csv
from pathlib import Path

import pytest

from tests.reader.classify.asking import finding, verdict


with (Path(__file__).parent / "refusals.csv").open(encoding="utf-8", newline="") as _lines:
    ROWS = list(csv.DictReader(_lines))


@pytest.mark.parametrize("row", ROWS, ids=[f"{at} {row['reply'][:40]}" for at, row in enumerate(ROWS, 2)])
def test_a_refusal_gets_its_reason(row: dict[str, str]) -> None:
    given = verdict(finding(row["reply"], action=None))
    assert (given.reason, given.bounce_class) == (row["reason"], row["class"])


def test_every_refusal_says_what_it_was_written_after() -> None:
    assert [row["reply"] for row in ROWS if not row["after"]] == []
    assert len({row["reason"] for row in ROWS}) > len(ROWS) // 10
