"""Choose the reason, class, advice and confidence of one recipient from the rows that speak about it."""

from typing import NamedTuple

from watcher.model import Action, BounceClass, CodeClass, Evidence
from watcher.reader.classify.candidates import Candidate, Tier, find_candidates
from watcher.reader.classify.clauses import (
    has_lost_words,
    is_for_now,
    is_guessed,
    is_of_title,
    is_supposed,
    names_domain,
)
from watcher.reader.classify.confidence import confidence_of, find_contradictions
from watcher.reader.classify.doubt import put_doubt_first
from watcher.reader.classify.facts import Facts, gather_facts
from watcher.reader.classify.texts import Text
from watcher.reader.classify.whose import is_anothers
from watcher.reader.findings import Extract, Finding, Verdict
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.codes import StageRow
from watcher.reader.ruleset.profiles import Profile
from watcher.reader.ruleset.taxonomy import Reason


DELAYED = "delay_warning"
EXPIRED = "delivery_expired"
# Reasons that name no cause: a delay keeps its own name, and a queue that gave up has expired.
NO_CAUSE = frozenset({"undetermined_temporary", "undetermined_permanent", "undetermined", EXPIRED})
LOOP = "routing_loop"
OTHER_FAULTS = frozenset({"sender", "message"})
ANY_USE = frozenset({"protocol_error", "submission_auth"})  # whose codes servers give for recipients, too
SIGNING_IN = "RFC 4954"  # its replies (530, 535) are about who logs in
NOT_POSTED = "list_posting_denied"  # a list manager refuses a post, in whatever words
LISTS_OWN = frozenset({NOT_POSTED, "message_too_large"})  # or says that it is too big for the list
FILTERED = "recipient_refused"  # a filter of the mailbox refuses, and its words name no cause
MADE_UP_TIERS = frozenset({Tier.STATUS_MADE, Tier.STATUS_VAGUE})
STATUS_TIERS = MADE_UP_TIERS | {Tier.STATUS}
GENERAL_WORDS = frozenset(
    {
        Tier.PHRASE,
        Tier.PHRASE_AROUND,
        Tier.WEAK_PHRASE,
        Tier.NEAR,
        Tier.NEAR_AROUND,
        Tier.WEAK_NEAR,
        Tier.FRAME,
    }
)
CODE_TIERS = frozenset({Tier.RECEIVER_CODE, Tier.STATUS, Tier.REPLY})
# Evidence that names a cause only in the broadest terms.
VAGUE_TIERS = frozenset({Tier.STATUS_VAGUE, Tier.REPLY})


