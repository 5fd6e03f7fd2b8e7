"""Let words of a dead address yield where the same words name a cause that is not the address's.

"Host unknown: your IP has no reverse name", "mailbox inactive: over quota": each holds a phrase that would
suppress an address, and another that says why it must not.  The other one decides, unless both stand on the
same words, or it is about the way: "name service error" beside "host not found" tells how it was found out.
A code alone yields sooner: 5.1.1 beside "the database has gone away" says nothing of the address.
"""

import re
from collections.abc import Iterator

from watcher.model import BounceClass
from watcher.reader.classify.candidates import SURE_WORDS, Candidate, Tier, find_near_words
from watcher.reader.classify.clauses import FOR_A_WHILE, is_guessed
from watcher.reader.classify.facts import Facts
from watcher.reader.classify.whose import calls_another_dead, doubts_code
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.wording import LINK, OTHER_ADDRESS, PLACES, SOME_HOST, has_link


_NOT_POSTED = "list_posting_denied"
_SAYS_LITTLE = "mailbox_unavailable"  # RFC 5321 words its 550 so, for whatever there is
_BY_CODE = frozenset({Tier.STATUS, Tier.STATUS_MADE})
_FAULTS = frozenset({"recipient", "sender", "message"})
_OF_THE_SYSTEM = frozenset({"greylisted", "routing_loop"})  # which name the case, too
_NAMELESS = "rdns_failed"
_NO_DOMAIN = "domain_not_found"
_UNROUTABLE = "unroutable"
_UNKNOWN = "mailbox_not_found"
_HOSTS = (SOME_HOST, PLACES["{domain}"])  # behind words of a host, the one that they are about
_FULL = "mailbox_full"
_UNVERIFIED = "recipient_unverified"
_SPAM = "spam_rejected"
_RECIPIENT = PLACES["{address}"]
_REPLY = re.compile(r"(?<!\d)5\d\d[ -]")
_TOLD_BY_A_LIST = "upstream_suppressed"  # which tells in any words why the address came onto it


def put_doubt_first(
    candidates: tuple[Candidate, ...], found: tuple[Candidate, ...], facts: Facts, rules: Rules
) -> tuple[Candidate, ...]:
    """Return the candidates with one that makes a hard winner doubtful, if any does, before it.

    What was found, and is none of them, may still tell that a code is about another.
    """
    if not candidates:
        return candidates
    winner = candidates[0]
    if winner.tier in _BY_CODE and _is_field_alone(facts) and _is_hard(winner, rules):
        full = next(_full_boxes(candidates, facts, rules), None)
        if full is not None:
            return (full, *(each for each in candidates if each.rule != full.rule))
    if winner.tier is Tier.STATUS and _is_hard(winner, rules):
        return _put_words_first(candidates, found, facts, rules)
    if winner.tier not in SURE_WORDS or not _is_hard(winner, rules) or winner.reason == _TOLD_BY_A_LIST:
        return candidates
    doubt = next(_doubts(winner, candidates, facts, rules), None)
    if doubt is None:
        return candidates
    return (doubt, *(each for each in candidates if each.rule != doubt.rule))


def _put_words_first(
    candidates: tuple[Candidate, ...], found: tuple[Candidate, ...], facts: Facts, rules: Rules
) -> tuple[Candidate, ...]:
    """Let a code that calls the address dead yield to words of the server that no such code can mean.

    Weak words on a passing cause decide then; where others only cast doubt, the code says nothing.
    """
    own = [text for text in facts.texts if text.raw == facts.server_text]
    for each in candidates:
        if each.tier is Tier.WEAK_NEAR and each.text in own and _is_passing(each, rules):
            return (each, *(other for other in candidates if other is not each))
    is_lost = candidates[0].reason in FOR_A_WHILE and any(text.lost_words for text in own)
    if (
        is_lost
        or calls_another_dead(found, rules)
        or any(doubts_code(text, candidates[0].reason, rules) for text in own)
    ):
        return tuple(each for each in candidates if each.tier is not Tier.STATUS or not _is_hard(each, rules))
    return candidates


def _is_passing(candidate: Candidate, rules: Rules) -> bool:
    if candidate.reason in (_NOT_POSTED, _SAYS_LITTLE):
        return candidate.reason == _NOT_POSTED
    return rules.taxonomy[candidate.reason].bounce_class is BounceClass.SOFT


