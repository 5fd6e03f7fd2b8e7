"""Choose how an address stands, from its facts and from what people said of it.

It rests on these alone, each at its own date: the same facts, met in any order, ask for the same.  A hard
bounce that is surely ours suppresses at once.  A plausible one may be forged: the first sets the address
aside for a while, a second about another message on another day suppresses it for good.  What nothing binds
to our mail asks for nothing.  Proof of life cancels the bounces before it, a release all that is before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from watcher.decide.history import Act, Fact, History, Suppression, Verb, counted, order
from watcher.decide.policy import Policy
from watcher.escalation import Escalation, Step
from watcher.model import Kind


# The stronger first.
PRECEDENCE = ("banned", "complaint", "manual", "hard", "escalated", "quarantined", "watch")
Ruled = tuple[Fact, Escalation]  # a bounce, and what it leads to
LASTING = frozenset({"suppressed", "banned"})


def find_standing(history: History, policy: Policy, now: datetime) -> Suppression | None:
    """Give how an address stands, or None where nothing is to be said against it."""
    after = history.released
    facts = [
        fact
        for fact in history.facts
        if not fact.held and policy.counts(fact.level) and (after is None or fact.received > after)
    ]
    acts = [act for act in history.acts if after is None or act.since > after]
    if not facts and not acts:  # as of most that wait for a person
        return None
    bounces = [(fact, rule_of(fact, policy)) for fact in _alive(facts, policy)]
    hard = [fact for fact, rule in bounces if rule.step is Step.AT_ONCE]
    counting = [(fact, rule) for fact, rule in bounces if rule.step is Step.COUNT]
    found = [
        *_said(acts),
        *_complaints(facts),
        *(_hard(hard, policy) if hard else ()),
        *(_escalated(counting) if counting else ()),
        *(_watched(counting, now) if counting else ()),
    ]
    return _strongest([each for each in found if each.until is None or each.until > now])


def find_domain_standing(history: History, policy: Policy, now: datetime) -> Suppression | None:
    """Give how a whole domain stands; `history` holds what was said of it by way of any of its addresses.

    Only reports that are surely ours count here: three forged ones must not silence a provider.
    """
    after = history.released
    facts = [
        fact
        for fact in history.facts
        if not fact.held and policy.trusts(fact.level) and (after is None or fact.received > after)
    ]
    acts = [act for act in history.acts if after is None or act.since > after]
    found = [*_said(acts), *_gone([f for f in _alive(facts, policy) if _is_gone(f, policy)], policy)]
    return _strongest([each for each in found if each.until is None or each.until > now])


def settle(history: History, policy: Policy, now: datetime, *, domain: bool = False) -> Suppression | None:
    """Give how an address is to stand from now on.

    Where all that the present decision rests on is still known, the facts decide anew.  Where retention has
    taken some of it, the decision stands unless something later speaks against it.
    """
    find = find_domain_standing if domain else find_standing
    found = find(history, policy, now)
    current = history.suppression
    if current is None or (current.until is not None and current.until <= now):
        return found
    if _is_known(current, history) or _is_overcome(current, history, policy):
        return found
    return current if found is None or _rank(current) <= _rank(found) else found


def may_mail(
    own: Suppression | None, domain: Suppression | None, released: datetime | None, now: datetime
) -> Suppression | None:
    """Give what stands in the way of mailing an address, or None; `released` is when it was let go alone."""
    standing = [
        each for each in (own, domain) if each is not None and (each.until is None or each.until > now)
    ]
    if own is not None and own in standing and own.blocks:
        return own
    if domain is not None and domain in standing and domain.blocks:
        return None if released is not None and released >= domain.since else domain
    return None


def _rank(suppression: Suppression) -> int:
    return PRECEDENCE.index(suppression.cause)


def _strongest(found: list[Suppression]) -> Suppression | None:
    if len(found) < 2:
        return found[0] if found else None
    best = min(found, key=lambda each: (_rank(each), each.since, each.source))
    if best.state not in LASTING:
        return best
    # It is off limits since the first of them, whatever the gravest is.
    since = min(each.since for each in found if each.state in LASTING)
    return best if best.since == since else replace(best, since=since)


def _is_known(current: Suppression, history: History) -> bool:
    """Tell whether all that a decision rests on is in the history."""
    known = {fact.fingerprint for fact in history.facts} | {act.source for act in history.acts}
    return set(current.led_by) <= known


def _is_overcome(current: Suppression, history: History, policy: Policy) -> bool:
    after = history.released
    if after is not None and after >= current.since:
        return True
    if current.cause in {"banned", "complaint", "manual"}:
        return False
    proofs = (fact for fact in history.facts if fact.proof and not fact.held and policy.trusts(fact.level))
    return any(fact.received > current.since for fact in proofs)


def _alive(facts: list[Fact], policy: Policy) -> Iterator[Fact]:
    """Give the bounces that no later proof of life cancels; what is surely ours, only what is as sure can."""
    proofs = [fact for fact in facts if fact.proof]
    if not proofs:  # as of most addresses
        yield from (fact for fact in facts if fact.is_bounce)
        return
    any_last = max((fact.received for fact in proofs), default=None)
    sure_last = max((fact.received for fact in proofs if policy.trusts(fact.level)), default=None)
    for fact in facts:
        last = sure_last if policy.trusts(fact.level) else any_last
        if fact.is_bounce and (last is None or fact.received >= last):
            yield fact


def _said(acts: Iterable[Act]) -> Iterator[Suppression]:
    for act in acts:
        if act.verb is Verb.RELEASE:
            continue
        cause = "banned" if act.verb is Verb.BAN else act.cause
        state = cause if cause in {"banned", "quarantined"} else "suppressed"
        yield Suppression(state, act.reason, act.since, act.until, cause, act.source, (act.source,))


def _complaints(facts: Iterable[Fact]) -> Iterator[Suppression]:
    found = [fact for fact in facts if fact.kind is Kind.COMPLAINT and fact.advice == "suppress"]
    for fact in sorted(found, key=order)[:1]:
        yield _suppressed("complaint", (fact,))


def _hard(hard: list[Fact], policy: Policy) -> Iterator[Suppression]:
    """Give what hard bounces ask for: the first that is sure, or the second that is likely."""
    sure = counted(fact for fact in hard if policy.trusts(fact.level))
    likely = counted(hard)
    if sure:
        yield _suppressed("hard", sure[:1])
    if len(likely) > 1:
        yield _suppressed("hard", likely[:2])
    if likely and policy.quarantine:
        first = likely[0]
        until = first.received + policy.quarantine
        yield Suppression(
            "quarantined", _reason(first), first.received, until, "quarantined", first.fingerprint,
            (first.fingerprint,),
        )  # fmt: skip


def _escalated(counting: list[Ruled]) -> Iterator[Suppression]:
    """Give what repeated bounces ask for, each rule with those of the stricter rules beside its own."""
    for rule in sorted({rule for _, rule in counting}, key=str):
        group = counted(fact for fact, own in counting if own.count <= rule.count)
        run = first_run(group, rule)
        if run:
            yield _suppressed("escalated", run)


def first_run(facts: tuple[Fact, ...], rule: Escalation) -> tuple[Fact, ...]:
    """Give the first bounces that fulfil a rule, or none; `facts` are those that count, in their order."""
    for place, last in enumerate(facts):
        run = tuple(fact for fact in facts[: place + 1] if last.received - fact.received <= rule.within)
        if len(run) >= rule.count and last.received - run[0].received >= rule.span:
            return run
    return ()


def _watched(counting: list[Ruled], now: datetime) -> Iterator[Suppression]:
    """Give what is told of an address that bounced, and not often enough yet."""
    ends = [
        (fact.received + rule.within, fact) for fact, rule in counting if fact.received + rule.within > now
    ]
    if ends:
        facts = sorted((fact for _, fact in ends), key=order)
        yield Suppression(
            "watch", _reason(facts[-1]), facts[0].received, max(end for end, _ in ends), "watch",
            facts[-1].fingerprint, tuple(dict.fromkeys(fact.fingerprint for fact in facts)),
        )  # fmt: skip


def is_refused_often(fact: Fact, history: History, policy: Policy) -> bool:
    """Tell whether a fact is the one with which a person should look at what refuses an address."""
    rule = rule_of(fact, policy)
    if rule.step is not Step.REVIEW or not fact.is_bounce or not policy.counts(fact.level):
        return False
    after = history.released
    group = counted(
        each
        for each in history.facts
        if each.is_bounce
        and policy.counts(each.level)
        and rule_of(each, policy).step is Step.REVIEW
        and (after is None or each.received > after)
    )
    run = [each for each in group if timedelta() <= fact.received - each.received <= rule.within]
    return fact in run and len(run) % rule.count == 0


def _is_gone(fact: Fact, policy: Policy) -> bool:
    return fact.reason in policy.domain_reasons and rule_of(fact, policy).step is Step.AT_ONCE


def _gone(facts: list[Fact], policy: Policy) -> Iterator[Suppression]:
    first: dict[str, Fact] = {}  # of each local part
    for fact in sorted(facts, key=order):
        first.setdefault((fact.address or "").rpartition("@")[0].casefold(), fact)
    if policy.domain_after is not None and len(first) >= policy.domain_after:
        yield _suppressed("hard", tuple(first.values())[: policy.domain_after])


def rule_of(fact: Fact, policy: Policy) -> Escalation:
    """Give what a bounce leads to."""
    return policy.escalation(fact.reason, fact.bounce_class, fact.advice)


def _suppressed(cause: str, facts: tuple[Fact, ...]) -> Suppression:
    last = facts[-1]
    names = tuple(dict.fromkeys(fact.fingerprint for fact in facts))
    return Suppression("suppressed", _reason(last), last.received, None, cause, last.fingerprint, names)


def _reason(fact: Fact) -> str:
    return fact.reason or "unknown"
