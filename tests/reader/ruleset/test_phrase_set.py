"""The indexes find what a search for each phrase in turn finds: no more, no less, the same every time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.ruleset.phrase_set import FEW, PhraseSet, needle
from watcher.reader.ruleset.phrases import Phrases, WordRow, find_literal
from watcher.reader.ruleset.wording import canonical


WORDS = st.sampled_from(["user", "unknown", "mailbox", "full", "is", "a", ",", ".", "満杯", "です", "스팸"])
PHRASE = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
# Few are looked for one by one, many by an automaton.
PHRASES = st.lists(PHRASE, max_size=12) | st.lists(PHRASE, min_size=FEW + 1, max_size=60, unique=True)
TEXTS = st.lists(WORDS, max_size=30).map(lambda words: f" {' '.join(words)} ")


@given(PHRASES, TEXTS)
def test_a_set_finds_every_phrase_that_stands_in_a_text(phrases: list[str], text: str) -> None:
    found = PhraseSet(phrases)
    assert sorted(found.find_all(text)) == sorted({each for each in phrases if needle(each) in text})
    assert found.is_in(text) is bool(found.find_all(text))
    assert found.find_all(text) == PhraseSet(phrases).find_all(text)


@given(PHRASES, st.text(max_size=60))
def test_a_set_finds_them_in_any_text(phrases: list[str], text: str) -> None:
    words = canonical(text)
    assert sorted(PhraseSet(phrases).find_all(words)) == sorted({p for p in phrases if needle(p) in words})


@given(PHRASES, TEXTS)
def test_rows_are_found_by_every_phrase_that_stands_in_a_text(phrases: list[str], text: str) -> None:
    rows = [WordRow(id=str(at), reason="", phrase=canonical(each).strip()) for at, each in enumerate(phrases)]
    found = Phrases.build(rows).find(text, text)
    naive = [row.id for row in rows if row.phrase and _naive(row.phrase) in text]
    assert sorted(row.id for row in found) == sorted(naive)


def _naive(phrase: str) -> str:
    return phrase if re.search("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]", phrase) else f" {phrase} "


def test_a_lone_surrogate_breaks_no_search() -> None:
    many = PhraseSet(["user unknown", *(f"word{number}" for number in range(FEW))])
    assert many.find_all(" \ud800 user unknown ") == ["user unknown"]


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        (r"\bbl0000\d\d\b", "bl0000"),
        (r"spamhaus\.org/query", "spamhaus.org/query"),
        (r"error\?ip=[^ ]{0,60}&c=rl\b", "error?ip="),
        ("ab{0,3}cd", "cd"),
        ("abc?d", "ab"),
        ("user|box", ""),
        ("(?i)User", ""),
        (r"(?:user|box) (?:is )?full(?!\w)", "full"),
        (r"a(?:c|(?:d|e)f)ghi", "ghi"),
        (r"a\(b(?:c)", ""),
        (r"\x41bc", ""),
        (r"[]x]abc", ""),
        (r"\d{3}", ""),
        ("x.{0,40}?delivered", "delivered"),
        ("(?:ab){0,2}?cd", "cd"),
        (r"[a\]bcd]ef", "ef"),
        (f"[{'a' * 300}]b", "b"),
        (f"[{'a' * 500}]b", ""),
        ("a{x}b", "a{x}b"),
        ("ab(?#c){0,3}", ""),
    ],
)
def test_what_every_match_of_a_pattern_holds(pattern: str, literal: str) -> None:
    assert find_literal(pattern) == literal


GROUPS = ("(?:a|b)?", "(?:ab)", "(?:a(?:b|1)|b)", "(?!a)", r"(?:\.|b){2}")
PIECES = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        r"\.",
        ".",
        r"\d",
        "[ab]",
        "b?",
        "a{0,2}",
        "a??",
        "b{1,2}?",
        r"[a\]b]",
        "[ab.]?+",
        r"\b",
        "1",
        "^",
        " ",
        *GROUPS,
    ]
)


@given(st.lists(PIECES, max_size=6).map("".join), st.text("ab1. ", max_size=12))
def test_no_match_is_without_it(pattern: str, text: str) -> None:
    found = re.search(pattern, text)
    assert found is None or find_literal(pattern) in text