def _is_field_alone(facts: Facts) -> bool:
    """Say whether the code stands in a Status field, and no server's reply beside it."""
    return facts.reply_code is None and facts.status_where == "status"


def _full_boxes(candidates: tuple[Candidate, ...], facts: Facts, rules: Rules) -> Iterator[Candidate]:
    """Yield what the report's own words say of a full mailbox, where no server's words stand beside its code.

    QUIRK: Exchange 5.5 writes 5.1.1 for a mailbox that has reached its limit, and says so to people alone.
    """
    told = (find_near_words(rules.nears, text.clauses(), text, facts, rules) for text in facts.texts)
    yield from (each for each in candidates if each.reason == _FULL and each.row is not None)
    yield from (each for found in told for each in found if each.reason == _FULL)


def _doubts(
    winner: Candidate, candidates: tuple[Candidate, ...], facts: Facts, rules: Rules
) -> Iterator[Candidate]:
    for each in candidates:
        if each.tier in SURE_WORDS and each.text is winner.text and _is_other(each, winner, rules):
            yield each
    if winner.tier is Tier.PHRASE and winner.text is not None and winner.row is not None:
        words = needle(winner.row.phrase)
        for clause in winner.text.clauses():
            said = f" {' '.join(clause)} "
            if words in said:
                near = find_near_words(rules.nears, (clause,), winner.text, facts, rules)
                yield from (
                    each
                    for each in near
                    if each.tier is Tier.NEAR
                    and (_is_of_host(each, winner, words, said) or _is_other(each, winner, rules))
                    and not is_guessed(each, rules)
                )


def _is_of_host(candidate: Candidate, winner: Candidate, words: str, clause: str) -> bool:
    """Say whether what is missing is the client, a server, or a domain: `domain of the user not found`."""
    if candidate.reason == _NAMELESS:
        named = any(f"{words.rstrip()} {host} " in clause for host in _HOSTS)
        return winner.reason == _NO_DOMAIN and not named
    if (candidate.reason, winner.reason) == (_NO_DOMAIN, _UNKNOWN):
        begin, end = _place(candidate)
        return begin < winner.position < end
    return candidate.reason == _UNROUTABLE and words in f" {candidate.said} "


def _is_other(candidate: Candidate, winner: Candidate, rules: Rules) -> bool:
    reason = rules.taxonomy[candidate.reason]
    if reason.bounce_class is BounceClass.HARD:
        return False
    told = reason.fault in _FAULTS or reason.name in _OF_THE_SYSTEM or candidate.tier is Tier.FRAME
    if not told:  # a frame tells of a fault of the server's own
        return False
    if candidate.reason == _FULL:
        return True  # "account frozen because it is full": both begin with the account
    begin, end = _place(candidate)
    winner_begin, winner_end = _place(winner)
    if candidate.reason == _UNVERIFIED and begin < winner_begin:
        return not _quotes_refusal(winner, begin, winner_begin)
    return (begin >= winner_end or end <= winner_begin) and not _is_in_link(candidate)


def _quotes_refusal(winner: Candidate, begin: int, end: int) -> bool:
    """Say whether behind a failed verification stands what the server that was asked said of the recipient.

    A sender is verified in the same words: the text has to name the recipient's address, and no other.
    """
    if winner.text is None or not _REPLY.search(winner.text.raw, begin, end):
        return False
    return f" {_RECIPIENT} " in winner.text.words and f" {OTHER_ADDRESS} " not in winner.text.words


def _is_in_link(candidate: Candidate) -> bool:
    """Say whether the words of a row are those of an address of a page: what it is called says nothing."""
    if candidate.text is None or candidate.reason != _SPAM or not has_link(candidate.text.folded):
        return False  # the page of a block list says why, and is asked for by name
    begin, end = _place(candidate)
    return any(link.start() <= begin and end <= link.end() for link in LINK.finditer(candidate.text.raw))


def _place(candidate: Candidate) -> tuple[int, int]:
    return candidate.position, candidate.position + len(candidate.matched)


def _is_hard(candidate: Candidate, rules: Rules) -> bool:
    return rules.taxonomy[candidate.reason].bounce_class is BounceClass.HARD
