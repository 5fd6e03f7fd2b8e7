"""Which listed phrases begin at each word, found by way of the second word or one by one."""

from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.ruleset.lexicon import Hit, Lexicon, _match


WORDS = ["not", "nothing", "nothings", "found", "be", "x"]
PHRASES = ["not", "noth*", "found", "not found", "not be found", "not ~ found"]
PHRASES += ["noth* found", "not fou*", "x ~", "nothing be"]


@given(
    st.lists(st.sampled_from(PHRASES), unique=True),
    st.lists(st.sampled_from(WORDS), max_size=8),
)
def test_phrases_are_found_as_one_by_one(phrases: list[str], clause: list[str]) -> None:
    listed = {phrase: 1 << number for number, phrase in enumerate(phrases)}
    assert Lexicon(listed).find_hits(clause) == _one_by_one(listed, clause)


def _one_by_one(listed: dict[str, int], clause: list[str]) -> list[Hit]:
    # Whole words before beginnings, the short ones first, as the list of hits may be cut.
    firsts = {phrase: phrase.split()[0] for phrase in listed}
    order = sorted(listed, key=lambda phrase: len(firsts[phrase]) if firsts[phrase].endswith("*") else 0)
    return [
        (listed[phrase], at, end)
        for at in range(len(clause))
        for phrase in order
        if (end := _match(clause, at, tuple(phrase.split())))
    ]
