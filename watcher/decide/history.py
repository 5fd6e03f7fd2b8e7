"""What is known of an address before a report: its facts, counters and standing decision.

Bounces count once for each original message and at most once a day; a fact that waits for a person, or a
message met again, counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from watcher.model import Action, BounceClass, Kind, Level


# A fact that nothing binds to our own mail is told, and counts for nothing on our own list.
TRUSTED = frozenset({Level.VERIFIED, Level.STRONG})
COUNTED = TRUSTED | {Level.PLAUSIBLE}


@dataclass(frozen=True, slots=True)
class Fact:
    """What one message said about one recipient."""

    fingerprint: str
    place: int  # of the recipient in the report, from 0
    address: str | None
    kind: Kind
    action: Action | None
    bounce_class: BounceClass | None
    reason: str | None
    advice: str | None
    level: Level
    original: str  # what the report is about
    held: bool  # waits for a person
    received: datetime  # INTERNALDATE


@dataclass(frozen=True, slots=True)
class Suppression:
    """The standing decision on an address."""

    state: str  # watch, quarantined, suppressed
    reason: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SuppressionChange:
    """A change of the standing decision on an address."""

    address: str
    state: str  # watch, quarantined, suppressed
    reason: str
    since: datetime
    until: datetime | None
    source: str  # the fingerprint that led to it


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one address, oldest fact first."""

    facts: tuple[Fact, ...] = ()
    suppression: Suppression | None = None

    @property
    def hard(self) -> int:
        """How many hard bounces count."""
        return len(counted(self.facts, BounceClass.HARD))

    @property
    def soft(self) -> int:
        """How many soft bounces count."""
        return len(counted(self.facts, BounceClass.SOFT))

    @property
    def first_seen(self) -> datetime | None:
        """When the address was first heard of."""
        return min((fact.received for fact in self.facts), default=None)

    @property
    def last_seen(self) -> datetime | None:
        """When the address was last heard of."""
        return max((fact.received for fact in self.facts), default=None)

    def says(self, fact: Fact) -> bool:
        """Tell whether this very fact is known, whenever it came."""
        return any(replace(known, received=fact.received) == fact for known in self.facts)

    def having(self, fact: Fact) -> "History":
        """Give the history with a fact added, or corrected where the same message is met again."""
        others = [
            known
            for known in self.facts
            if (known.fingerprint, known.place) != (fact.fingerprint, fact.place)
        ]
        before = [known.received for known in self.facts if known not in others]
        dated = replace(fact, received=min([fact.received, *before]))
        return replace(self, facts=tuple(sorted([*others, dated], key=_order)))


def counted(facts: Iterable[Fact], bounce_class: BounceClass) -> tuple[Fact, ...]:
    """Give the bounces of a class that count, in the order of their arrival."""
    originals: set[str] = set()
    days: set[date] = set()
    kept = []
    for fact in sorted(facts, key=_order):
        if fact.bounce_class is not bounce_class or fact.held or fact.action is not Action.FAILED:
            continue
        if fact.original in originals or fact.received.date() in days:
            continue
        originals.add(fact.original)
        days.add(fact.received.date())
        kept.append(fact)
    return tuple(kept)


def _order(fact: Fact) -> tuple[datetime, str, int]:
    return fact.received, fact.fingerprint, fact.place
