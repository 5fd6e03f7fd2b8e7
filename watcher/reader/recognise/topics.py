"""Tell the topics of an answer, sentence by sentence: an absence, a return, whom to ask instead.

People who leave an answer behind say two or three such things, in sentences of their own, and nothing else.
Each is a concept (`recognise/concepts/answers`).  A greeting speaks of none.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from watcher.reader.ruleset.concepts import Concepts
from watcher.reader.ruleset.wording import is_unspaced


ELSE: Final = "else"  # the topic of a sentence that holds no listed word
MAX_GREETING: Final = 4  # words that greet, or sign, and speak of nothing
MAX_UNSPACED: Final = 12  # characters of such a greeting in a script without spaces
MAX_GREETED: Final = 6  # words of a greeting
LANGUAGES: Final = 2  # in which one answer is given
_GREETING: Final = ("greet", "anyone")
_NEWS: Final = ("away", "gone", "moved", "firm", "closing", "received")


def find_topics(sentences: Sequence[str], concepts: Concepts) -> tuple[str | None, list[set[str]]]:
    """Return the language of an answer, and the topics of each sentence, told in that or in the next."""
    greeting = concepts.bits_of(*_GREETING)
    every = [
        {language: bits for language, bits in concepts.find(sentence).items() if bits & ~greeting}
        for sentence in sentences
    ]
    points: dict[str, int] = {}
    for spoken in every:
        for language, bits in spoken.items():
            points[language] = points.get(language, 0) + 1 + bits.bit_count()
    ranked = sorted(points, key=lambda language: (-points[language], language))[:LANGUAGES]
    chosen = [next((spoken[each] for each in ranked if each in spoken), 0) for spoken in every]
    return ranked[0] if ranked else None, [concepts.names_of(bits & ~greeting) for bits in chosen]


def is_else(sentence: str, concepts: Concepts) -> bool:
    """Say whether a sentence holds no listed word, and is no greeting."""
    return not concepts.find(sentence) and _without_topic(sentence) == ELSE


def greets_someone(clause: str, concepts: Concepts) -> bool:
    """Say whether a clause is a greeting and names whom it greets."""
    count = len(clause.split())
    if count > MAX_GREETED:
        return False
    greeting, anyone = map(concepts.bits_of, _GREETING)
    news = concepts.bits_of(*_NEWS)
    if any(bits & greeting and bits & news for bits in concepts.find(clause).values()):
        return False  # "Hello my address has changed."
    greeted = concepts.words_about(clause, greeting)
    return 0 in greeted and len(greeted | concepts.words_about(clause, anyone)) < count


def topics_as_words(told: Iterable[tuple[str, set[str]]]) -> str:
    """Write the topics of each sentence as a sentence, for signs to be looked for in it."""
    each = (" ".join(sorted(about)) if about else _without_topic(sentence) for sentence, about in told)
    return f" {' . '.join(filter(None, each))} . "


def _without_topic(sentence: str) -> str:
    """Tell a greeting from a sentence that speaks of something else."""
    if is_unspaced(sentence):
        return ELSE if len(sentence) > MAX_UNSPACED else ""
    return ELSE if sum(word.isalnum() for word in sentence.split()) > MAX_GREETING else ""
