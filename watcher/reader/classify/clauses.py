"""Read the clause in which a row's words stand, where it takes back what they say, or says for how long.

"If the user does not exist", "perhaps full, or closed", "temporarily suspended": the words of a row stand in
each of them, and none says that an address is dead.
"""

import re
from collections.abc import Iterator

from watcher.reader.classify.candidates import Candidate, Tier
from watcher.reader.classify.texts import Text
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.wording import PLACES


_NO_DOMAIN = "domain_not_found"
_CITED = (PLACES["{file}"], PLACES["{title}"])
# Faults that a report guesses at; a message that may be spam was taken for it.
_GUESSED = frozenset({"recipient", "recipient_system", "network"})
# What may be so for a while; nobody is unknown for a while.
FOR_A_WHILE = frozenset({"mailbox_disabled", "mailbox_moved", "domain_not_found", "domain_no_mail"})
_CODE = re.compile(r"[45]\d\d|[45]\.\d{1,3}\.\d{1,3}")


def told_clauses(candidate: Candidate) -> Iterator[tuple[str, str]]:
    """Yield the words of a row and each clause that holds them, between blanks."""
    if candidate.text is None or candidate.row is None:
        return
    words = f" {candidate.said} " if candidate.said else needle(candidate.row.phrase)
    words = words.strip() if not words.isascii() else words
    for clause in candidate.text.clauses():
        told = f" {' '.join(clause)} "
        if words in told:
            yield words, told


def is_for_now(winner: Candidate, rules: Rules) -> bool:
    """Say whether the clause that calls an address dead calls it so for now: `temporarily suspended`."""
    if winner.reason not in FOR_A_WHILE or winner.tier is Tier.USER:
        return False
    told = [clause for _, clause in told_clauses(winner)]
    if any(rules.readings.says_for_now(clause) for clause in told):
        return True
    again = winner.text is not None and rules.readings.says_try_again(winner.text.words)
    return again and bool(told) and not any(rules.readings.says_for_good(clause) for clause in told)


def is_supposed(candidate: Candidate, rules: Rules) -> bool:
    """Say whether every clause that calls an address dead only supposes it: `if the user does not exist`."""
    near, text = bool(candidate.said), candidate.text
    told = [
        rules.readings.is_supposed(words, _from_answer(words, said, text, rules), within=near)
        for words, said in told_clauses(candidate)
    ]
    return bool(told) and all(told)


def _from_answer(words: str, said: str, text: Text | None, rules: Rules) -> str:
    """Return a clause without what it supposes before an answer that holds some words."""
    answered = rules.readings.listing.from_answer(said, text.folded) if text is not None else said
    return answered if words in answered else said


def has_lost_words(candidate: Candidate, rules: Rules) -> bool:
    """Say whether words of a server that lost letters may have taken back what a row says for good."""
    if candidate.tier is Tier.USER or candidate.text is None or not candidate.text.lost_words:
        return False
    return not is_for_now(candidate, rules)


def is_of_title(candidate: Candidate, _rules: Rules) -> bool:
    """Say whether a title or a file stands before what calls an address dead: its words may say why not."""
    told = [clause.partition(words)[0] for words, clause in told_clauses(candidate)]
    return bool(told) and all(any(f" {cited} " in f"{before} " for cited in _CITED) for before in told)


def names_domain(candidate: Candidate) -> bool:
    """Say whether a clause calls the recipient's own domain, by its name, one that does not exist."""
    if candidate.reason != _NO_DOMAIN:
        return False
    return any(f" {PLACES['{domain}']} " in clause for _, clause in told_clauses(candidate))


def is_guessed(candidate: Candidate, rules: Rules) -> bool:
    """Say whether every clause that holds the words of a row lists what may be, and says them nowhere else.

    "Full, or perhaps closed".
    """
    if candidate.text is None or rules.taxonomy[candidate.reason].fault not in _GUESSED:
        return False
    listed = candidate.text.listed
    if listed is None:
        listed = candidate.text.listed = _find_listed(candidate.text, rules)
    told = [said in listed and words not in listed[said] for words, said in told_clauses(candidate)]
    return bool(told) and all(told)


def _find_listed(text: Text, rules: Rules) -> dict[str, str]:
    """Return the clauses that list what may be, each with what it says besides.

    A list goes on from clause to clause, where it numbers what it names, or is announced with a colon, up to
    the reply of a server: `possible causes: 1. … 2. …`.
    """
    listing = rules.readings.listing
    listed: dict[str, str] = {}
    numbered = announced = False
    for clause in text.clauses():
        told = f" {' '.join(clause)} "
        announced = announced and not any(map(_CODE.fullmatch, clause))
        begun = numbered or announced
        if begun or rules.readings.is_guess(told):
            listed[told] = listing.besides(told, text.folded, begun=begun)
            announced = announced or listing.announces(told, text.folded)
            announced = announced and not listing.ends(told, text.folded)
        numbered = told in listed and len(clause[-1]) == 1  # ends in the number of the next
    return listed
