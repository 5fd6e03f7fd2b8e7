"""Find every row that speaks about one failed recipient, and put them in order, the strongest first.

The order: the user's rules; receiver rows that name words; phrases; receiver rows on codes; enhanced
codes; reply codes.  Refined where servers lie.  The words of the refusing server come before those of the
report around them.  A weak phrase ("message rejected") yields to an enhanced code that says more, and beats
one that says nothing (x.7.1).  An enhanced code that the reporting MTA made up, because the refusing server
gave a reply without one (Sendmail writes 5.1.1 for any 550), comes after every word of that server.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from operator import attrgetter
from typing import NamedTuple

from watcher.model import BounceClass, CodeClass
from watcher.reader.classify.facts import Facts
from watcher.reader.classify.texts import Text
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.codes import CodeRow
from watcher.reader.ruleset.locating import locate
from watcher.reader.ruleset.nears import Nears
from watcher.reader.ruleset.phrases import Strength, WordRow


NETWORK_LAG = 8  # of priority
ABOUT_DOMAINS = frozenset({"unroutable", "dns_failure"})  # which may be the sender's, as an address may
# What may be denied, beside a death; of the rest, "not" is mostly a part: `not allowed to post here`.
DENIABLE = frozenset({"mailbox_full", "ip_blocked", "spam_rejected", "virus_detected", "dns_failure"})
LONG_TEXT = 600  # characters; in a longer text weak phrases say nothing


class Tier(IntEnum):
    """How strong a kind of evidence is; the lowest number wins."""

    USER = 0  # the user's rules
    RECEIVER_WORDS = 1  # receiver rows that name words
    PHRASE = 2  # phrases in the refusing server's words
    RECEIVER_CODE = 3  # receiver rows on codes alone
    NEAR = 4  # words near each other in the refusing server's words
    FRAME = 5  # phrases that say only what refused: any cause beside them says more, no code does
    STATUS = 6  # an enhanced code that the server gave, and that says something
    PHRASE_AROUND = 7  # phrases in the report's own words around it
    NEAR_AROUND = 8
    WEAK_PHRASE = 9
    WEAK_NEAR = 10
    STATUS_MADE = 11  # an enhanced code that the reporting MTA made up
    STATUS_VAGUE = 12
    LAST_PHRASE = 13  # "gave up after five days"
    REPLY = 14


# Words of the refusing server, in rows of ours, that say what failed.
SURE_WORDS = frozenset({Tier.PHRASE, Tier.NEAR, Tier.FRAME})


class Candidate(NamedTuple):
    """A row that speaks about the recipient: on words, then `row` and `text` are set, or on a code."""

    tier: Tier
    rule: str
    reason: str
    where: str
    code: str = ""
    priority: int = 0
    row: WordRow | None = None
    text: Text | None = None
    said: str = ""  # canonical: the words that a row on words near each other stands on

    @property
    def rank(self) -> tuple[int, int, int, int, str]:
        """Sort by tier, then clue, then the row's priority, then how much it had to find."""
        clue = self.text.number if self.text else 0
        specificity = self.row.specificity if self.row else 0
        # Weak words near each other say as much as a weak phrase: their priorities decide.
        tier = Tier.WEAK_PHRASE if self.tier is Tier.WEAK_NEAR else self.tier
        return (tier, clue, -self.priority, -specificity, self.rule)

    @property
    def matched(self) -> str:
        """The words as the mail has them, or the code."""
        return self._quote()[0]

    @property
    def position(self) -> int:
        """Where in its text the match begins."""
        return self._quote()[1]

    def _quote(self) -> tuple[str, int]:
        if self.row is None or self.text is None:
            return self.code, 0
        if self.row.pattern is not None:
            found = self.row.pattern.search(self.text.folded)
            return (found[0], found.start()) if found else (self.row.literal, 0)
        words = self.said or self.row.phrase
        for said in dict.fromkeys((self.text.raw, self.text.joined)):
            span = locate(said, words)
            if span:
                return said[slice(*span)], span[0]
        mended, said = self.text.mended, self.text.joined
        span = locate(mended, words) if mended != said else None
        if span:  # a letter for a mark, mostly, so that it is in its place
            return (said if len(said) == len(mended) else mended)[slice(*span)], span[0]
        return words, 0


_RANK = attrgetter("rank")


def find_candidates(texts: tuple[Text, ...], facts: Facts, rules: Rules) -> tuple[Candidate, ...]:
    """Return every row that speaks in some of the recipient's texts, the strongest first; each row once."""
    found = _on_words(texts, facts, rules)
    found += _on_codes(facts, rules)
    found += _on_near_words(texts, facts, rules, min([each.tier for each in found], default=Tier.REPLY))
    if len(found) < 2:
        return tuple(found)
    best: dict[str, Candidate] = {}
    for candidate in sorted(found, key=_RANK):
        best.setdefault(candidate.rule, candidate)
    return tuple(best.values())


def _on_words(texts: tuple[Text, ...], facts: Facts, rules: Rules) -> list[Candidate]:
    found = [
        _word_candidate(row, text, _network_lag(row, facts, rules))
        for text in texts
        for row in text.rows(rules.phrases)
        if _holds(row, facts) and _says_it(row, text, rules)
    ]
    for row in rules.phrases.bare:
        if _holds(row, facts):
            codes = facts.codes_text
            found.append(Candidate(Tier.USER, row.id, row.reason, "codes", codes, row.priority))
    return found


