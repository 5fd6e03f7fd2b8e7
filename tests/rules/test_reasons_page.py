"""docs/reasons.md lists the reasons as `taxonomy.csv` has them."""

import csv
import re
from pathlib import Path

from watcher.rules.files import CLASSIFY
from watcher.rules.reasons_page import page


PAGE = Path(__file__).parents[2] / "docs" / "reasons.md"


def test_page_is_what_the_table_gives() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m watcher.rules.reasons_page > docs/reasons.md"


def test_every_reason_has_one_row_with_what_it_means() -> None:
    with (CLASSIFY / "taxonomy.csv").open(encoding="utf-8", newline="") as lines:
        wanted = [(row["reason"], row["definition"]) for row in csv.DictReader(lines)]
    assert re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE) == wanted
