"""Run the samples of every rule: each must be found by its own rule, left by it, and win its reason.

Loading stops at the first fault of a user's file; here all of them are told, rule by rule.  A row of
a receiver is tried with that receiver, and without: there it must say nothing, unless the reply names the
receiver.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from watcher.reader.classify import explain_classify, find_reason
from watcher.reader.findings import Clue, Extract, Finding
from watcher.reader.parse.smtp_reply import parse_reply
from watcher.reader.parse.text import fold
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.nears import Words
from watcher.reader.ruleset.phrases import WordRow
from watcher.rules import load_rules, our_words, reasons
from watcher.rules.claims import CLAIMS
from watcher.rules.dialects import DIALECTS, read_dialects
from watcher.rules.files import CLASSIFY, POSTING, read_toml, toml_files
from watcher.rules.own import Own, load_own, run_samples
from watcher.rules.phrases import load_phrases
from watcher.rules.receivers import load_receivers
from watcher.rules.samples import (
    SAMPLE_ADDRESS,
    Trial,
    finder_of,
    makes_claim,
    shows_dialect,
    shows_sign,
    try_samples,
)
from watcher.rules.signs import SIGNS, read_signs
from watcher.rules.words import check_words, load_words


def prove(extra: Sequence[Path] = ()) -> Iterator[Trial]:
    """Run all samples: of the user's files, then of ours."""
    if extra:
        yield from _prove_own(extra)
    yield from _prove_ours()


def _prove_own(paths: Sequence[Path]) -> list[Trial]:
    taxonomy = reasons()
    receivers = load_rules().receivers
    words = our_words()
    owned = [load_own(path, taxonomy, receivers) for path in paths]
    for own in owned:
        check_words(own.path.name, own.rules, words)
    trials = [trial for own in owned for trial in _on_own(own, None, words)]
    if any(trial.fault for trial in trials):
        return trials
    # Only files without a fault can be loaded, and asked which rule wins.
    rules = load_rules(paths)
    return [trial for own in owned for trial in _on_own(own, rules, words)]


@cache  # they hold or do not, whoever asks
def _prove_ours() -> tuple[Trial, ...]:
    return tuple(_on_ours(load_rules(), our_words()))


def _on_ours(ours: Rules, words: Words) -> Iterator[Trial]:
    yield from _on_words(load_receivers(CLASSIFY / "receivers", ours.taxonomy, whole=True)[1], ours, words)
    for folder in ("phrases", "near"):
        yield from _on_words(load_phrases(CLASSIFY / folder, ours.taxonomy, whole=True), ours, words)
    posting = load_words(POSTING / "words")
    for row in load_phrases(POSTING / "rows", ours.taxonomy, whole=True):
        yield from try_samples(row.id, row.matches, row.rejects, finder_of(row, posting, ours.refusals))
    for path in toml_files(SIGNS):
        content = read_toml(path)
        signs = read_signs(path.name, content, ours.taxonomy)
        yield from (_bare(entry["id"]) for entry in content["sign"] if not entry.get("matches"))
        yield from run_samples(content["sign"], signs, shows_sign)
    claims = ours.claims
    yield from run_samples(read_toml(CLAIMS)["claim"], claims.rows, partial(makes_claim, claims))
    for path in toml_files(DIALECTS):
        content = read_toml(path)
        dialects = read_dialects(path.name, content)
        yield from run_samples(content.get("dialect", []), dialects, shows_dialect)


def _on_own(own: Own, rules: Rules | None, words: Words) -> Iterator[Trial]:
    yield from _on_words(own.rules, rules, words)
    yield from own.samples


def _on_words(rows: Iterable[WordRow], rules: Rules | None, words: Words) -> Iterator[Trial]:
    for row in rows:
        if not row.matches:
            yield _bare(row.id)
        # All rows on near words have one index; to build one for each takes longer than all the rest.
        index = (rules.own_nears if row.own else rules.nears) if rules and row.near else None
        for trial in try_samples(row.id, row.matches, row.rejects, finder_of(row, words, index)):
            yield replace(trial, fault=trial.fault or _stronger(row, trial.sample, rules))
        if rules is not None and row.receiver is not None:
            yield from (_without_receiver(row, sample, rules) for sample in row.matches)


def _bare(rule: str) -> Trial:
    return Trial(rule, "", "has no sample; give one real text in matches")


def _without_receiver(row: WordRow, sample: str, rules: Rules) -> Trial:
    """Try a sample of a receiver's row where nothing but the reply tells whose it is."""
    told = explain_classify(_finding(row, sample), _place(row), rules)
    named = row.receiver in {each.name for each in rules.receivers.find("", "", fold(sample))}
    if named:
        return Trial(row.id, sample)
    if any(candidate.rule == row.id for candidate in told.candidates):
        return Trial(row.id, sample, f"is found where {row.receiver} is not known; narrow the rule")
    note = f"holds where {row.receiver} refuses; the reply alone is {told.verdict.reason}"
    return Trial(row.id, sample, note=note if row.own else None)


def _stronger(row: WordRow, sample: str, rules: Rules | None) -> str | None:
    """Say what is wrong where another rule wins a sample."""
    if rules is None or sample not in row.matches:
        return None
    reason = _reason(row, sample, rules)
    return f"is {reason} by a stronger rule; raise this one's priority" if reason != row.reason else None


def _reason(row: WordRow, sample: str, rules: Rules) -> str:
    """Classify a sample where the row's conditions on receiver, command and place hold."""
    return find_reason(_finding(row, sample, _host(row, rules)), _place(row), rules)


def _finding(row: WordRow, sample: str, host: str | None = None) -> Finding:
    reply = parse_reply(sample)
    return Finding(
        address=SAMPLE_ADDRESS,
        status=reply.status,
        reply_code=reply.reply_code,
        diagnostic=sample,
        remote_mta=host,
        command=next(iter(sorted(row.commands)), None),
        clues=(Clue(sample, "diagnostic-code"),),
    )


def _place(row: WordRow) -> Extract:
    return Extract(reporting_mta="mx.example.com" if row.local else None)


def _host(row: WordRow, rules: Rules) -> str | None:
    """Give a host name by which the receiver that a row is bound to is recognised."""
    hosts = (each.hosts for each in rules.receivers.rows if each.name == row.receiver and each.hosts)
    found = next(hosts, None)
    return f"mx{found[0]}" if found else None
