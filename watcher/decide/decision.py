"""Choose what a report leads to; the one place where report, history and policy meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.decide.address import address_key, storable
from watcher.decide.filing import filing_key
from watcher.decide.history import Fact, History, Suppression, SuppressionChange
from watcher.decide.notices import Notice, notices
from watcher.decide.review import held_places, review_reason
from watcher.decide.standing import stronger, wanted
from watcher.events import About, Event, Standing, make_event
from watcher.model import Level, Report
from watcher.reader.report_json import report_to_dict


@dataclass(frozen=True, slots=True)
class Policy:
    """What a verdict leads to."""

    review_below: float = 0.6
    quarantine: timedelta = timedelta(days=15)
    trust_all: bool = False  # authenticity mode `off`


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where and when a message was met."""

    mailbox: str
    source: str
    received: datetime  # INTERNALDATE
    now: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about one message."""

    filing: str  # a key of the config's folders: `bounce.hard`, `delay`, `review`
    review: str | None  # why a person should look
    facts: tuple[Fact, ...]
    suppressions: tuple[SuppressionChange, ...]
    events: tuple[Event, ...]
    histories: Mapping[str, History]  # of the addresses concerned, as they are now


def decide(report: Report, histories: Mapping[str, History], policy: Policy, arrival: Arrival) -> Decision:
    """Choose the folder, the events, the suppressions and the review of one report.

    `histories` holds those known so far, by `address_key`; an absent one is empty.
    """
    held = held_places(report, policy.review_below)
    facts = _facts(report, held, arrival.received)
    before = {address_key(fact.address): History() for fact in facts if fact.address is not None}
    before |= {key: histories[key] for key in before if key in histories}
    after, changes = _apply(facts, before, policy, arrival.now)
    return Decision(
        filing=filing_key(report, held),
        review=review_reason(report, held),
        facts=facts,
        suppressions=tuple(changes.values()),
        events=_events(report, notices(report, held), after, changes, arrival),
        histories=after,
    )


def _facts(report: Report, held: frozenset[int], received: datetime) -> tuple[Fact, ...]:
    original = report.original.message_id if report.original is not None else None
    rejected = report.authenticity.level is Level.CONTRADICTED
    return tuple(
        Fact(
            fingerprint=report.message.fingerprint,
            place=place,
            address=None if recipient.address is None else storable(recipient.address),
            kind=report.kind,
            action=recipient.action,
            bounce_class=recipient.bounce_class,
            reason=recipient.reason or report.reason,
            advice=recipient.advice or report.advice,
            level=report.authenticity.level,
            original=storable(original or report.message.fingerprint),
            held=rejected or place in held,
            received=received,
        )
        for place, recipient in enumerate(report.recipients)
    )


def _apply(
    facts: tuple[Fact, ...], histories: Mapping[str, History], policy: Policy, now: datetime
) -> tuple[dict[str, History], dict[str, SuppressionChange]]:
    """Add the facts to the histories, and find the addresses whose suppression grows by it."""
    after = dict(histories)
    changes = {}
    for fact in facts:
        if fact.address is None:
            continue
        key = address_key(fact.address)
        history = after[key].having(fact)
        # What is known already changes nothing, whatever a person has made of the suppression since.
        if not after[key].says(fact):
            found = wanted(history.facts, policy.quarantine, now, trust_all=policy.trust_all)
            if found is not None and stronger(found, history.suppression, now):
                history = History(history.facts, found)
                changes[key] = _change(fact, found)
        after[key] = history
    return after, changes


def _change(fact: Fact, found: Suppression) -> SuppressionChange:
    return SuppressionChange(
        address=fact.address or "",
        state=found.state,
        reason=found.reason,
        since=found.since,
        until=found.until,
        source=fact.fingerprint,
    )


def _events(
    report: Report,
    planned: tuple[Notice, ...],
    histories: Mapping[str, History],
    changes: Mapping[str, SuppressionChange],
    arrival: Arrival,
) -> tuple[Event, ...]:
    about = About(
        message=report_to_dict(report, arrival.source),
        fingerprint=report.message.fingerprint,
        mailbox=arrival.mailbox,
        received=arrival.received,
    )
    events: dict[str, Event] = {}
    for notice in (*planned, *_additions(report, changes)):
        event = make_event(
            about,
            notice.type,
            _who(report, notice.place),
            notice.place,
            _standing(_key(report, notice.place), histories, changes),
        )
        events.setdefault(event.event_id, event)  # a recipient named twice is one recipient
    return tuple(events.values())


def _additions(report: Report, changes: Mapping[str, SuppressionChange]) -> tuple[Notice, ...]:
    places = {_key(report, place): place for place in reversed(range(len(report.recipients)))}
    return tuple(Notice("suppression.added", places[key]) for key in changes)


def _key(report: Report, place: int | None) -> str | None:
    address = None if place is None else report.recipients[place].address
    return None if address is None else address_key(address)


def _who(report: Report, place: int | None) -> str:
    """Name the recipient in an event's id: by address, else by its place in the report."""
    return _key(report, place) or f"#{place or 0}"


def _standing(
    key: str | None, histories: Mapping[str, History], changes: Mapping[str, SuppressionChange]
) -> Standing:
    if key is None or key not in histories:
        return Standing()
    history = histories[key]
    suppression = history.suppression
    return Standing(
        hard=history.hard,
        soft=history.soft,
        first_seen=history.first_seen,
        last_seen=history.last_seen,
        state=None if suppression is None else suppression.state,
        since=None if suppression is None else suppression.since,
        until=None if suppression is None else suppression.until,
        changed=key in changes,
    )
