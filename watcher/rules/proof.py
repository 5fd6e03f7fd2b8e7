"""Run the samples of every rule: each must be found by its own rule, left by it, and win its reason.

Loading stops at the first fault of a user's file; here all of them are told, rule by rule.
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watcher.reader.classify import find_reason
from watcher.reader.findings import Clue, Extract, Finding
from watcher.reader.parse.smtp_reply import parse_reply
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.dialects import Dialect
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.wording import canonical
from watcher.rules import load_rules
from watcher.rules.dialects import DIALECTS
from watcher.rules.files import CLASSIFY, toml_files
from watcher.rules.phrases import load_phrases, load_user_rules
from watcher.rules.receivers import load_receivers
from watcher.rules.samples import SAMPLE_ADDRESS, finds
from watcher.rules.signs import SIGNS


@dataclass(frozen=True, slots=True)
class Trial:
    """One sample, and what is wrong with it, if anything is."""

    rule: str
    sample: str
    fault: str | None = None


def prove(extra: Sequence[Path] = ()) -> Iterator[Trial]:
    """Run all samples: of the user's files, then of ours."""
    ours = load_rules()
    for path in extra:
        rows = load_user_rules(path, ours.taxonomy, ours.receivers)
        trials = tuple(_on_words(rows, None))
        # Only files without a fault can be loaded, and asked which rule wins.
        yield from trials if any(trial.fault for trial in trials) else _on_words(rows, load_rules([path]))
    yield from _on_words(load_receivers(CLASSIFY / "receivers", ours.taxonomy, whole=True)[1], ours)
    yield from _on_words(load_phrases(CLASSIFY / "phrases", ours.taxonomy, whole=True), ours)
    yield from _on_signs(ours)
    yield from _on_dialects(ours)


def _on_words(rows: Iterable[WordRow], rules: Rules | None) -> Iterator[Trial]:
    for row in rows:
        for sample in row.matches:
            yield Trial(row.id, sample, _fault(row, sample, rules))
        for sample in row.rejects:
            found = finds(row, sample)
            yield Trial(row.id, sample, "is found, and must not be; narrow the rule" if found else None)


def _fault(row: WordRow, sample: str, rules: Rules | None) -> str | None:
    if not finds(row, sample):
        return "is not found; mend rule or sample"
    if rules is None:
        return None
    reason = _reason(row, sample, rules)
    return f"is {reason} by a stronger rule; raise this one's priority" if reason != row.reason else None


def _reason(row: WordRow, sample: str, rules: Rules) -> str:
    """Classify a sample where the row's conditions on receiver, command and place hold."""
    reply = parse_reply(sample)
    finding = Finding(
        address=SAMPLE_ADDRESS,
        status=reply.status,
        reply_code=reply.reply_code,
        diagnostic=sample,
        remote_mta=_host(row, rules),
        command=next(iter(sorted(row.commands)), None),
        clues=(Clue(sample, "diagnostic-code"),),
    )
    place = Extract(reporting_mta="mx.example.com" if row.local else None)
    return find_reason(finding, place, rules)


def _host(row: WordRow, rules: Rules) -> str | None:
    """Give a host name by which the receiver that a row is bound to is recognised."""
    hosts = (each.hosts for each in rules.receivers.rows if each.name == row.receiver and each.hosts)
    found = next(hosts, None)
    return f"mx{found[0]}" if found else None


def _entries(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    for path in toml_files(folder):
        yield from tomllib.loads(path.read_text("utf-8")).get(table, [])


def _on_signs(rules: Rules) -> Iterator[Trial]:
    for entry in _entries(SIGNS, "sign"):
        for sample in entry.get("matches", ()):
            seen = _shows_sign(entry, sample, rules)
            yield Trial(entry["id"], sample, None if seen else "is not seen; mend sign or sample")
        for sample in entry.get("rejects", ()):
            seen = _shows_sign(entry, sample, rules)
            yield Trial(entry["id"], sample, "is seen, and must not be; narrow the sign" if seen else None)


def _shows_sign(entry: dict[str, Any], sample: str, rules: Rules) -> bool:
    words, header = canonical(sample), entry.get("header")
    hits = (
        rules.signs.find_header(header.lower(), words) if header else rules.signs.find(entry["where"], words)
    )
    return any(hit.sign.id == entry["id"] for hit in hits)


def _on_dialects(rules: Rules) -> Iterator[Trial]:
    rows = {row.id: row for row in rules.dialects.rows}
    for entry in _entries(DIALECTS, "dialect"):
        for sample in entry.get("matches", ()):
            seen = _shows_dialect(rows[entry["id"]], sample)
            yield Trial(entry["id"], sample, None if seen else "is not read; mend dialect or sample")
        for sample in entry.get("rejects", ()):
            seen = _shows_dialect(rows[entry["id"]], sample)
            yield Trial(entry["id"], sample, "is read, and must not be; narrow the dialect" if seen else None)


def _shows_dialect(row: Dialect, sample: str) -> bool:
    words = canonical(sample)
    return any(f" {phrase} " in words for phrase in (*row.body, *row.subject)) or any(
        pattern.match(sample) for pattern in row.recipient
    )
