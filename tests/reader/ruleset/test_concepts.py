"""Which concepts a text speaks of is told by the entries of each language, as they are written or spelled."""

import pickle

import pytest

from watcher.reader.ruleset.concepts import Concepts
from watcher.reader.ruleset.wording import canonical


LISTS = {
    "any": {"link": ("http",)},
    "cs": {"call": ("kontakt",), "held": ("čekající",)},
    "bg": {"call": ("контакт",), "held": ("задържан*",)},
    "en": {"away": ("on leave", "travel*"), "till": ("from ~ to",), "held": ("on hold",), "link": ("page",)},
    "hr": {"away": ("godišnj* odmor*",)},
    "ja": {"away": ("出張",), "source": ("ip アドレス",)},
}
CONCEPTS = Concepts(LISTS)

CASES = [
    ("a word", "On hold", {"en": {"held"}}),
    ("two of them, of one language", "Travelling, on hold", {"en": {"away", "held"}}),
    ("no part of a word", "upon hold", {}),
    ("not behind its beginning", "untravelled", {}),
    ("no gap", "from to", {"en": {"till"}}),
    ("a gap", "from May 2 to June", {"en": {"till"}}),
    ("too wide a gap", "from May 2 on to June", {}),
    ("one side of a gap", "from May 2", {}),
    ("the first letters of both words", "godišnjem odmoru", {"hr": {"away"}}),
    ("the same in ASCII", "godisnjem odmoru", {"hr": {"away"}}),
    ("without its accents", "cekajici", {"cs": {"held"}}),
    ("in Latin letters", "zadrzhano", {"bg": {"held"}}),
    ("what two languages write", "kontakt", {"cs": {"call"}, "bg": {"call"}}),
    ("within a word, without spaces", "5月まで出張しております", {"ja": {"away"}}),
    ("where scripts meet", "送信元IPアドレス", {"ja": {"source"}}),
    ("where scripts meet, with a blank", "IP アドレス", {"ja": {"source"}}),
    ("of any language alone", "http", {"any": {"link"}}),
    ("of any language, among those of each", "on hold http", {"en": {"held", "link"}, "any": {"link"}}),
]


def _named(concepts: Concepts, text: str) -> dict[str, set[str]]:
    return {language: concepts.names_of(bits) for language, bits in concepts.find(canonical(text)).items()}


@pytest.mark.parametrize(("text", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_text(text: str, said: dict[str, set[str]]) -> None:
    assert _named(CONCEPTS, text) == said


def test_a_contested_word_is_of_the_language_that_writes_it_so() -> None:
    assert _named(Concepts(LISTS, contested=True), "kontakt") == {"cs": {"call"}}


@pytest.mark.parametrize(
    ("text", "names", "places"),
    [
        ("I am on leave", ("away",), {2, 3}),
        ("Travelling, on hold", ("away", "held"), {0, 2, 3}),
        ("Travelling, on hold", ("till",), set()),
        ("出張", ("away",), set()),
    ],
)
def test_the_words_that_speak_of_it(text: str, names: tuple[str, ...], places: set[int]) -> None:
    assert CONCEPTS.words_about(canonical(text), CONCEPTS.bits_of(*names)) == places


@pytest.mark.parametrize("concepts", [CONCEPTS, Concepts(LISTS, contested=True)], ids=["shared", "contested"])
def test_they_travel_to_another_process(concepts: Concepts) -> None:
    again = pickle.loads(pickle.dumps(concepts))
    assert _named(again, "kontakt, on leave") == _named(concepts, "kontakt, on leave")


def test_without_lists_nothing_is_said() -> None:
    assert Concepts().find(" on hold ") == {}
