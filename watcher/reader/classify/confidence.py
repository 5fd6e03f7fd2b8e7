"""How sure a verdict is: a prior for each tier of evidence, moved by what agrees and what contradicts.

Calibrated so that of the verdicts at 0.9 and above more than nine in ten are right.
"""

from watcher.reader.classify.candidates import Candidate, Tier, codes_disagree
from watcher.reader.classify.facts import Facts
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.taxonomy import Reason


# How often the winner is right when nothing else speaks.
PRIOR = {
    Tier.USER: 0.98,
    Tier.RECEIVER_WORDS: 0.96,
    Tier.PHRASE: 0.94,
    Tier.RECEIVER_CODE: 0.9,
    Tier.NEAR: 0.86,
    Tier.STATUS: 0.88,
    Tier.PHRASE_AROUND: 0.85,
    Tier.NEAR_AROUND: 0.8,
    Tier.WEAK_PHRASE: 0.7,
    Tier.WEAK_NEAR: 0.65,
    Tier.STATUS_MADE: 0.65,
    Tier.STATUS_VAGUE: 0.6,
    Tier.LAST_PHRASE: 0.8,
    Tier.REPLY: 0.5,
}
NOTHING = 0.4  # no row speaks: certainly a bounce, certainly not known why
AGREES = 0.04  # a code of its own says the same
CODE_CONTRADICTS = 0.15  # a code that says something else about another party
WORDS_CONTRADICT = 0.1  # other words of the server say so
CLASSES_CONTRADICT = 0.05  # reply 5xx with an enhanced code 4.x.x, or the reverse
CEILING = 0.99

CODE_TIERS = frozenset({Tier.RECEIVER_CODE, Tier.STATUS, Tier.STATUS_MADE})
WORD_TIERS = frozenset({Tier.USER, Tier.RECEIVER_WORDS, Tier.PHRASE, Tier.NEAR})


def find_contradictions(candidates: tuple[Candidate, ...], rules: Rules) -> tuple[Candidate, ...]:
    """Return the losers that say something of another class than the winner: one on words, one on codes."""
    if not candidates:
        return ()
    winner, *losers = candidates
    of_class = rules.taxonomy[winner.reason].bounce_class
    against = [each for each in losers if rules.taxonomy[each.reason].bounce_class is not of_class]
    words = [each for each in against if each.tier in WORD_TIERS and each.where == winner.where][:1]
    codes = [each for each in against if each.tier in CODE_TIERS][:1]
    return (*words, *codes)


def confidence_of(candidates: tuple[Candidate, ...], facts: Facts, reason: Reason, rules: Rules) -> float:
    """Weigh the winner against those that agree with it and those that do not."""
    if not candidates:
        return NOTHING
    winner, *losers = candidates
    sure = PRIOR[winner.tier]
    if winner.reason != reason.name:  # the cause stayed unknown, which is what the reason says
        sure = max(sure, PRIOR[Tier.WEAK_PHRASE])
    if any(each.tier in CODE_TIERS and each.reason == winner.reason for each in losers):
        sure += AGREES
    for each in find_contradictions(candidates, rules):
        sure -= WORDS_CONTRADICT if each.tier in WORD_TIERS else CODE_CONTRADICTS
    if codes_disagree(facts):
        sure -= CLASSES_CONTRADICT
    return round(min(CEILING, max(0.1, sure)), 2)
