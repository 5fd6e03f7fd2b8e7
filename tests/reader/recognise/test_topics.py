"""The topics of a sentence are told by the words of one language, and a greeting by whom it names."""

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.recognise.topics import find_topics, greets_someone, is_else, topics_as_words
from watcher.reader.ruleset.concepts import Concepts
from watcher.reader.ruleset.wording import canonical


CONCEPTS = Concepts(
    {
        "en": {"away": ("on leave", "travel*"), "till": ("until",), "greet": ("hello",), "anyone": ("all",)},
        "nl": {"away": ("met verlof",), "till": ("tot",)},
        "ja": {"away": ("出張",)},
    },
    contested=True,
)


@pytest.mark.parametrize(
    ("text", "language", "about"),
    [
        ("I am on leave until Monday", "en", [{"away", "till"}]),
        ("We are travelling", "en", [{"away"}]),
        ("Ik ben met verlof tot maandag", "nl", [{"away", "till"}]),
        ("5月まで出張しております", "ja", [{"away"}]),
        ("Hello all", None, [set()]),
        ("The price is fine", None, [set()]),
    ],
)
def test_a_sentence(text: str, language: str | None, about: list[set[str]]) -> None:
    assert find_topics([canonical(text)], CONCEPTS) == (language, about)


def test_a_word_of_another_language_says_nothing_beside_two_that_say_more() -> None:
    # "tot" is no Dutch word here, and Japanese and English say as much as two languages may.
    told = [canonical("I am on leave until Monday"), canonical("出張"), canonical("出張"), canonical("tot")]
    assert find_topics(told, CONCEPTS)[1][3] == set()


def test_sentences_become_words() -> None:
    long, short = canonical("the blue finish is fine with us"), canonical("Pat")
    assert topics_as_words([("x", {"till", "away"}), (long, set()), (short, set())]) == " away till . else . "


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("The blue finish is fine with us", True),
        ("We are travelling, and the blue one is fine", False),
        ("Many regards, Pat", False),
    ],
)
def test_something_else(text: str, *, other: bool) -> None:
    assert is_else(canonical(text), CONCEPTS) is other


@pytest.mark.parametrize(
    ("clause", "named"),
    [
        ("Hello", False),
        ("Hello all", False),
        ("Hello Leena", True),
        ("Leena", False),
        ("I am on leave", False),
    ],
)
def test_a_greeting_by_name(clause: str, *, named: bool) -> None:
    assert greets_someone(canonical(clause), CONCEPTS) is named


def test_ours_speak_of_the_same_things_in_every_language() -> None:
    for each in ("away", "person", "greet"):
        assert each in RULES.concepts.names
