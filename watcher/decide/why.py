"""Say in words why an address stands as it does."""

from datetime import datetime

from watcher.decide.history import History, Suppression
from watcher.decide.policy import Policy
from watcher.decide.standing import rule_of
from watcher.decide.telling import led_by
from watcher.events import moment


_CAUSES = {
    "banned": "a person banned it",
    "complaint": "its owner complained about mail of ours",
    "manual": "a person or a program put it on the list",
    "quarantined": "one hard bounce that nothing proves to be ours; a second on another day is for good",
}
_RELEASE = "it comes back by: bounce-watcher suppressions remove"


def why(history: History, domain: Suppression | None, policy: Policy, now: datetime) -> str:
    """Give one or two sentences on how an address stands and how it comes back; `domain` is its domain's."""
    own = history.suppression
    if own is not None and (own.until is None or own.until > now) and own.blocks:
        return f"{_cause(own, history, policy)} ({own.source}); {_way_back(own)}"
    if domain is not None:
        return f"its whole domain is off limits: {domain.reason}; {_RELEASE} @DOMAIN, or the address alone"
    if own is not None and (own.until is None or own.until > now):
        return f"it bounced, and not often enough yet: {_counting(history, policy)}; may be mailed"
    if history.released is not None:
        since = moment(history.released)
        return f"let go by a person at {since}: what came before counts no more; may be mailed"
    if not history.facts:
        return "nothing was ever heard of it; may be mailed"
    return "nothing that was heard of it speaks against mailing it; may be mailed"


def _cause(own: Suppression, history: History, policy: Policy) -> str:
    if own.cause in _CAUSES:
        return _CAUSES[own.cause]
    facts = led_by(history)
    if own.cause == "escalated":
        return f"{len(own.led_by)} bounces are as good as a hard one: {_rule(history, policy)}"
    if any(policy.trusts(fact.level) for fact in facts):
        return f"a hard bounce that is surely ours: {own.reason}"
    if len(own.led_by) > 1:
        return f"hard bounces of several messages on several days: {own.reason}"
    return f"a hard bounce: {own.reason}"


def _rule(history: History, policy: Policy) -> str:
    facts = led_by(history)
    return str(rule_of(facts[-1], policy)) if facts else "its rule"


def _counting(history: History, policy: Policy) -> str:
    return f"{len(led_by(history))} of {_rule(history, policy)}"


def _way_back(own: Suppression) -> str:
    if own.until is not None:
        return f"ends by itself at {moment(own.until)}"
    if own.cause in {"banned", "complaint"}:
        return f"{_RELEASE} --force"
    return _RELEASE if own.cause == "manual" else f"{_RELEASE}, or when it takes a message of yours"
