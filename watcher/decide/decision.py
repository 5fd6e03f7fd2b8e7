"""Choose what a report leads to; the one place where report, history and policy meet."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from watcher.decide.address import address_key
from watcher.decide.caps import Capped, Histories, Room, within_caps
from watcher.decide.changes import change_of, is_added
from watcher.decide.filing import filing_key
from watcher.decide.history import Fact, History, SuppressionChange
from watcher.decide.notices import Notice, notices
from watcher.decide.policy import Policy
from watcher.decide.review import held_places, review_reason
from watcher.decide.said import concerned, facts_of
from watcher.decide.standing import is_refused_often, settle
from watcher.decide.telling import Told, additions, event_of, led_by, make_addition
from watcher.events import About, Event, make_event
from watcher.model import Report
from watcher.reader.report_json import report_to_dict


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where and when a message was met."""

    mailbox: str
    source: str
    received: datetime  # INTERNALDATE
    now: datetime
    room: Room = field(default_factory=dict)  # for suppressions, of a report that is merely plausible
    text: str | None = None  # the report's JSON, where it is written already
    wanted: frozenset[str] | None = None  # the types of events that anybody asks for; None: all

    @property
    def dated(self) -> datetime:
        """When its facts are from: a clock that is ahead must not date them after a release to come."""
        return min(self.received, self.now)

    def wants(self, event_type: str) -> bool:
        """Tell whether anybody asks for events of a type."""
        return self.wanted is None or event_type in self.wanted


