"""How sure a verdict is: a level for each tier of evidence, moved by what agrees and what contradicts.

The levels are data (`rules/confidence.toml`), fitted so that of the verdicts at 0.9 and above more than nine
in ten are right on mail not seen before: `bench/calibrate.py`, `docs/calibration.md`.
"""

from watcher.reader.classify.candidates import Candidate, Tier, codes_disagree
from watcher.reader.classify.facts import Facts
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.taxonomy import Reason


CEILING, FLOOR = 0.99, 0.1
_LEVEL_NAMES = {tier: tier.name.lower() for tier in Tier}

CODE_TIERS = frozenset({Tier.RECEIVER_CODE, Tier.STATUS, Tier.STATUS_MADE})
WORD_TIERS = frozenset({Tier.USER, Tier.RECEIVER_WORDS, Tier.PHRASE, Tier.NEAR, Tier.FRAME})


def find_contradictions(candidates: tuple[Candidate, ...], rules: Rules) -> tuple[Candidate, ...]:
    """Return the losers that say something of another class than the winner: one on words, one on codes."""
    if not candidates:
        return ()
    winner, *losers = candidates
    if not losers:
        return ()
    reasons = rules.taxonomy.rows
    of_class = reasons[winner.reason].bounce_class
    against = [each for each in losers if reasons[each.reason].bounce_class is not of_class]
    if not against:
        return ()
    words = [each for each in against if each.tier in WORD_TIERS and each.where == winner.where][:1]
    codes = [each for each in against if each.tier in CODE_TIERS][:1]
    return (*words, *codes)


def confidence_of(
    candidates: tuple[Candidate, ...],
    against: tuple[Candidate, ...],
    facts: Facts,
    reason: Reason,
    rules: Rules,
) -> float:
    """Weigh the winner against those that agree with it and those that do not, which are `against`."""
    level, move = rules.confidence.levels, rules.confidence.moves
    refused = level["list_refusal"] if facts.is_from_list else 0.0  # that it is one was shown already
    if not candidates:
        return refused or level["nothing"]  # certainly a bounce, certainly not known why
    winner, *losers = candidates
    sure = max(refused, level[_LEVEL_NAMES[winner.tier]])
    if winner.reason != reason.name:  # the cause stayed unknown, which is what the reason says
        sure = max(sure, level["weak_phrase"])
    if any(each.tier in CODE_TIERS and each.reason == winner.reason for each in losers):
        sure += move["agrees"]
    for each in against:
        sure += move["words_contradict" if each.tier in WORD_TIERS else "code_contradicts"]
    if codes_disagree(facts):
        sure += move["classes_contradict"]
    return round(min(CEILING, max(FLOOR, sure)), 2)
