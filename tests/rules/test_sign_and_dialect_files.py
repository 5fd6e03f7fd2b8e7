"""A row of signs or dialects that cannot be used is refused with its place and a way out."""

from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.errors import RuleError
from watcher.rules.dialects import DIALECTS, load_dialects
from watcher.rules.signs import load_signs


SIGNS = [
    (
        'id = "a.b"\nkind = "bounce"\nwhere = "subject"\nphrases = ["x"]\ncolour = "red"',
        "colour: unknown key",
    ),
    ('kind = "bounce"\nwhere = "subject"\nphrases = ["x"]', "id is missing"),
    ('id = "a.b"\nkind = "party"\nwhere = "subject"\nphrases = ["x"]', "kind: 'party'"),
    ('id = "a.b"\nkind = "bounce"\nreason = "rain"\nwhere = "subject"\nphrases = ["x"]', "reason: 'rain'"),
    (
        'id = "a.b"\nkind = "auto_reply"\nreason = "mailbox_full"\nwhere = "subject"\nphrases = ["x"]',
        "reason: 'mailbox_full' is none of kind 'auto_reply'; write one of out_of_office",
    ),
    (
        'id = "a.b"\nkind = "auto_reply"\nwhere = "subject"\nphrases = ["x"]',
        "reason is missing, which kind 'auto_reply' asks for; write one of",
    ),
    (
        'id = "a.b"\nkind = "bounce"\nwhere = "subject"\nphrase = "x"',
        "phrase: unknown key; did you mean phrases?",
    ),
    ('id = "a.b"\nkind = "bounce"\nwhere = "sky"\nphrases = ["x"]', "where: 'sky'"),
    ('id = "a.b"\nkind = "bounce"\nwhere = "subject"', "phrases are missing"),
    ('id = "a.b"\nkind = "bounce"\nwhere = "subject"\nphrases = ["x"]\nat = "end"', "at: 'end'"),
]


@pytest.mark.parametrize(("row", "fault"), SIGNS, ids=[case[1] for case in SIGNS])
def test_a_bad_sign_is_refused(tmp_path: Path, row: str, fault: str) -> None:
    (tmp_path / "xx.toml").write_text(f"[[sign]]\n{row}\n", "utf-8")
    with pytest.raises(RuleError, match=r"xx\.toml: sign") as caught:
        load_signs(tmp_path, RULES.taxonomy)
    assert fault in str(caught.value)


def test_two_signs_of_one_id_are_refused(tmp_path: Path) -> None:
    row = '[[sign]]\nid = "a.b"\nkind = "bounce"\nwhere = "subject"\nphrases = ["x"]\n'
    (tmp_path / "xx.toml").write_text(row + row, "utf-8")
    with pytest.raises(RuleError, match=r"a\.b: this id is taken"):
        load_signs(tmp_path, RULES.taxonomy)


ROWS = [
    ('id = "d.x"\nformat = "x"\nsmell = 1', "smell: unknown key"),
    ('format = "x"', "id or format is missing"),
    ('id = "d.x"\nformat = "x"\nrecipient = [\'To (?P<address>.+) now\']', "a repeat without an upper bound"),
    ('id = "d.x"\nformat = "x"\nrecipient = ["To ("]', "mend it"),
    ('id = "d.x"\nformat = "x"\nrecipient = ["To {address}"]', "no group 'address'"),
]


@pytest.mark.parametrize(("row", "fault"), ROWS, ids=[case[1] for case in ROWS])
def test_a_bad_dialect_is_refused(tmp_path: Path, row: str, fault: str) -> None:
    (tmp_path / "prose.toml").write_text((DIALECTS / "prose.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "xx.toml").write_text(f"[[dialect]]\n{row}\n", "utf-8")
    with pytest.raises(RuleError, match=r"xx\.toml: dialect") as caught:
        load_dialects(tmp_path)
    assert fault in str(caught.value)


def test_dialects_come_by_rank_and_their_ids_are_their_own() -> None:
    rows = RULES.dialects.rows
    assert [row.rank for row in rows] == sorted(row.rank for row in rows)
    assert len({row.id for row in rows}) == len(rows)