class Explanation(NamedTuple):
    """A verdict with every row that spoke, the winner first, where it was one of them that decided."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]


def classify(finding: Finding, extract: Extract, rules: Rules, profile: str = "default") -> Verdict:
    """Say why one recipient failed and what follows."""
    facts = gather_facts(finding, extract, rules)
    return _judge(_decisive(facts, rules), finding, facts, rules, profile)


def explain_classify(
    finding: Finding, extract: Extract, rules: Rules, profile: str = "default"
) -> Explanation:
    """Give the verdict of `classify`, and all the rows that it was chosen from."""
    facts = gather_facts(finding, extract, rules)
    candidates = _shown(facts.texts, facts, rules)
    return Explanation(_judge(candidates, finding, facts, rules, profile), candidates)


def _judge(
    candidates: tuple[Candidate, ...], finding: Finding, facts: Facts, rules: Rules, profile: str
) -> Verdict:
    against = find_contradictions(candidates, rules)
    temporary = is_temporary(facts, rules)
    winner = candidates[0] if candidates else None
    reason = rules.taxonomy[_reason(winner, finding.action, facts, temporary=temporary)]
    if winner is not None and not temporary and reason.bounce_class is BounceClass.HARD:
        temporary = is_for_now(winner, rules) or _says_when_to_retry(winner, rules)
    return Verdict(
        reason=reason.name,
        bounce_class=_class(reason, finding, facts, rules.profiles.find(profile), temporary=temporary),
        code_class=facts.code_class,
        fault=reason.fault,
        advice=reason.advice_for(temporary=temporary),
        confidence=confidence_of(candidates, against, facts, reason, rules),
        evidence=_evidence((*candidates[:1], *against)) or facts.shown_already,
    )


def find_reason(finding: Finding, extract: Extract, rules: Rules) -> str:
    """Give the reason of `classify` alone: much quicker, since nothing is quoted for it."""
    facts = gather_facts(finding, extract, rules)
    winner = next(iter(_decisive(facts, rules)), None)
    return _reason(winner, finding.action, facts, temporary=is_temporary(facts, rules))


def _decisive(facts: Facts, rules: Rules) -> tuple[Candidate, ...]:
    """Return the rows that can have a say, the strongest first.

    Where the server's own words or codes decide, those around them are not looked at: whatever rows they hold
    are weaker, and neither confirm nor contradict.  Only the user's rows are as strong there as anywhere.
    """
    own = tuple([text for text in facts.texts if not text.is_around])
    if len(own) < len(facts.texts) and not rules.phrases.own and not rules.own_nears.rows:
        candidates = _shown(own, facts, rules)
        if candidates and candidates[0].tier < Tier.PHRASE_AROUND:
            return candidates
    return _shown(facts.texts, facts, rules)


def _shown(texts: tuple[Text, ...], facts: Facts, rules: Rules) -> tuple[Candidate, ...]:
    found = find_candidates(texts, facts, rules)
    stage = rules.codes.stages.get(facts.command or "")
    if stage is not None:
        found = tuple([_as_said_at(stage, each, rules) for each in found])
    shown = tuple([each for each in found if _is_shown(each, facts, rules)])
    return put_doubt_first(shown, found, facts, rules)


def is_temporary(facts: Facts, rules: Rules) -> bool:
    """Say whether the refusal is for now: by its codes, or where it has none, by its words."""
    if facts.is_from_list:
        return False  # `try again once you are a member`
    if facts.code_class is CodeClass.NONE:
        return any(rules.readings.says_try_again(text.words) for text in facts.texts if not text.is_around)
    return facts.code_class is CodeClass.TEMPORARY


def _says_when_to_retry(winner: Candidate, rules: Rules) -> bool:
    """Say whether a server calls an address dead and yet asks to be tried again: `retry in ten minutes`."""
    if winner.tier is Tier.USER or winner.text is None:
        return False
    return rules.readings.says_when_to_retry(winner.text.words)


def _as_said_at(stage: StageRow, candidate: Candidate, rules: Rules) -> Candidate:
    """Turn what would call an address dead that the server had not been told yet."""
    hard = rules.taxonomy[candidate.reason].bounce_class is BounceClass.HARD
    if not hard or candidate.tier is Tier.USER or candidate.reason in stage.keeps:
        return candidate
    return candidate._replace(rule=stage.id, reason=stage.reason)


def _is_shown(candidate: Candidate, facts: Facts, rules: Rules) -> bool:
    """Drop what the server, by code or in words of its own, did not say.

    That is a vague code made up from its reply, and all that would call an address dead without being shown.
    """
    if candidate.tier is Tier.STATUS_VAGUE and candidate.code in facts.made_up and facts.has_server_words:
        return False
    if facts.is_from_list:
        return candidate.reason in LISTS_OWN or candidate.tier is Tier.USER
    told = candidate.tier in GENERAL_WORDS
    if rules.taxonomy.rows[candidate.reason].bounce_class is not BounceClass.HARD:
        return not told or candidate.reason == NOT_POSTED or not is_guessed(candidate, rules)
    by_anybody = facts.is_anybodys and candidate.tier in CODE_TIERS
    of_a_number = candidate.tier in STATUS_TIERS and facts.is_bare_reply
    if facts.is_filtered or facts.is_shared or by_anybody or of_a_number or has_lost_words(candidate, rules):
        return False  # anybody can write a number; the words have to say it, too
    if candidate.tier in MADE_UP_TIERS:
        return not facts.has_server_words
    doubts = (is_supposed, is_guessed, is_of_title, is_anothers)
    return not told or not (
        _is_about_another(candidate, facts, rules) or any(doubts_it(candidate, rules) for doubts_it in doubts)
    )


def _is_about_another(candidate: Candidate, facts: Facts, rules: Rules) -> bool:
    """Say whether the server's code is of sender, login, message or a loop; "no such user" then is, too.

    Not so a domain that is named: where DNS has none of that name, no mail went round.
    """
    reply = rules.codes.find_reply(facts.reply_code)
    if reply is not None and reply.source == SIGNING_IN:
        return True
    said = [rules.codes.find_status(status) for status in facts.statuses if status not in facts.made_up]
    told = {row.reason for row in said if row is not None and not row.vague}
    others = {reason for reason in told if _is_other(reason, rules)}
    return bool(others) and not (others == {LOOP} and names_domain(candidate))


def _is_other(reason: str, rules: Rules) -> bool:
    return reason == LOOP or (reason not in ANY_USE and rules.taxonomy[reason].fault in OTHER_FAULTS)


def _reason(winner: Candidate | None, action: Action | None, facts: Facts, *, temporary: bool) -> str:
    named = winner.reason if winner else None
    if action is Action.DELAYED:
        vague = winner is None or winner.tier in VAGUE_TIERS
        return DELAYED if vague or named in NO_CAUSE else str(named)
    if temporary and action is Action.FAILED:
        vague = winner is None or winner.tier in VAGUE_TIERS
        # Words that ask for another try, and no more, tell of no queue that gave up.
        queued = named is not None or facts.code_class is CodeClass.TEMPORARY
        unnamed = EXPIRED if queued else "undetermined_temporary"
        return unnamed if vague or named in NO_CAUSE else str(named)
    if named is not None:
        return named
    if facts.is_from_list or facts.is_filtered:
        return NOT_POSTED if facts.is_from_list else FILTERED
    return {
        CodeClass.PERMANENT: "undetermined_permanent",
        CodeClass.TEMPORARY: "undetermined_temporary",
        CodeClass.NONE: "undetermined",
    }[facts.code_class]


def _class(
    reason: Reason, finding: Finding, facts: Facts, profile: Profile | None, *, temporary: bool
) -> BounceClass | None:
    if finding.action is Action.DELAYED:
        return None
    chosen = profile and profile.find_class(finding.status, finding.reply_code, facts.code_class)
    return chosen or reason.class_for(temporary=temporary)


def _evidence(shown: tuple[Candidate, ...]) -> tuple[Evidence, ...]:
    return tuple([Evidence(each.rule, each.matched, each.where) for each in shown])