def _on_near_words(texts: tuple[Text, ...], facts: Facts, rules: Rules, best: Tier) -> Iterator[Candidate]:
    """Ask the rows on words near each other, ours only where nothing stronger speaks: they cost more."""
    for text in texts:
        if rules.own_nears.rows:
            yield from find_near_words(rules.own_nears, text.clauses(), text, facts, rules)
        if best > (Tier.NEAR_AROUND if text.is_around else Tier.NEAR):
            yield from find_near_words(rules.nears, text.clauses(), text, facts, rules)


def find_near_words(
    nears: Nears, clauses: Iterable[tuple[str, ...]], text: Text, facts: Facts, rules: Rules
) -> Iterator[Candidate]:
    """Yield the rows on words near each other that clauses of a text hold."""
    for row, said in nears.find(clauses):
        if not _holds(row, facts) or (row.strength is Strength.WEAK and text.is_around):
            continue
        if _is_denied(row, said, text, rules):
            continue
        hard = rules.taxonomy.rows[row.reason].bounce_class is BounceClass.HARD
        if row.own or not hard or not rules.readings.is_about_another(said, text.words):
            yield _word_candidate(row, text, _network_lag(row, facts, rules))._replace(said=said)


def _holds(row: WordRow, facts: Facts) -> bool:
    return (
        (row.receiver is None or row.receiver in facts.receiver_names)
        and (not row.statuses or not row.statuses.isdisjoint(facts.statuses))
        and (not row.reply_codes or facts.reply_code in row.reply_codes)
        and (row.when is None or row.when is facts.code_class)
        and (not row.commands or facts.command in row.commands)
        and (not row.local or facts.is_local)
    )


def _says_it(row: WordRow, text: Text, rules: Rules) -> bool:
    """Leave weak words in a long text, and words of an address or a domain that speak of the sender's."""
    if row.strength is Strength.WEAK and len(text.words) > LONG_TEXT:
        return False
    if row.phrase and _is_denied(row, row.phrase, text, rules):
        return False
    if row.own or not (
        row.reason in ABOUT_DOMAINS or rules.taxonomy.rows[row.reason].bounce_class is BounceClass.HARD
    ):
        return True
    if row.phrase and not text.says_beside_links(row.phrase):
        return False
    return not rules.readings.is_about_another(row.phrase, text.words)


def _is_denied(row: WordRow, words: str, text: Text, rules: Rules) -> bool:
    """Say whether a text says that it is not so: `the box is not over quota`."""
    if row.own or not (
        row.reason in DENIABLE or rules.taxonomy.rows[row.reason].bounce_class is BounceClass.HARD
    ):
        return False
    return rules.readings.is_denied(words, text.words)


def _network_lag(row: WordRow, facts: Facts, rules: Rules) -> int:
    """Set words about the network behind others where a server answered 5xx: it was reached."""
    answered = facts.reply_code is not None and facts.reply_code >= 500
    return NETWORK_LAG if answered and rules.taxonomy.rows[row.reason].fault == "network" else 0


def _word_candidate(row: WordRow, text: Text, lag: int) -> Candidate:
    return Candidate(
        _tier(row, text), row.id, row.reason, text.where, priority=row.priority - lag, row=row, text=text
    )


def _tier(row: WordRow, text: Text) -> Tier:
    if row.own:
        return Tier.USER
    if row.strength is Strength.LAST:
        return Tier.LAST_PHRASE
    if row.strength is Strength.WEAK:
        return Tier.WEAK_NEAR if row.near else Tier.WEAK_PHRASE
    if text.is_around:
        return Tier.NEAR_AROUND if row.near else Tier.PHRASE_AROUND
    if row.near:
        return Tier.NEAR
    said = Tier.FRAME if row.strength is Strength.FRAME else Tier.PHRASE
    return Tier.RECEIVER_WORDS if row.receiver else said


def _on_codes(facts: Facts, rules: Rules) -> Iterator[Candidate]:
    for receiver in facts.receivers:
        for code in (*facts.statuses, str(facts.reply_code)):
            row = receiver.codes.get(code)
            if row is not None:
                yield Candidate(Tier.RECEIVER_CODE, row.id, row.reason, facts.status_where, code)
    for status in facts.statuses:
        row = rules.codes.find_status(status) or rules.receivers.find_sole(status)
        if row is not None:
            yield Candidate(_status_tier(row, status, facts), row.id, row.reason, facts.status_where, status)
    row = rules.codes.find_reply(facts.reply_code)
    if row is not None and not (row.compact and facts.has_server_words):
        yield Candidate(Tier.REPLY, row.id, row.reason, "reply-code", str(facts.reply_code))


def _status_tier(row: CodeRow, status: str, facts: Facts) -> Tier:
    if row.vague:
        return Tier.STATUS_VAGUE
    return Tier.STATUS_MADE if status in facts.made_up else Tier.STATUS


def codes_disagree(facts: Facts) -> bool:
    """Say whether reply and enhanced code are of different classes."""
    return bool(
        facts.reply_code
        and facts.statuses
        and facts.code_class is not CodeClass.NONE
        and str(facts.reply_code)[0] != facts.statuses[0][0]
    )
