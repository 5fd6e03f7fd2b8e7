"""Every row of ours brings replies that it must win, and holds to them."""

import re
from pathlib import Path

import pytest

from tests.reader.classify.asking import explain, finding
from tests.reader.rulebook import RULES
from watcher.reader.findings import Extract
from watcher.reader.ruleset.phrases import WordRow
from watcher.rules import proof
from watcher.rules.files import CLASSIFY, POSTING, toml_files
from watcher.rules.phrases import read_rows
from watcher.rules.receivers import load_receivers
from watcher.rules.samples import check_samples, finder_of
from watcher.rules.words import check_words, load_words


FILES = tuple(path for folder in ("phrases", "near") for path in toml_files(CLASSIFY / folder))
WORDS = load_words(CLASSIFY / "words")
RECEIVER_ROWS = load_receivers(CLASSIFY / "receivers", RULES.taxonomy, whole=True)[1]
HOSTS = {receiver.name: (receiver.hosts or ("",))[0] for receiver in RULES.receivers.rows}


def _reason(row: WordRow, sample: str) -> str:
    """Classify a sample where the row's conditions on receiver, command and place hold."""
    facts: dict[str, str] = {}
    if row.receiver:
        facts["remote_mta"] = f"mx{HOSTS[row.receiver]}"
    if row.commands:
        facts["command"] = next(iter(row.commands))
    local = Extract(reporting_mta="mx.example.com" if row.local else None)
    return explain(finding(sample, action=None, **facts), local).verdict.reason


def _lost(rows: list[WordRow]) -> list[tuple[str, str, str]]:
    asked = ((row, sample, _reason(row, sample)) for row in rows for sample in row.matches)
    return [(row.id, sample, reason) for row, sample, reason in asked if reason != row.reason]


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_every_phrase_wins_its_samples_and_leaves_the_others(path) -> None:
    rows = read_rows(path, RULES.taxonomy)
    check_samples(path.name, rows, WORDS)
    assert [row.id for row in rows if not row.matches or not row.seen] == []
    assert _lost(rows) == []


def test_the_rows_on_refused_posts_find_their_samples_and_leave_the_others() -> None:
    words = load_words(POSTING / "words")
    for path in toml_files(POSTING / "rows"):
        rows = read_rows(path, RULES.taxonomy)
        check_words(path.name, rows, words)
        check_samples(path.name, rows, words)
        assert [row.id for row in rows if not row.matches or not row.rejects or not row.seen] == []


def test_every_receivers_row_wins_its_samples() -> None:
    check_samples("receivers", RECEIVER_ROWS, WORDS)
    assert all(row.matches and row.seen for row in RECEIVER_ROWS)
    assert _lost(RECEIVER_ROWS) == []


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_a_file_holds_one_reason_and_ids_begin_with_it(path) -> None:
    rows = read_rows(path, RULES.taxonomy)
    assert {row.reason for row in rows} == {path.stem}
    assert [row.id for row in rows if not row.id.startswith(f"{path.stem}.")] == []


def test_no_two_rows_look_for_the_same_under_the_same_conditions() -> None:
    seen: dict[tuple[object, ...], str] = {}
    for row in RULES.phrases.rows:
        pattern = row.pattern.pattern if row.pattern else ""
        conditions = (row.receiver, row.statuses, row.reply_codes, row.when, row.commands, row.local)
        key = (row.phrase, pattern, *conditions)
        assert key not in seen, (row.id, seen[key])
        seen[key] = row.id


def test_no_sample_holds_an_address_or_a_host_of_anybody() -> None:
    domain = re.compile(r"@([\w.-]*\w\.\w+)")
    reserved = re.compile(r"(?:.*\.)?(?:example\.(?:com|org|net)|test)")
    for path in FILES:
        for row in read_rows(path, RULES.taxonomy):
            for sample in (*row.matches, *row.rejects):
                assert all(reserved.fullmatch(each) for each in domain.findall(sample)), row.id


def test_a_rejected_sample_is_left() -> None:
    row = next(
        each for each in read_rows(CLASSIFY / "phrases" / "mailbox_full.toml", RULES.taxonomy) if each.rejects
    )
    assert not any(map(finder_of(row, WORDS), row.rejects))


def test_each_reason_of_a_bounce_has_rules_with_samples() -> None:
    sampled = {row.reason for path in FILES for row in read_rows(path, RULES.taxonomy) if row.matches}
    bounces = {reason.name for reason in RULES.taxonomy if reason.kind == "bounce"}
    # No words and no code: what no row speaks about is what this reason is for.
    assert bounces - sampled == {"undetermined"}
    assert len(bounces) == 52


def test_a_row_or_sign_of_ours_without_a_sample_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xx.toml").write_text(
        '[[sign]]\nid = "a.bare"\nkind = "bounce"\nwhere = "subject"\nphrases = ["sic"]\n'
    )
    row = WordRow(id="a.word", reason="mailbox_full", phrase="sic")
    monkeypatch.setattr(proof, "SIGNS", tmp_path)
    monkeypatch.setattr(proof, "load_phrases", lambda *_, **__: [row])
    faults = {trial.rule: trial.fault for trial in proof._on_ours(RULES, WORDS) if trial.fault}
    assert faults == dict.fromkeys(["a.word", "a.bare"], "has no sample; give one real text in matches")
