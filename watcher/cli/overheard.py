"""Say which of the user's own signs spoke and did not decide, and why."""

from collections.abc import Iterator
from typing import NamedTuple

from watcher.model import Evidence, Kind, Report
from watcher.reader.own_signs import find_own_signs
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.signs import Sign


_REPORTS = frozenset({Kind.BOUNCE, Kind.DELAY})
_BORNE_OUT = "a mail system as its sender, say, and a line that names whom it failed for"


class Overheard(NamedTuple):
    """A sign that spoke, what it found, and why it did not decide."""

    evidence: Evidence
    why: str


def find_overheard(raw: bytes, report: Report, rules: Rules, ours: Rules) -> Iterator[Overheard]:
    """Yield the signs that are in force and not ours, that the mail shows, and that decided nothing."""
    if report.kind is Kind.UNREADABLE:
        return
    known = {sign.id for sign in ours.signs.rows}
    shown = {evidence.rule for evidence in report.evidence}
    for hit in find_own_signs(raw, rules, [sign for sign in rules.signs.rows if sign.id not in known]):
        if hit.sign.id not in shown:
            yield Overheard(hit.evidence(), _why(hit.sign, report))


def _why(sign: Sign, report: Report) -> str:
    decided = report.evidence[0].rule if report.evidence else ""
    if sign.typical:
        return "it is marked typical, which tips the scale and decides nothing alone"
    if decided and sign.kind is report.kind and sign.reason in {None, report.reason}:
        return f"{decided} said the same, and was stronger"
    if decided and report.kind is not Kind.ORDINARY:
        return f"{decided} was stronger"
    if sign.kind in _REPORTS:
        place = "subject" if sign.where in {"subject", "label"} else "words"
        return f"the {place} of a {sign.kind} alone is not enough; it wants {_BORNE_OUT}"
    if not sign.sure:
        return "it is not marked sure, and nothing else bears it out"
    return "the rest of the mail speaks against it"
