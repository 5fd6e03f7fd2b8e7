"""Every code and phrase that the guides to bounce codes list gets the reason that we settled on."""

import csv
from pathlib import Path

import pytest

from tests.reader.classify.asking import finding, verdict
from watcher.reader.findings import Finding


with (Path(__file__).parent / "guide_codes.csv").open(encoding="utf-8", newline="") as _lines:
    ROWS = list(csv.DictReader(_lines))


def _ask(row: dict[str, str]) -> Finding:
    text = " ".join(part for part in (row["reply_code"], row["status"], row["text"]) if part)
    code = int(row["reply_code"]) if row["reply_code"] else None
    return finding(text, action=None, status=row["status"] or None, reply_code=code)


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row['reply_code']} {row['status']} {row['text'][:40]}" for row in ROWS]
)
def test_a_guides_line_gets_its_reason(row: dict[str, str]) -> None:
    given = verdict(_ask(row))
    assert (given.reason, given.bounce_class or "none") == (row["reason"], row["class"])


def test_no_line_of_the_guides_is_hard_without_words_or_code_for_it() -> None:
    for row in ROWS:
        given = verdict(_ask(row))
        assert given.bounce_class != "hard" or row["class"] == "hard"
