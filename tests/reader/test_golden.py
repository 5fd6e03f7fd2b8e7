"""Every mail of tests/mail gives the report beside it, whole; `--update` writes the reports anew."""

import json
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.reader import analyse
from watcher.reader.report_json import report_to_dict


MAIL = Path(__file__).parents[1] / "mail"
SAMPLES = sorted(MAIL.rglob("*.eml"))


@pytest.mark.parametrize("path", SAMPLES, ids=[f"{path.parent.name}/{path.stem}" for path in SAMPLES])
def test_report(path: Path, request: pytest.FixtureRequest) -> None:
    report = analyse(path.read_bytes(), RULES)
    given = report_to_dict(report, path.relative_to(MAIL).as_posix())
    expected = path.with_suffix(".json")
    if request.config.getoption("--update"):
        expected.write_text(json.dumps(given, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert given == json.loads(expected.read_text("utf-8"))
    assert given["kind"] == path.parent.name


def test_every_report_has_its_mail() -> None:
    assert {path.with_suffix("") for path in MAIL.rglob("*.json")} == {p.with_suffix("") for p in SAMPLES}


@pytest.mark.parametrize("path", SAMPLES, ids=[f"{path.parent.name}/{path.stem}" for path in SAMPLES])
def test_line_ends_change_nothing_but_the_size(path: Path) -> None:
    """Bare LF, CRLF and CR give the same report."""
    raw = path.read_bytes().replace(b"\r\n", b"\n")
    reports = [
        report_to_dict(analyse(raw.replace(b"\n", end), RULES), "x") for end in (b"\n", b"\r\n", b"\r")
    ]
    for report in reports:
        del report["message"]["size"], report["message"]["fingerprint"]
    assert reports[0] == reports[1] == reports[2]