@dataclass(frozen=True, slots=True)
class Hearing:
    """What of a message a person has spoken on, and what still waits: places of recipients."""

    spoken: frozenset[int]
    held: frozenset[int]
    dismissed: bool = False  # nothing of it is to count


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about one message."""

    filing: str  # a key of the config's folders: `bounce.hard`, `delay`, `review`
    review: str | None  # why a person should look
    facts: tuple[Fact, ...]
    suppressions: tuple[SuppressionChange, ...]
    events: tuple[Event, ...]
    histories: Mapping[str, History]  # of the addresses concerned, as they are now
    counted: tuple[str, ...] = ()  # what the caps are to count


def decide(
    report: Report,
    histories: Mapping[str, History],
    policy: Policy,
    arrival: Arrival,
    hearing: Hearing | None = None,
) -> Decision:
    """Choose the folder, the events, the suppressions and the review of one report.

    `histories` holds those known so far, by `address_key`; an absent one is empty.  `hearing` is given where
    a person has spoken: nothing else waits for one then.
    """
    if hearing is None:
        held = held_places(report, policy.review_below, enforce=policy.enforce)
        facts = facts_of(report, held, policy, arrival.dated)
    else:
        held = hearing.held
        facts = _heard(facts_of(report, held, policy, arrival.dated), hearing)
    keys = dict.fromkeys(key for fact in facts for key in concerned(fact))
    before = {key: histories.get(key, History()) for key in keys}
    capped = _capped(report, facts, before, policy, arrival)
    facts, after = capped.facts, capped.histories
    changes = _changes(before, after, arrival.now)
    told = Told(before, after, changes, policy, arrival.now)
    over = (Notice("review.needed", place) for place in sorted(capped.held))
    return Decision(
        filing=filing_key(report, held),
        review=review_reason(report, held, enforce=policy.enforce)
        or ("flood" if capped.held else _review(facts, before, after, policy)),
        facts=facts,
        suppressions=tuple(changes.values()),
        events=_events(report, (*_planned(report, held, before, hearing), *over), told, arrival),
        histories=after,
        counted=capped.counted,
    )


def _capped(
    report: Report, facts: tuple[Fact, ...], before: Histories, policy: Policy, arrival: Arrival
) -> Capped:
    """Add the facts to the histories, and hold what is over the caps; without any, all may count."""

    def add(fact: Fact, known: Histories) -> tuple[Histories, bool]:
        changed = _having(fact, known, policy, arrival.now)
        grows = (
            is_added(known[key].suppression, changed.get(key, known[key]).suppression, arrival.now)
            for key in concerned(fact)
        )
        return changed, any(grows)

    return within_caps(report, facts, arrival.room, before, add)


def _planned(
    report: Report, held: frozenset[int], before: Mapping[str, History], hearing: Hearing | None
) -> tuple[Notice, ...]:
    """Give the events of the report itself; what a person has spoken on was told then."""
    if hearing is not None:
        spoken = {None, *hearing.spoken}
        found = (notice for notice in notices(report, held) if notice.place in spoken)
        return () if hearing.dismissed else tuple(found)
    name = report.message.fingerprint
    done = {
        fact.place
        for history in before.values()
        for fact in history.facts
        if fact.word and fact.fingerprint == name
    }
    return tuple(notice for notice in notices(report, held) if notice.place not in done)


def _heard(facts: tuple[Fact, ...], hearing: Hearing) -> tuple[Fact, ...]:
    """Give the facts that a person has spoken on; of the others all stays as it was read."""
    return tuple(
        replace(fact, word=True, held=hearing.dismissed) for fact in facts if fact.place in hearing.spoken
    )


def _changes(
    before: Mapping[str, History], after: Mapping[str, History], now: datetime
) -> dict[str, SuppressionChange]:
    """Find what stands otherwise than it did."""
    changes = {}
    for key, history in after.items():
        change = change_of(key, before[key], history, now)
        if change is not None:
            changes[key] = replace(change, events=_behind(key, history))
    return changes


def _having(fact: Fact, histories: Mapping[str, History], policy: Policy, now: datetime) -> Histories:
    """Give those histories that a fact changes, with the fact in them."""
    changed = {}
    for key in concerned(fact):
        history = histories[key]
        having = history.having(fact)
        # What is known already, and came no earlier, changes nothing, whatever a person has made of the
        # suppression since.
        if not history.says(fact) or having.facts != history.facts:
            changed[key] = _settled(having, policy, now, domain=key.startswith("@"))
    return changed


def _behind(key: str, history: History) -> tuple[str, ...]:
    """Give the ids of the events that told of what led to a change."""
    found = (event_of(fact, key) for fact in led_by(history))
    return tuple(name for name in found if name is not None)


def _settled(history: History, policy: Policy, now: datetime, *, domain: bool) -> History:
    return History(history.facts, settle(history, policy, now, domain=domain), history.acts)


def _review(
    facts: tuple[Fact, ...], before: Mapping[str, History], after: Mapping[str, History], policy: Policy
) -> str | None:
    """Say why a person should look at addresses that are refused again and again, or None."""
    for fact in facts:
        key = None if fact.address is None else address_key(fact.address)
        if key is not None and not before[key].says(fact) and is_refused_often(fact, after[key], policy):
            return "refused_often"
    return None


def _events(report: Report, planned: tuple[Notice, ...], told: Told, arrival: Arrival) -> tuple[Event, ...]:
    planned = tuple(notice for notice in planned if arrival.wants(notice.type))
    added = tuple(each for each in additions(report, told) if arrival.wants(each.type))
    if not planned and not added:
        return ()
    text = arrival.text
    about = About(
        message=report_to_dict(report, arrival.source) if text is None else orjson.loads(text),
        fingerprint=report.message.fingerprint,
        mailbox=arrival.mailbox,
        received=arrival.received,
    )
    events: dict[str, Event] = {}
    for notice in planned:
        key = _key(report, notice.place)
        event = make_event(about, notice.type, _who(key, notice.place), notice.place, told.standing(key))
        events.setdefault(event.event_id, event)  # a recipient named twice is one recipient
    for addition in added:
        event = make_addition(about, addition, told)
        events.setdefault(event.event_id, event)
    return tuple(events.values())


def _key(report: Report, place: int | None) -> str | None:
    address = None if place is None else report.recipients[place].address
    return None if address is None else address_key(address)


def _who(key: str | None, place: int | None) -> str:
    """Name the recipient in an event's id: by address, else by its place in the report."""
    return key or f"#{place or 0}"
