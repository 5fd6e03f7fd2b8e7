"""Choose the suppression that an address's facts ask for.

It rests on the facts alone, in the order of their arrival in the mailbox: the same facts, met in any order,
ask for the same.  A hard bounce that is surely ours suppresses at once.  A plausible one may be forged: the
first sets the address aside for a while, a second about another message on another day suppresses it for
good.  What nothing binds to our mail asks for nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from watcher.decide.history import COUNTED, TRUSTED, Fact, Suppression, counted
from watcher.model import BounceClass, Kind


_RANK = {"watch": 0, "quarantined": 1, "suppressed": 2}


def wanted(
    facts: Iterable[Fact], quarantine: timedelta, now: datetime, *, trust_all: bool
) -> Suppression | None:
    """Give the suppression that these facts ask for, or None."""
    known = tuple(facts)
    sure = counted((fact for fact in known if trust_all or fact.level in TRUSTED), BounceClass.HARD)
    likely = counted((fact for fact in known if trust_all or fact.level in COUNTED), BounceClass.HARD)
    complaints = [fact for fact in known if _is_complaint(fact, trust_all=trust_all)]
    decisive = [*sure[:1], *likely[1:2], *complaints[:1]]
    if decisive:
        first = min(decisive, key=lambda fact: (fact.received, fact.fingerprint))
        return Suppression("suppressed", first.reason or "unknown", first.received, None)
    if not likely or likely[0].received + quarantine <= now:
        return None
    first = likely[0]
    return Suppression("quarantined", first.reason or "unknown", first.received, first.received + quarantine)


def stronger(found: Suppression, current: Suppression | None, now: datetime) -> bool:
    """Tell whether a suppression says more than the one that stands."""
    if current is None or (current.until is not None and current.until <= now):
        return True
    return _RANK[found.state] > _RANK[current.state]


def _is_complaint(fact: Fact, *, trust_all: bool) -> bool:
    counts = trust_all or fact.level in COUNTED
    return fact.kind is Kind.COMPLAINT and fact.advice == "suppress" and counts and not fact.held
