"""Make the events that a change in how an address stands leads to, beside those of the report itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.decide.address import address_key
from watcher.decide.changes import is_added, is_removed
from watcher.decide.history import Fact, History, SuppressionChange
from watcher.decide.policy import Policy
from watcher.decide.standing import rule_of
from watcher.events import About, Event, Standing, event_id, make_event, moment
from watcher.model import BounceClass, Recipient, Report
from watcher.reader.report_json import recipient_to_dict


MOST_NAMED = 20  # bounces that an escalation is told to rest on; the body stays small


@dataclass(frozen=True, slots=True)
class Told:
    """What is known before and after a report, and what changed; all by `address_key`."""

    before: Mapping[str, History]
    after: Mapping[str, History]
    changes: Mapping[str, SuppressionChange]
    policy: Policy
    now: datetime

    def standing(self, key: str | None) -> Standing:
        """Give the `history` of an event about an address."""
        if key is None or key not in self.after:
            return Standing()
        return standing_of(self.after[key], changed=key in self.changes)


def standing_of(history: History, *, changed: bool) -> Standing:
    """Give the `history` of an event."""
    suppression = history.suppression
    return Standing(
        hard=history.hard,
        soft=history.soft,
        first_seen=history.first_seen,
        last_seen=history.last_seen,
        state=None if suppression is None else suppression.state,
        since=None if suppression is None else suppression.since,
        until=None if suppression is None else suppression.until,
        changed=changed,
    )


@dataclass(frozen=True, slots=True)
class Addition:
    """An event about what changed; `key` is the address's or domain's, `place` of its first recipient."""

    type: str
    key: str
    place: int


def additions(report: Report, told: Told) -> Iterator[Addition]:
    """Give the events of what changed: escalated, added to the list, removed from it."""
    places = _places(report) if told.changes else {}
    for key in told.changes:
        before, after = told.before[key].suppression, told.after[key].suppression
        if (
            after is not None
            and after.cause == "escalated"
            and (before is None or before.cause != "escalated")
        ):
            yield Addition("bounce.escalated", key, places[key])
        if is_added(before, after, told.now):
            yield Addition("suppression.added", key, places[key])
        elif is_removed(before, after):
            yield Addition("suppression.removed", key, places[key])


def make_addition(about: About, addition: Addition, told: Told) -> Event:
    """Make the event about what changed."""
    make = _escalated if addition.type == "bounce.escalated" else _on_list
    return make(about, addition, told)


def _places(report: Report) -> dict[str, int]:
    """Give the first place of each address, and of each domain under its key."""
    places: dict[str, int] = {}
    for place, recipient in enumerate(report.recipients):
        if recipient.address is not None:
            key = address_key(recipient.address)
            places.setdefault(key, place)
            places.setdefault(f"@{key.rpartition('@')[2]}", place)
    return places


def _on_list(about: About, addition: Addition, told: Told) -> Event:
    key = addition.key
    event = make_event(about, addition.type, key, addition.place, told.standing(key))
    if not key.startswith("@"):
        return event
    domain = recipient_to_dict(Recipient(key))
    return replace(event, data={**event.data, "recipient": domain})


def _escalated(about: About, addition: Addition, told: Told) -> Event:
    """Make the event that too many bounces are as good as a hard one; it names each of them."""
    key = addition.key
    event = make_event(about, addition.type, key, addition.place, told.standing(key))
    recipient = {**event.data["recipient"], "class": BounceClass.HARD.value, "advice": "suppress"}
    facts = led_by(told.after[key])
    rule = rule_of(facts[-1], told.policy)
    named = {"rule": str(rule), "bounces": [_named(fact, key) for fact in facts[-MOST_NAMED:]]}
    return replace(event, data={**event.data, "recipient": recipient, "escalation": named})


def led_by(history: History) -> tuple[Fact, ...]:
    """Give the facts that the standing decision rests on, as far as they are known."""
    names = () if history.suppression is None else history.suppression.led_by
    return tuple(fact for fact in history.facts if fact.fingerprint in names and not fact.held)


def event_of(fact: Fact, key: str) -> str | None:
    """Give the id of the event that told of a bounce."""
    if fact.bounce_class is None:
        return None
    return event_id(fact.fingerprint, key, f"bounce.{fact.bounce_class}")


def _named(fact: Fact, key: str) -> dict[str, str | None]:
    return {
        "event_id": event_of(fact, key),
        "fingerprint": fact.fingerprint,
        "reason": fact.reason,
        "received": moment(fact.received),
    }
