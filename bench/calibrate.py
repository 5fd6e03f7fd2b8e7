"""Measure how sure the reader may be: how often each kind of evidence, and each confidence, is right.

usage: calibrate.py FOLDER...      each with labels.jsonl and mail/, or a CSV of replies as in tests/

A family (the mail of one system, or one list of replies) is never judged by a level fitted on itself: for
each, the level of a kind of evidence is the share of right verdicts in all other families, with one right and
one wrong added, so that little evidence gives a middling level.
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from watcher.model import Action, Recipient
from watcher.reader.analyse import analyse
from watcher.reader.code_reading import read_code
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.phrases import Strength, WordRow
from watcher.rules import load_rules


BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
SERVERS_OWN = ("diagnostic-code", "transcript")


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict: of which family, on what evidence, how sure, whether reason and class were right."""

    family: str
    evidence: str
    confidence: float
    reason: bool
    hard: bool | None = None  # None: not called hard, or the label does not decide


def kind_of_evidence(rule: str | None, where: str, words: dict[str, WordRow], rules: Rules) -> str:
    """Name the kind of evidence by the rule that decided and the place where it did."""
    if rule is None:
        return "nothing"
    return _on_words(words[rule], where) if rule in words else _on_codes(rule, rules)


def _on_words(row: WordRow, where: str) -> str:
    family = "near" if row.near else "phrase"
    if row.strength is Strength.LAST:
        return "last_phrase"
    if row.strength is Strength.WEAK:
        return f"weak_{family}"
    if where not in SERVERS_OWN:
        return f"{family}_around"
    return "receiver_words" if row.receiver else family


def _on_codes(rule: str, rules: Rules) -> str:
    tier, _, code = rule.partition(".")
    status = rules.codes.find_status(code) if tier == "status" else None
    if status is not None:
        return "status_vague" if status.vague else "status"
    return "reply" if tier == "reply" else "receiver_code"


def judge_mail(folder: Path, rules: Rules, words: dict[str, WordRow]) -> Iterator[tuple[str, Judged]]:
    """Judge the reasons of one labelled folder, and the kinds whose labels are to be trusted."""
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        report = analyse((folder / gold["file"]).read_bytes(), rules)
        family = str(gold.get("family") or gold["collection"])
        if gold["trusted"]:
            yield "kind", Judged(family, "kind", report.confidence, report.kind in gold["kind_ok"])
        for one in report.recipients if gold.get("reasons") else ():
            if one.action in {None, Action.FAILED}:
                yield "reason", judge_recipient(one, gold, family, words, rules)


def judge_recipient(
    one: Recipient, gold: dict[str, object], family: str, words: dict[str, WordRow], rules: Rules
) -> Judged:
    """Judge one failed recipient by its label."""
    reasons, hard = gold["reasons"], gold.get("hard")
    first = next(iter(one.evidence), None)
    kind = kind_of_evidence(first and first.rule, first.where if first else "", words, rules)
    called = one.bounce_class == "hard" and hard is not None
    right = isinstance(reasons, list) and one.reason in reasons
    return Judged(family, kind, one.confidence, right, hard is True if called else None)


def judge_replies(path: Path, rules: Rules, words: dict[str, WordRow]) -> Iterator[tuple[str, Judged]]:
    """Judge a list of replies, with the reasons and classes that will do."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            verdict = read_code(row["reply"], rules).told.verdict
            first = next(iter(verdict.evidence), None)
            kind = kind_of_evidence(first and first.rule, first.where if first else "", words, rules)
            hard = "hard" in row["classes"].split("|") if verdict.bounce_class == "hard" else None
            right = verdict.reason in row["reasons"].split("|")
            yield "reason", Judged(f"{path.name} {row['list']}", kind, verdict.confidence, right, hard)


def print_evidence(judged: list[Judged], rules: Rules) -> None:
    """Print each kind of evidence: how often it was right, by cross-validation too, and the level in use."""
    print("| evidence | verdicts | right | level by the other families | level in use |")
    print("| --- | --- | --- | --- | --- |")
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        by_kind[each.evidence].append(each)
    for kind, found in sorted(by_kind.items(), key=lambda item: -len(item[1])):
        fitted = [_fitted(found, family) for family in sorted({each.family for each in found})]
        spread = f"{min(fitted):.2f} to {max(fitted):.2f}"
        level = rules.confidence.levels.get(kind, 0.0)
        print(f"| {kind} | {len(found)} | {_share(found):.1%} | {spread} | {level:.2f} |")


def print_bins(title: str, judged: Iterable[Judged]) -> None:
    """Print how often verdicts of each span of confidence were right."""
    every = list(judged)
    print(f"\n| {title}, confidence | verdicts | right | mean confidence |\n| --- | --- | --- | --- |")
    for low, high in pairwise(BINS):
        found = [each for each in every if low <= each.confidence < high]
        if found:
            mean = sum(each.confidence for each in found) / len(found)
            print(f"| {low:.1f} to {min(high, 1.0):.1f} | {len(found)} | {_share(found):.1%} | {mean:.2f} |")


def _share(found: list[Judged]) -> float:
    return sum(each.reason for each in found) / len(found)


def _fitted(found: list[Judged], family: str) -> float:
    others = [each for each in found if each.family != family]
    return (sum(each.reason for each in others) + 1) / (len(others) + 2)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path)
    rules = load_rules()
    words = {row.id: row for row in rules.phrases.rows}
    words |= {near.row.id: near.row for near in rules.nears.rows}
    judged: dict[str, list[Judged]] = defaultdict(list)
    for path in parser.parse_args().paths:
        found = judge_mail(path, rules, words) if path.is_dir() else judge_replies(path, rules, words)
        for what, each in found:
            judged[what].append(each)
    print_evidence(judged["reason"], rules)
    print_bins("reason", judged["reason"])
    print_bins("kind", judged["kind"])
    hard = [each.hard for each in judged["reason"] if each.hard is not None]
    print(f"\ncalled hard: {len(hard)}, wrongly: {hard.count(False)}")


if __name__ == "__main__":
    main()
