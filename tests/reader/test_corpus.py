"""The labelled corpus beside the checkout: few reports are missed, and nothing ordinary is taken for one."""

import json
import os
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader import analyse


ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("BOUNCE_WATCHER_CORPUS", ROOT.parent / "shared" / "corpus"))
REPORTS = {"bounce", "delay"}
ALARMS = {Kind.BOUNCE, Kind.DELAY, Kind.DELIVERY, Kind.COMPLAINT, Kind.CHALLENGE}

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not (CORPUS / "labels.jsonl").exists(), reason="the labelled corpus is not here"),
]


def _labelled(folder: Path) -> list[tuple[dict, Kind, set[str]]]:
    rows = []
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        report = analyse((folder / label["file"]).read_bytes(), RULES)
        given = {a.lower() for r in report.recipients for a in (r.address, r.original_address) if a}
        rows.append((label, report.kind, given))
    return rows


@pytest.mark.parametrize(("folder", "least"), [(CORPUS, 0.97), (CORPUS / "lab", 1.0)], ids=["corpus", "lab"])
def test_reports_are_found(folder: Path, least: float) -> None:
    rows = _labelled(folder)
    reports = [row for row in rows if row[0]["kind"] in REPORTS]
    caught = sum(kind in REPORTS for _, kind, _ in reports)
    named = [row for row in reports if row[0].get("recipients")]
    whole = sum(all(set(who) & given for who in label["recipients"]) for label, _, given in named)
    ordinary = [row for row in rows if row[0]["kind"] == "ordinary"]
    assert caught / len(reports) >= least
    assert whole / len(named) >= 0.965
    assert sum(kind in ALARMS for _, kind, _ in ordinary) <= 1
    assert all(kind is not Kind.UNREADABLE for _, kind, _ in rows)
