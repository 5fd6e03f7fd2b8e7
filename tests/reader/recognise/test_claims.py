"""Claims are told by several concepts, each in whatever words of one language."""

import pickle

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader.ruleset.claims import Claim, Claims
from watcher.reader.ruleset.concepts import Concepts
from watcher.reader.ruleset.wording import canonical, is_unspaced
from watcher.rules.proof import prove


WORDS = RULES.claims.concepts.lists
LANGUAGES = sorted(set(WORDS) - {"any"})


def _parts(*kinds: Kind) -> set[str]:
    rows = [row for row in RULES.claims.rows if row.kind in kinds]
    return {name for row in rows for part in (*row.needs, *row.some) for way in part for name in way}


PARTS, ASKED = _parts(*Kind), _parts(Kind.REQUEST, Kind.ORDINARY)
# What the writer's name, or a number, says; few languages have words of their own for it.
OF_ONE_LANGUAGE = {"ip", "mail_status", "opened", "document", "document_came"}


def _row(*needs: str, unless: str = "") -> Claim:
    parts = tuple((frozenset(part.split()),) for part in needs)
    return Claim(
        "x", Kind.NOTICE, "machine_report", parts, unless=((frozenset([unless]),),) if unless else ()
    )


CASES = [
    ("both parts, in two sentences", _row("a", "b"), "Red here. And blue.", True),
    ("one part alone", _row("a", "b"), "Red here. And red.", False),
    ("in one sentence, as asked", _row("a b"), "Red and blue.", True),
    ("in two sentences", _row("a b"), "Red. Blue.", False),
    ("in two languages", _row("a", "b"), "Red und blau.", False),
    ("the beginning of a word", _row("a", "b"), "Redder, blue", False),
    ("a stem", _row("a", "c"), "Red and greenish", True),
    ("what all languages share", _row("a", "d"), "Red 7", True),
    ("what is against it", _row("a", unless="b"), "Red. Blue.", False),
]
CLAIMED = {
    "en": {"a": ("red",), "b": ("blue",), "c": ("green*",)},
    "de": {"a": ("rot",), "b": ("blau",)},
    "any": {"d": ("7",)},
}


@pytest.mark.parametrize(
    ("row", "text", "made"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_claim_is_made_by_its_parts(row: Claim, text: str, made: bool) -> None:
    claims = pickle.loads(pickle.dumps(Claims([row], Concepts(CLAIMED))))
    assert bool(claims.find(canonical(text))) is made


def test_every_sample_of_ours_holds() -> None:
    assert [trial for trial in prove() if ".claim." in trial.rule and trial.fault] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_every_concept(language: str) -> None:
    """Or for all that requests speak of, where machines write in none."""
    told = set(WORDS[language]) | set(WORDS["any"])
    assert (ASKED if "held" not in told else PARTS) - told <= OF_ONE_LANGUAGE


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_beginning_is_too_short_to_say_anything(language: str) -> None:
    entries = [entry for entries in WORDS[language].values() for entry in entries]
    assert [e for e in entries if e.endswith("*") and len(e) < 4 and not is_unspaced(e)] == []
