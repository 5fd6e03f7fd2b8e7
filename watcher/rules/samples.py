"""Run the samples of rules: what each must find, and what it must leave."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from watcher.errors import RuleError
from watcher.reader.parse.text import fold
from watcher.reader.ruleset.claims import Claim, Claims
from watcher.reader.ruleset.dialects import Dialect
from watcher.reader.ruleset.nears import Nears, Words
from watcher.reader.ruleset.phrase_set import PhraseSet
from watcher.reader.ruleset.phrases import Phrases, WordRow
from watcher.reader.ruleset.signs import Sign, Signs
from watcher.reader.ruleset.wording import MAX_TEXT, canonical, clauses_of, words_of
from watcher.rules.phrases import our_readings


SAMPLE_ADDRESS = "user@example.com"  # the recipient, in every sample
_STATUS = re.compile(r"(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?![\w]|\.\d)")
_REPLY = re.compile(r"\s*(\d{3})\b")


@dataclass(frozen=True, slots=True)
class Trial:
    """One sample, what is wrong with it, if anything is, and what else its author may not expect."""

    rule: str
    sample: str
    fault: str | None = None
    note: str | None = None


def try_samples(
    rule: str, matches: Iterable[str], rejects: Iterable[str], finds: Callable[[str], bool]
) -> Iterator[Trial]:
    """Run the samples of one rule: what it must find, and what it must leave."""
    for sample in matches:
        yield Trial(rule, sample, None if finds(sample) else "is not found; mend rule or sample")
    for sample in rejects:
        yield Trial(rule, sample, "is found, and must not be; narrow the rule" if finds(sample) else None)


def check_samples(place: str, rows: Iterable[WordRow], words: Words) -> None:
    """Raise for the first sample that a rule does not find, or finds although it must not."""
    for row in rows:
        finds = finder_of(row, words)
        for sample in row.matches:
            if not finds(sample):
                raise RuleError(
                    f"{place}: rule {row.id}: matches {sample!r} is not found by it; mend rule or sample"
                )
        for sample in row.rejects:
            if finds(sample):
                raise RuleError(
                    f"{place}: rule {row.id}: rejects {sample!r} is found by it; mend rule or sample"
                )


def finder_of(row: WordRow, words: Words, nears: Nears | None = None) -> Callable[[str], bool]:
    """Give what says whether one rule finds a reply, as far as words and codes go.

    `nears` is an index that holds the rule, where there is one.
    """
    said = _words_finder(row, words, nears)
    return lambda sample: _codes_hold(row, sample) and said(sample)


def _codes_hold(row: WordRow, sample: str) -> bool:
    if row.statuses and not row.statuses.intersection(_STATUS.findall(sample)):
        return False
    reply = _REPLY.match(sample)
    return not row.reply_codes or (reply is not None and int(reply[1]) in row.reply_codes)


def _words_finder(row: WordRow, words: Words, nears: Nears | None) -> Callable[[str], bool]:
    if row.near:
        return partial(_finds_near, nears or Nears.build([row], words), row.id)
    if not row.phrase and row.pattern is None:
        return lambda _: True
    phrases = Phrases.build([row])
    return lambda sample: any(phrases.find(words_of(_told(sample), SAMPLE_ADDRESS), fold(sample[:MAX_TEXT])))


def _finds_near(nears: Nears, rule: str, sample: str) -> bool:
    found = nears.find(clauses_of(_told(sample), SAMPLE_ADDRESS))
    return any(row.id == rule for row, _ in found)


def _told(sample: str) -> str:
    return our_readings().citing.name(fold(sample[:MAX_TEXT]))


def shows_sign(sign: Sign, sample: str) -> bool:
    """Say whether a sign is seen in a sample of the place that it looks at."""
    signs, words = _alone(sign), canonical(sample)
    if sign.words:
        return bool(signs.find_fate(sample))
    return bool(signs.find_header(sign.header, words) if sign.header else signs.find(sign.where, words))


@lru_cache(maxsize=1)  # its samples come one after the other
def _alone(sign: Sign) -> Signs:
    return Signs((sign,))


def makes_claim(claims: Claims, claim: Claim, sample: str) -> bool:
    """Say whether a sample makes one of the claims."""
    return any(told.claim is claim for told in claims.find(canonical(sample)))


def shows_dialect(dialect: Dialect, sample: str) -> bool:
    """Say whether a sample, a line of a report or its subject, is one that a dialect knows."""
    known = PhraseSet((*dialect.body, *dialect.subject)).is_in(canonical(sample))
    return known or any(pattern.match(sample) for pattern in dialect.recipient)
