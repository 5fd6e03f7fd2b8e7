"""Load `taxonomy.csv`."""

import csv
from pathlib import Path

from watcher.model import BounceClass, Kind
from watcher.reader.ruleset.taxonomy import Reason, Taxonomy


def load_taxonomy(path: Path) -> Taxonomy:
    """Read the rows; the file is part of the program, so a fault in it is a bug and raises as it comes."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [_reason(row) for row in csv.DictReader(lines)]
    return Taxonomy({row.name: row for row in rows})


def _reason(row: dict[str, str]) -> Reason:
    return Reason(
        name=row["reason"],
        kind=Kind(row["kind"]),
        bounce_class=BounceClass(row["class"]) if row["class"] else None,
        class_if_temporary=BounceClass(row["class_if_temporary"]) if row["class_if_temporary"] else None,
        fault=row["fault"],
        advice=row["advice"],
        advice_if_temporary=row["advice_if_temporary"],
        escalation=row["escalation"],
        escalation_if_temporary=row["escalation_if_temporary"],
        history=row["history"],
        definition=row["definition"],
        outbound=tuple((key, value) for key, value in row.items() if key.startswith("out_")),
    )
