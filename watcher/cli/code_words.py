"""Put what is known of one reply into words: standards, receivers, guides, and our verdict."""

from collections.abc import Iterator
from dataclasses import replace

from watcher.reader.classify import Candidate
from watcher.reader.code_reading import (
    CodeReading,
    find_compact,
    find_labels,
    find_receivers_sayings,
    find_sayings,
)
from watcher.reader.ruleset import Rules
from watcher.rules.files import CLASSIFY
from watcher.rules.receivers import load_receivers


RUNNERS_UP = 4


def load_meanings(rules: Rules) -> Rules:
    """Give the rules with what each receiver's code means, which answers alone do not need."""
    return replace(rules, receivers=load_receivers(CLASSIFY / "receivers", rules.taxonomy, whole=True)[0])


def in_words(reading: CodeReading, rules: Rules) -> Iterator[str]:
    """Give the explanation of one reply, line by line."""
    yield reading.given
    for title, lines in (
        ("the standards", _standards(reading, rules)),
        ("big receivers", _receivers(reading, rules)),
        ("the guides", _guides(reading, rules)),
        ("what we make of it", _verdict(reading, rules)),
    ):
        shown = tuple(lines)
        if shown:
            yield f"  {title}"
            yield from (f"    {line}" for line in shown)
    yield ""


def _standards(reading: CodeReading, rules: Rules) -> Iterator[str]:
    for each in find_sayings(reading.reply, rules):
        yield f"{each.code}: {each.meaning}" + (f" ({each.source})" if each.source else "; in no standard")


def _receivers(reading: CodeReading, rules: Rules) -> Iterator[str]:
    for each in find_receivers_sayings(reading.reply, rules):
        yield f"{each.source}, {each.code}: {each.meaning} ({each.reason})"


def _guides(reading: CodeReading, rules: Rules) -> Iterator[str]:
    compact = find_compact(reading.reply, rules)
    if compact is not None:
        yield f"{reading.reply.reply_code} as {compact.code} without its dots: {compact.meaning}"
    for name, title, label in find_labels(reading, rules):
        yield f"{label}, by {title} (--profile {name})"


def _verdict(reading: CodeReading, rules: Rules) -> Iterator[str]:
    verdict = reading.told.verdict
    said = f"{verdict.bounce_class}: " if verdict.bounce_class else ""
    yield f"{said}{verdict.reason} (confidence {verdict.confidence:.2f})"
    yield rules.taxonomy[verdict.reason].definition
    yield f"advice: {verdict.advice.replace('_', ' ')}; the codes alone say: {verdict.code_class}"
    if verdict.evidence:
        first = verdict.evidence[0]
        yield f"decided by {first.rule}, on '{first.matched}'"
    for each in reading.told.candidates[1 : 1 + RUNNERS_UP]:
        yield _runner_up(each)


def _runner_up(each: Candidate) -> str:
    return f"runner-up {each.rule}, on '{each.matched}': {each.reason}"
