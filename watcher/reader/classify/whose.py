"""Leave words of a dead address that are about another's, or that a server only cites.

"The administrator's mailbox is closed", "a previous message said: user unknown", "HELO mx.example.com. Domain
does not exist": none of these says anything of the recipient, nor does a code beside them.
"""

from itertools import pairwise

from watcher.model import BounceClass
from watcher.reader.classify.candidates import SURE_WORDS, Candidate
from watcher.reader.classify.clauses import told_clauses
from watcher.reader.classify.texts import Text
from watcher.reader.ruleset import Rules


# Words of other hard reasons speak of others: `the user has another address`, `several mailboxes match`.
_DEATHS = frozenset({"mailbox_not_found", "mailbox_disabled", "domain_not_found", "domain_no_mail"})


def is_anothers(candidate: Candidate, rules: Rules) -> bool:
    """Say whether every clause that calls an address dead means another's: `the administrator's mailbox`."""
    text = candidate.text
    if text is None or candidate.reason not in _DEATHS:
        return False
    near = bool(candidate.said)
    whose = rules.readings.whose
    titles = _titles_of_another(text, rules)
    told = [
        said in titles
        or rules.readings.is_cited(words, said)
        or whose.is_anothers(words, said, text.folded, within=near)
        for words, said in told_clauses(candidate)
    ]
    return bool(told) and all(told)


def _titles_of_another(text: Text, rules: Rules) -> set[str]:
    """Return the clauses before which one does no more than name another: `HELO mx.example.com. Unknown`."""
    told = [f" {' '.join(clause)} " for clause in text.clauses()]
    return {after for before, after in pairwise(told) if rules.readings.names_another(before)}


def calls_another_dead(found: tuple[Candidate, ...], rules: Rules) -> bool:
    """Say whether the words beside a code call another dead: `5.1.1 the other recipient does not exist`."""
    told = [
        each
        for each in found
        if each.tier in SURE_WORDS and rules.taxonomy[each.reason].bounce_class is BounceClass.HARD
    ]
    return any(is_anothers(each, rules) for each in told)


def doubts_code(text: Text, reason: str, rules: Rules) -> bool:
    """Say whether the words of a server tell of what such a code cannot mean, or of another's."""
    if rules.readings.doubts_code(text.words):
        return True
    whose = rules.readings.whose
    told = (" ".join(clause) for clause in text.clauses()) if reason in _DEATHS else ()
    return any(whose.is_anothers(said, f" {said} ", text.folded) for said in told)
