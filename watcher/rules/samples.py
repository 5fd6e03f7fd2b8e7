"""Run the samples of rules: what each must find, and what it must leave."""

import re
from collections.abc import Iterable

from watcher.errors import RuleError
from watcher.reader.parse.text import fold
from watcher.reader.ruleset.dialects import Dialect
from watcher.reader.ruleset.nears import Nears, Words
from watcher.reader.ruleset.phrase_set import PhraseSet
from watcher.reader.ruleset.phrases import Phrases, WordRow
from watcher.reader.ruleset.signs import Sign, Signs
from watcher.reader.ruleset.wording import MAX_TEXT, canonical, clauses_of


SAMPLE_ADDRESS = "user@example.com"  # the recipient, in every sample
_STATUS = re.compile(r"(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?![\w]|\.\d)")
_REPLY = re.compile(r"\s*(\d{3})\b")


def check_samples(place: str, rows: Iterable[WordRow], words: Words) -> None:
    """Raise for the first sample that a rule does not find, or finds although it must not."""
    for row in rows:
        for sample in row.matches:
            if not finds(row, sample, words):
                raise RuleError(
                    f"{place}: rule {row.id}: matches {sample!r} is not found by it; mend rule or sample"
                )
        for sample in row.rejects:
            if finds(row, sample, words):
                raise RuleError(
                    f"{place}: rule {row.id}: rejects {sample!r} is found by it; mend rule or sample"
                )


def finds(row: WordRow, sample: str, words: Words) -> bool:
    """Say whether one rule finds a reply, as far as words and codes go; `words` are the word lists."""
    if row.statuses and not row.statuses.intersection(_STATUS.findall(sample)):
        return False
    reply = _REPLY.match(sample)
    if row.reply_codes and (reply is None or int(reply[1]) not in row.reply_codes):
        return False
    if row.near:
        clauses = clauses_of(fold(sample[:MAX_TEXT]), SAMPLE_ADDRESS)
        return any(Nears.build([row], words).find(clauses))
    if not row.phrase and row.pattern is None:
        return True
    return any(Phrases.build([row]).find(canonical(sample, SAMPLE_ADDRESS), fold(sample[:MAX_TEXT])))


def shows_sign(sign: Sign, sample: str) -> bool:
    """Say whether a sign is seen in a sample of the place that it looks at."""
    signs, words = Signs((sign,)), canonical(sample)
    return bool(signs.find_header(sign.header, words) if sign.header else signs.find(sign.where, words))


def shows_dialect(dialect: Dialect, sample: str) -> bool:
    """Say whether a sample, a line of a report or its subject, is one that a dialect knows."""
    known = PhraseSet((*dialect.body, *dialect.subject)).is_in(canonical(sample))
    return known or any(pattern.match(sample) for pattern in dialect.recipient)
