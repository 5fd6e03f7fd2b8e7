"""The rules in force: what is loaded, and how fast."""

from pathlib import Path

import pytest

import watcher
from tests.reader.rulebook import RULES
from watcher.errors import RuleError
from watcher.model import BounceClass, Kind
from watcher.reader.ruleset.phrases import WordRow
from watcher.rules import load_rules
from watcher.rules.claims import CLAIMS
from watcher.rules.concepts import ANSWER_WORDS, CLAIM_WORDS
from watcher.rules.files import CLASSIFY, read_plain, read_toml, toml_files
from watcher.rules.signs import SIGNS


def test_the_taxonomy_is_whole() -> None:
    bounces = [row for row in RULES.taxonomy if row.kind is Kind.BOUNCE]
    assert len(RULES.taxonomy) == 75
    assert len(bounces) == 52
    assert all(row.bounce_class and row.class_if_temporary is BounceClass.SOFT for row in bounces)
    assert RULES.taxonomy["mailbox_full"].outbound[0] == ("out_postmark_type", "SoftBounce")
    assert all(len(row.outbound) == 6 for row in RULES.taxonomy)


def test_every_reason_of_a_bounce_can_be_found_by_words_or_is_the_lack_of_them() -> None:
    told = {row.reason for row in RULES.phrases.rows}
    bounces = {row.name for row in RULES.taxonomy if row.kind is Kind.BOUNCE}
    assert bounces - told == {"undetermined"}


def test_every_registered_enhanced_code_has_its_rows() -> None:
    status = RULES.codes.status
    details = {"1": 10, "2": 4, "3": 5, "4": 7, "5": 6, "6": 10, "7": 30}
    registered = {
        f"{digit}.{subject}.{detail}"
        for digit in "45"
        for subject, last in details.items()
        for detail in range(last + 1)
    }
    assert registered <= status.keys()
    assert {row.id for row in status.values()} == {f"status.{code}" for code in status}
    assert not [code for code in status if code.endswith(".0.0")]


def test_no_reply_code_that_smtp_uses_is_read_as_an_enhanced_code() -> None:
    compact = {int(row.code) for row in RULES.codes.reply.values() if row.compact}
    assert compact.isdisjoint({521, 523, 524, 530, 534, 535, 538, *range(550, 557)})
    assert {511, 512, 522, 571} <= compact


def test_the_codes_can_be_listed() -> None:
    ids = [row.id for row in (*RULES.codes, *RULES.receivers)]
    assert len(ids) == len(set(ids))
    assert {"status.5.1.1", "status.4.1.1", "reply.550", "microsoft.5.4.310"} <= set(ids)


def test_the_plain_reader_reads_our_files_as_toml_does() -> None:
    for path in toml_files(CLASSIFY / "phrases"):
        skipped = {"matches", "rejects", "seen"}
        whole = read_toml(path)
        rows = [{key: value for key, value in row.items() if key not in skipped} for row in whole["rule"]]
        assert read_plain(path) == {**whole, "rule": rows}, path.name


def test_so_it_does_with_word_lists_and_signs() -> None:
    for path in toml_files(CLASSIFY / "words"):
        assert read_plain(path) == read_toml(path), path.name
    for path in toml_files(SIGNS):
        assert read_plain(path, "sign") == read_toml(path, whole=False), path.name
    for path in (*toml_files(ANSWER_WORDS), *toml_files(CLAIM_WORDS)):
        assert read_plain(path) == read_toml(path), path.name
    assert read_plain(CLAIMS, "claim") == read_toml(CLAIMS, whole=False)


def test_ours_are_read_once() -> None:
    assert load_rules() is RULES
    assert watcher.load_rules(()) is RULES


def test_the_users_rules_come_first(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'reason = "mailbox_disabled"\n[[rule]]\nid = "own.lapsed"\nphrase = "subscription lapsed"\n'
        'matches = ["550 5.1.1 user unknown, subscription lapsed"]\n',
        "utf-8",
    )
    rules = load_rules([own])
    first = rules.phrases.rows[0]
    assert isinstance(first, WordRow)
    assert (first.id, first.own, first.reason) == ("own.lapsed", True, "mailbox_disabled")
    assert len(rules.phrases.rows) == len(RULES.phrases.rows) + 1
    assert rules.nears is RULES.nears
    assert "own.lapsed" not in {row.id for row in load_rules().phrases.rows}


def test_the_plain_reader_leaves_other_toml_to_the_parser(tmp_path: Path) -> None:
    path = tmp_path / "mailbox_full.toml"
    row = """[[rule]]\nid = 'mailbox_full.box'\nregex = '\\bbox \\d{1,3} full\\b'\nwords = [\n  "box",\n]\n"""
    path.write_text(row)
    assert read_plain(path) == read_toml(path)
    path.write_text(row.replace("'mailbox_full.box'", "mailbox_full.box"))
    with pytest.raises(RuleError, match=r"^mailbox_full\.toml: invalid value \(at line 2"):
        read_plain(path)


@pytest.mark.parametrize(
    "row",
    [
        '[[rule]]  # ours\nid = "a.b"\nphrase = "x y"\n',
        '[[rule]]\nid = "a.b"  # as "acme" says\nphrase = "x y" # see "z"\n',
        '[[rule]] \nid = "a.b" \nphrase = "x y"\n',
        '  [[rule]]\n  id = "a.b"\n  phrase = "x y"\n',
        '[[ rule ]]\nid="a.b"\nphrase="x y"\n',
        '[[rule]]\nid = "a.b"\nphrase = "x y"',
    ],
)
def test_a_row_in_other_toml_is_read_and_spoils_no_other(tmp_path: Path, row: str) -> None:
    path = tmp_path / "mailbox_full.toml"
    path.write_text(f'[[rule]]\nid = "a.a"\nphrase = "v w"\n\n{row}')
    assert read_plain(path)["rule"] == [{"id": "a.a", "phrase": "v w"}, {"id": "a.b", "phrase": "x y"}]
