"""What a sentence speaks of is told by the words of one language, and a greeting by whom it names."""

import pickle

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.ruleset.concepts import Concepts, told_as_words
from watcher.reader.ruleset.wording import canonical


LISTS = {
    "en": {"away": ("on leave", "travel*"), "till": ("until",), "greet": ("hello",), "anyone": ("all",)},
    "nl": {"away": ("met verlof",), "till": ("tot",)},
    "ja": {"away": ("出張",)},
}
CONCEPTS = Concepts(LISTS)


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
    assert CONCEPTS.find([canonical(text)]) == (language, about)


def test_a_word_of_another_language_says_nothing_beside_two_that_say_more() -> None:
    # "tot" is no Dutch word here, and Japanese and English say as much as two languages may.
    told = [canonical("I am on leave until Monday"), canonical("出張"), canonical("出張"), canonical("tot")]
    assert CONCEPTS.find(told)[1][3] == set()


def test_sentences_become_words() -> None:
    long, short = canonical("the blue finish is fine with us"), canonical("Pat")
    assert told_as_words([("x", {"till", "away"}), (long, set()), (short, set())]) == " away till . else . "


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
    assert CONCEPTS.greets_someone(canonical(clause)) is named


def test_they_travel_to_another_process() -> None:
    again = pickle.loads(pickle.dumps(CONCEPTS))
    assert again.find([canonical("on leave")]) == CONCEPTS.find([canonical("on leave")])


def test_ours_speak_of_the_same_things_in_every_language() -> None:
    for each in ("away", "person", "greet"):
        assert each in RULES.concepts.names
