"""Every pattern of the reader and of the rules takes time by the length of the text, whatever the text is.

The texts are made from the pattern's own pieces (its literals, a letter of each of its classes), repeated:
what leads a pattern on and then fails it is what costs most.
"""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

import watcher.reader
from tests.reader.rulebook import RULES
from watcher.reader.ruleset.locating import locate
from watcher.reader.ruleset.wording import MAX_TEXT, canonical_phrase


SIZE = 4_000
TWICE = 3.0  # of the time, for twice the text: two is linear, four is quadratic
FLOOR = 0.003  # CPU seconds below which the clock says little
CATEGORIES = {
    code.CATEGORY_DIGIT: "5", code.CATEGORY_NOT_DIGIT: "a", code.CATEGORY_SPACE: " ",
    code.CATEGORY_NOT_SPACE: "a", code.CATEGORY_WORD: "a", code.CATEGORY_NOT_WORD: "-",
}  # fmt: skip
ALWAYS = ("a", " ", "\n", "a b", "5", "550 ", "<", "a@b.")


def patterns_of_modules() -> Iterator[tuple[str, re.Pattern]]:
    """Yield every compiled pattern that a module of the reader holds."""
    for found in pkgutil.walk_packages(watcher.reader.__path__, "watcher.reader."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{found.name.removeprefix('watcher.reader.')}.{name}", value


def patterns_of_rules() -> Iterator[tuple[str, re.Pattern]]:
    for row in RULES.phrases.rows:
        if row.pattern is not None:
            yield row.id, row.pattern
    for dialect in RULES.dialects.rows:
        for number, pattern in enumerate(dialect.recipient):
            yield f"{dialect.id}#{number}", pattern
    for gapped in (*RULES.concepts._index.gapped.values(), *RULES.claims.concepts._index.gapped.values()):
        for pattern, _ in gapped:
            yield pattern.pattern.strip(), pattern


def pieces_of(pattern: re.Pattern) -> list[str]:
    """Give the pieces of a pattern in order: a letter for each literal and class."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    return list(_letters(parser.parse(text, pattern.flags & ~re.UNICODE & ~re.DEBUG)))


def _letters(tree: object) -> Iterator[str]:  # noqa: C901 - one case an operation
    for operation, argument in tree:  # type: ignore[attr-defined]
        if operation is code.LITERAL:
            yield chr(argument)
        elif operation is code.ANY:
            yield "x"
        elif operation is code.NOT_LITERAL:
            yield "a" if argument != ord("a") else "b"
        elif operation is code.IN:
            yield _of_class(argument)
        elif operation is code.BRANCH:
            for branch in argument[1]:
                yield from _letters(branch)
        elif operation in {code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT}:
            low, _, inside = argument
            yield "".join(_letters(inside)) * max(1, min(int(low), 20))
        elif operation is code.SUBPATTERN:
            yield "".join(_letters(argument[3]))
        elif operation is code.ATOMIC_GROUP:
            yield "".join(_letters(argument))
        elif operation is code.ASSERT:
            yield "".join(_letters(argument[1]))


def _of_class(members: list) -> str:
    denied = members[0][0] is code.NEGATE
    if denied:
        compiled = [m for m in members if m[0] is not code.NEGATE]
        return next(c for c in "a 5-.@<\né" if not any(_holds(m, c) for m in compiled))
    kind, argument = members[-1]
    if kind is code.LITERAL:
        return chr(argument)
    return chr(argument[0]) if kind is code.RANGE else CATEGORIES[argument]


def _holds(member: tuple, letter: str) -> bool:
    kind, argument = member
    if kind is code.LITERAL:
        return ord(letter) == argument
    if kind is code.RANGE:
        return argument[0] <= ord(letter) <= argument[1]
    tests = {
        code.CATEGORY_DIGIT: letter.isdigit(), code.CATEGORY_NOT_DIGIT: not letter.isdigit(),
        code.CATEGORY_SPACE: letter.isspace(), code.CATEGORY_NOT_SPACE: not letter.isspace(),
        code.CATEGORY_WORD: letter.isalnum(), code.CATEGORY_NOT_WORD: not letter.isalnum(),
    }  # fmt: skip
    return tests[argument]


def fillers(pattern: re.Pattern) -> set[str]:
    """Give what to repeat: each piece, each run of pieces from the start, and what any mail has."""
    pieces = [piece for piece in pieces_of(pattern) if piece]
    heads = ["".join(pieces[:count]) for count in range(1, min(len(pieces), 6) + 1)]
    return {*ALWAYS, *pieces[:8], *heads, "".join(pieces), "".join(pieces)[:-1] or "a"}


def spend(pattern: re.Pattern, text: str, tries: int) -> float:
    """Return the CPU seconds of looking for every match, the best of some tries."""
    given = text if isinstance(pattern.pattern, str) else text.encode("utf-8")
    best = float("inf")
    for _ in range(tries):
        started = time.thread_time()
        for _found in pattern.finditer(given):
            pass
        pattern.match(given)
        best = min(best, time.thread_time() - started)
    return best


def growth(pattern: re.Pattern, filler: str) -> float:
    """Return how many times longer twice the text takes."""
    for size, tries in ((SIZE, 1), (SIZE, 3)):
        long = filler * (2 * size // len(filler) + 1)
        longer = spend(pattern, long, tries)
        if longer < FLOOR:
            return 1.0
        ratio = longer / max(spend(pattern, long[: len(long) // 2], tries), FLOOR / 4)
        if ratio < TWICE:
            break
    return ratio


ALL = dict([*patterns_of_modules(), *patterns_of_rules()])


@pytest.mark.parametrize("name", ALL)
def test_twice_the_text_takes_twice_the_time(name: str) -> None:
    slow = {filler: ratio for filler in fillers(ALL[name]) if (ratio := growth(ALL[name], filler)) >= TWICE}
    assert slow == {}


def test_all_patterns_are_found() -> None:
    assert len(ALL) > 60
    assert {"parse.address._TOKENS", "parse.header._FIELD", "extract.naming.LABELLED"} <= set(ALL)


@pytest.mark.parametrize("source", [r"(?:a|b)*c", r"x*y", r"[^<]*>"])
def test_a_slow_pattern_would_be_seen(source: str) -> None:
    pattern = re.compile(source)
    # On a busy machine a measurement may come out too low, so that there are three.
    assert any(growth(pattern, filler) >= TWICE for _ in range(3) for filler in fillers(pattern))


def test_a_phrase_is_located_by_the_length_of_the_text() -> None:
    """The pattern that looks for a phrase's place in the mail is made from the phrase."""
    phrases = sorted({row.phrase for row in RULES.phrases.rows if row.phrase}, key=len)
    chosen = [*phrases[-8:], *(p for p in phrases if canonical_phrase("{address}") in p)]
    for phrase in chosen:
        words = phrase.split()
        for filler in (f"{words[0]} ", f"{words[0]} - ", " ".join(words[:-1]) + " ", f"{words[0]}{words[0]}"):
            text = (filler * MAX_TEXT)[:MAX_TEXT]
            started = time.thread_time()
            locate(text, phrase)
            assert time.thread_time() - started < 0.3, (phrase, filler)
