"""`docs/dialects.md` says of each mail system what the rows and the samples say."""

import tomllib
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES


ROOT = Path(__file__).parents[2]
MAIL, PAGE = ROOT / "tests/mail", ROOT / "docs/dialects.md"
PROVEN = {
    "recorded": {"recorded"},
    "documented": {"documented"},
    "recorded, documented": {"recorded", "documented"},
    "documented replies": {"documented"},
    "unproven": set(),
}


def _table() -> list[list[str]]:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in {"system", "---"}]


def _origins() -> dict[str, str]:
    files = sorted(MAIL.glob("origins*.toml"))
    rows = (row for file in files for row in tomllib.loads(file.read_text("utf-8"))["sample"])
    return {row["file"]: row["origin"] for row in rows}


def _words(cell: str) -> list[str]:
    return cell.replace("`", "").replace(",", " ").replace("—", " ").split()


@pytest.mark.parametrize("row", _table(), ids=[row[0] for row in _table()])
def test_a_system_is_proven_by_the_samples_it_names(row: list[str]) -> None:
    system, _, _, proven, samples, _ = row
    patterns = _words(samples)
    origins = _origins()
    found = {pattern: sorted(MAIL.glob(f"{pattern}.eml")) for pattern in patterns}
    assert [pattern for pattern, paths in found.items() if not paths] == [], system
    names = {path.relative_to(MAIL).as_posix() for paths in found.values() for path in paths}
    assert {origins.get(name, "without a row") for name in names} - {"composed"} == PROVEN[proven], system


def test_every_row_of_ours_is_on_the_page_and_no_other() -> None:
    named = {word for row in _table() for word in _words(row[1])}
    assert named == {row.id for row in RULES.dialects.rows}
