"""Every sign is seen in its own samples, and not in its near misses."""

import tomllib
from typing import Any

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader.ruleset.signs import CHALLENGE, FATE, Sign, Signs
from watcher.reader.ruleset.wording import canonical
from watcher.rules.signs import SIGNS


ROWS = [
    row for path in sorted(SIGNS.glob("*.toml")) for row in tomllib.loads(path.read_text("utf-8"))["sign"]
]


def _is_seen(row: dict[str, Any], text: str) -> bool:
    words = canonical(text)
    header = row.get("header")
    if row.get("where") == FATE:
        return any(hit.sign.id == row["id"] for hit in RULES.signs.find_fate(text))
    hits = RULES.signs.find_header(header.lower(), words) if header else RULES.signs.find(row["where"], words)
    return any(hit.sign.id == row["id"] for hit in hits)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_samples(row: dict[str, Any]) -> None:
    assert row["matches"]
    for text in row["matches"]:
        assert _is_seen(row, text), text
    for text in row.get("rejects", ()):
        assert not _is_seen(row, text), text


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_challenges_are_found_alone_as_among_all_others(row: dict[str, Any]) -> None:
    for text in (*row["matches"], *row.get("rejects", ())):
        words = canonical(f"{text}\n{ROWS[-1]['matches'][0]}")
        every = RULES.signs.find("body", words)
        assert RULES.signs.find(CHALLENGE, words) == tuple(h for h in every if h.sign.kind is Kind.CHALLENGE)


def test_an_evidence_names_the_row_the_words_and_the_place() -> None:
    hit = RULES.signs.find("subject", canonical("Automatic reply: hello"))[0]
    assert (hit.evidence().rule, hit.evidence().where) == (hit.sign.id, "subject")
    sender = RULES.signs.find("sender", canonical("MAILER-DAEMON@mx.example.net"))[0]
    assert sender.evidence().where == "from"
    header = RULES.signs.find_header("x-autoreply", canonical("yes"))[0]
    assert (header.evidence().where, header.evidence().matched) == ("x-autoreply", "yes")


def _hits(text: str, **more: Any) -> list[str]:
    row = Sign("one", Kind.NOTICE, "body", ("the moderator",), **more)
    return [hit.phrase for hit in Signs((row,)).find("body", canonical(text))]


def test_a_phrase_may_ask_for_another_in_its_sentence() -> None:
    near = ("approve", "approval")
    assert _hits("It waits until the moderator gives approval.", near=near) == ["the moderator"]
    assert not _hits("The moderator is away. No approval today.", near=near)
    assert not _hits("The moderator is disapproving.", near=near)


def test_a_phrase_may_ask_for_another_in_its_text() -> None:
    assert _hits("The moderator is away. No approval today.", beside=("approval",)) == ["the moderator"]
    assert not _hits("The moderator is away.", beside=("approval",))
