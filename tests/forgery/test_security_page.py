"""docs/security.md tells of every forgery what it does, as the tests have it."""

import re
from pathlib import Path

from tests.forgery.kit import KIT


PAGE = Path(__file__).parents[2] / "docs" / "security.md"
ENFORCED = {
    "review": "waits for a person",
    "rejected": "rejected",
    "forger": "concerns the forger's own address",
    "nothing": "nothing",
}
ALONE = {
    "suppressed": "**the victim is suppressed**",
    "aside": "the victim is set aside for 15 days",
    "told": "told; the list stays as it is",
    "rejected": "rejected",
    "nothing": "nothing",
}


def rows() -> list[str]:
    return [f"| {each.name} | {ENFORCED[each.enforced]} | {ALONE[each.alone]} |" for each in KIT]


def test_page_tells_of_every_forgery() -> None:
    section = PAGE.read_text().partition("## What a forger can do")[2].partition("\n## ")[0]
    assert re.findall(r"^\| .* \|$", section, re.MULTILINE)[2:] == rows()


def test_kit_is_large_enough() -> None:
    names = [each.name for each in KIT]
    assert len(set(names)) == len(names) >= 30
