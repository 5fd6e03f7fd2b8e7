"""A pattern that a hostile text could make slow is refused; one that is let in is quick on any filler."""

import re
import time

import pytest

from watcher.rules.patterns import find_slowness


SLOW = [
    ("without end", "a*", "repeats without end"),
    ("at least one", "a+b", "repeats without end"),
    ("open range", "a{2,}", "repeats without end"),
    ("nested", "(?:a{0,9}){0,9}", "a repeat inside a repeat"),
    ("nested deeper", "(?:(a{0,9})b){0,9}", "a repeat inside a repeat"),
    ("too many ways", ".{0,80}x.{0,80}y", "ways to try"),
    ("no start", "a{,99}b{,99}", "ways to try"),
]
QUICK = [
    "user unknown",
    r"score [0-9]{1,3}\.[0-9]",
    r"[+*]\+\*\{2,\}",
    "(?:a|b)?c{3}",
    "(?:[0-9]{1,3}a){2}",
    r"^.{0,900}x",
    "(?:a{0,9})?b",
    ")",
]


@pytest.mark.parametrize(("source", "fault"), [case[1:] for case in SLOW], ids=[case[0] for case in SLOW])
def test_a_slow_pattern_is_refused(source: str, fault: str) -> None:
    assert fault in str(find_slowness(source))


@pytest.mark.parametrize("source", QUICK)
def test_a_bounded_pattern_is_let_in(source: str) -> None:
    assert find_slowness(source) is None


@pytest.mark.parametrize("filler", ["a", "x ", "1", "12a", ".", "score 1"])
@pytest.mark.parametrize("source", [each for each in QUICK if each != ")"])
def test_what_is_let_in_is_quick_on_filler(source: str, filler: str) -> None:
    text = (filler * 8_000)[:8_000]
    began = time.process_time()
    re.search(source, text)
    assert time.process_time() - began < 0.5
