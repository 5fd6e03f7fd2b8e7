"""Every sample mail says where it comes from, and there are enough of each kind and each bounce reason.

`recorded`: a real system wrote it in the lab (tests/lab).  `documented`: its wording is public, the source is
named.  `composed`: written by hand to show one thing.
"""

import csv
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from tests.reader.rulebook import RULES
from watcher.model import Report
from watcher.reader import analyse


ROOT = Path(__file__).parents[2]
MAIL, DEMO = ROOT / "tests/mail", ROOT / "watcher/demo/mail"
ORIGINS = {"recorded", "documented", "composed"}
# What gave up after temporary refusals has expired: no report of a failure carries this reason.
NEVER_IN_A_REPORT = {"undetermined_temporary"}
TAXONOMY = ROOT / "watcher/reader/classify/rules/taxonomy.csv"


def rows() -> list[dict[str, Any]]:
    files = sorted(MAIL.glob("origins*.toml"))
    return [row for file in files for row in tomllib.loads(file.read_text("utf-8"))["sample"]]


@cache
def reports() -> tuple[Report, ...]:
    """Read every sample, the demo's too."""
    paths = (*MAIL.rglob("*.eml"), *DEMO.rglob("*.eml"))
    return tuple(analyse(path.read_bytes(), RULES) for path in paths)


def test_every_sample_has_its_row_and_every_row_its_sample() -> None:
    named = sorted(row["file"] for row in rows())
    found = sorted(path.relative_to(MAIL).as_posix() for path in MAIL.rglob("*.eml"))
    assert named == found, "a new sample mail needs a row in tests/mail/origins.toml"


def test_every_row_tells_its_origin() -> None:
    for row in rows():
        assert row["origin"] in ORIGINS, row
        assert row["shows"].strip(), row
        if row["origin"] != "composed":
            assert row["source"].strip(), row


def test_each_kind_has_six_samples() -> None:
    with TAXONOMY.open(newline="", encoding="utf-8") as file:
        kinds = {row["kind"] for row in csv.DictReader(file)} | {"ordinary", "unreadable"}
    count = Counter(str(report.kind) for report in reports())
    assert {kind: count[kind] for kind in kinds if count[kind] < 6} == {}


def test_each_bounce_reason_has_three_samples() -> None:
    with TAXONOMY.open(newline="", encoding="utf-8") as file:
        reasons = {row["reason"] for row in csv.DictReader(file) if row["kind"] == "bounce"}
    count: Counter[str] = Counter()
    for report in reports():
        count.update({str(recipient.reason) for recipient in report.recipients})
    assert {reason: count[reason] for reason in reasons - NEVER_IN_A_REPORT if count[reason] < 3} == {}


def test_there_are_four_hundred_samples() -> None:
    assert len(rows()) >= 400
    assert sum(row["origin"] == "recorded" for row in rows()) >= 250
