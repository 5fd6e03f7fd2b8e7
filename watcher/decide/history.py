"""What is known of an address before a report: its facts, what people said of it, its standing decision.

Bounces count once for each original message and at most once a day; a fact that waits for a person, or a
message met again, counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from watcher.model import Action, BounceClass, Kind, Level


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
    received: datetime  # INTERNALDATE, but not after it was read
    domain: str | None = None  # the address's, in ASCII, where all of it is concerned
    proof: bool = False  # of life: the address took a message
    word: bool = False  # a person's verdict, which reading the message anew does not change

    @property
    def is_bounce(self) -> bool:
        """Tell whether this says that a message did not arrive, and waits for nobody."""
        return self.action is Action.FAILED and not self.held


class Verb(StrEnum):
    """What a person or a program may say of an address."""

    SUPPRESS = "suppress"
    BAN = "ban"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Act:
    """What a person or a program said of an address: as much a part of its history as the facts."""

    address: str  # "@example.com": the whole domain
    verb: Verb
    cause: str  # manual, hard, complaint
    reason: str
    source: str  # manual, import:sendgrid
    who: str
    since: datetime
    until: datetime | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """The standing decision on an address."""

    state: str  # watch, quarantined, suppressed, banned
    reason: str
    since: datetime
    until: datetime | None
    cause: str = "hard"  # banned, complaint, manual, hard, escalated, quarantined, watch
    source: str = ""  # the fingerprint that led to it, or the source of the act
    led_by: tuple[str, ...] = ()  # fingerprints of all it rests on

    @property
    def blocks(self) -> bool:
        """Tell whether the address is not to be mailed, as long as this stands."""
        return self.state in BLOCKING


STATES = ("watch", "quarantined", "suppressed", "banned")  # the gravest last
BLOCKING = frozenset(STATES[1:])


@dataclass(frozen=True, slots=True)
class SuppressionChange:
    """A change of the standing decision on an address; the state `active` takes it off the list."""

    address: str
    state: str
    reason: str
    since: datetime
    until: datetime | None
    source: str  # the fingerprint that led to it, or the source of an act
    cause: str = "hard"
    led_by: tuple[str, ...] = ()
    before: str | None = None  # the state that it replaces
    who: str | None = None  # None: the watcher
    why: str | None = None
    events: tuple[str, ...] = ()  # ids of the events behind it


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one address, oldest fact first."""

    facts: tuple[Fact, ...] = ()
    suppression: Suppression | None = None
    acts: tuple[Act, ...] = ()  # in the order they were said

    @property
    def hard(self) -> int:
        """How many hard bounces count."""
        return len(counted(self._bounces(BounceClass.HARD)))

    @property
    def soft(self) -> int:
        """How many soft bounces count."""
        return len(counted(self._bounces(BounceClass.SOFT)))

    @property
    def first_seen(self) -> datetime | None:
        """When the address was first heard of."""
        return min((fact.received for fact in self.facts if not fact.held), default=None)

    @property
    def last_seen(self) -> datetime | None:
        """When the address was last heard of."""
        return max((fact.received for fact in self.facts if not fact.held), default=None)

    @property
    def released(self) -> datetime | None:
        """When a person last let the address go: what is dated before counts no more."""
        if not self.acts:
            return None
        return max((act.since for act in self.acts if act.verb is Verb.RELEASE), default=None)

    def says(self, fact: Fact) -> bool:
        """Tell whether this very fact is known, whenever it came, or a person has corrected it."""
        return any(
            _same(known, fact)
            and not (known.word and fact.word)
            and replace(corrected(known, fact), received=known.received) == known
            for known in self.facts
        )

    def having(self, fact: Fact) -> "History":
        """Give the history with a fact added, or corrected where the same message is met again."""
        others = []
        for known in self.facts:
            if _same(known, fact):
                fact = corrected(known, fact)
            else:
                others.append(known)
        facts = tuple(sorted([*others, fact], key=order)) if others else (fact,)
        return History(facts, self.suppression, self.acts)

    def _bounces(self, bounce_class: BounceClass) -> Iterable[Fact]:
        after = self.released
        return (
            fact
            for fact in self.facts
            if fact.is_bounce
            and fact.bounce_class is bounce_class
            and (after is None or fact.received > after)
        )


def corrected(known: Fact, fact: Fact) -> Fact:
    """Give what is known once the same message is met again; it is dated when it first came.

    A person's word stands until a person says otherwise.  A reading that is less sure than the one before,
    since a key was retired or a lookup failed, corrects nothing, and what counted waits for nobody again.
    """
    if known.word and not fact.word:
        return known
    received = min(known.received, fact.received)
    if not fact.word and is_weaker(fact.level, known.level):
        return replace(known, received=received)
    return replace(fact, received=received, held=fact.held and (known.held or fact.word))


def is_weaker(level: Level, other: Level) -> bool:
    """Tell whether a level is less sure than another."""
    return _SURENESS[level] > _SURENESS[other]


_SURENESS = {level: place for place, level in enumerate(Level)}  # the surest first


def _same(one: Fact, other: Fact) -> bool:
    return one.fingerprint == other.fingerprint and one.place == other.place


def counted(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Give the bounces that count, of these, in the order of their arrival."""
    facts = tuple(facts)
    if len(facts) < 2:
        return facts
    originals: set[str] = set()
    days: set[date] = set()
    kept = []
    for fact in sorted(facts, key=order):
        if fact.original in originals or fact.received.date() in days:
            continue
        originals.add(fact.original)
        days.add(fact.received.date())
        kept.append(fact)
    return tuple(kept)


def order(fact: Fact) -> tuple[datetime, str, int]:
    """Give what facts are sorted by: when they came, and never when they were read."""
    return fact.received, fact.fingerprint, fact.place
