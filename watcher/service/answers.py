"""What is known of addresses, in the JSON that commands print and the HTTP listener answers."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from watcher.config.shape import Config
from watcher.decide.address import address_key
from watcher.decide.history import Act, Fact, History, Suppression
from watcher.decide.policy import Policy
from watcher.decide.telling import event_of
from watcher.decide.why import why
from watcher.decide.word import FIXED
from watcher.events import moment
from watcher.store import Store
from watcher.store.delivery_records import Pause
from watcher.store.records import BacklogState, Listed, Logged, MailboxHealth, Overview


def status_to_dict(overview: Overview, config: Config, pauses: Iterable[Pause] = ()) -> dict[str, Any]:
    """Give all that `status` shows, each configured mailbox among it though it was never reached."""
    known = {health.name: health for health in overview.mailboxes}
    return {
        "mailboxes": [_health(box.name, known.get(box.name)) for box in config.mailboxes],
        "deliveries": {"due": overview.due, "dead": overview.dead},
        "failing": [
            {"endpoint": each.endpoint, "due": each.failed, "error": each.error} for each in overview.refusals
        ],
        "paused": [
            {"endpoint": each.endpoint, "since": moment(each.since), "error": each.error} for each in pauses
        ],
        "today": dict(overview.today),
        "week": dict(overview.week),
        "suppressed": overview.suppressed,
        "review": overview.review,
    }


def _health(name: str, health: MailboxHealth | None) -> dict[str, Any]:
    return {
        "name": name,
        "last_success": None if health is None else _or_none(health.last_success),
        "failing_since": None if health is None else _or_none(health.failing_since),
        "error": None if health is None else health.error,
        "unfiled": 0 if health is None else health.unfiled,
        "backlog": None if health is None or health.backlog is None else _backlog(health.backlog),
    }


def _backlog(state: BacklogState) -> dict[str, Any]:
    return {
        "done": state.done,
        "total": state.total,
        "per_second": round(state.rate, 1),
        "seconds_left": None if state.left is None else int(state.left.total_seconds()),
        "updated": moment(state.updated),
    }


def listed_to_dict(row: Listed) -> dict[str, Any]:
    """Give a row of the list."""
    return {
        "address": row.address or row.key,
        "state": row.state,
        "reason": row.reason,
        "since": moment(row.since),
        "until": _or_none(row.until),
        "source": row.source,
    }


def standing_to_row(address: str, standing: Suppression | None) -> dict[str, Any]:
    """Give how an address stands, as a row of the list."""
    row = standing_to_dict(address, standing)
    del row["suppressed"]
    return {
        **row,
        "until": None if standing is None else _or_none(standing.until),
        "source": None if standing is None else standing.source,
    }


def standing_to_dict(address: str, standing: Suppression | None) -> dict[str, Any]:
    """Give the answer to whoever asks before a mail; quarantined counts as suppressed."""
    return {
        "address": address,
        "suppressed": standing is not None and standing.blocks,
        "state": "active" if standing is None else standing.state,
        "reason": None if standing is None else standing.reason,
        "since": None if standing is None else moment(standing.since),
    }


def whole_history(store: Store, address: str, policy: Policy, now: datetime) -> dict[str, Any]:
    """Give all that is known of an address, and why it is or is not suppressed."""
    key = address_key(address)
    history = store.histories([key])[key]
    ((_, standing),) = store.check([address], now)
    domain = (
        standing if standing is not None and standing.blocks and standing != history.suppression else None
    )
    return {
        **standing_to_row(address, standing),
        "suppressed": standing is not None and standing.blocks,
        "why": why(history, domain, policy, now),
        "hard": history.hard,
        "soft": history.soft,
        "first_seen": _or_none(history.first_seen),
        "last_seen": _or_none(history.last_seen),
        "facts": [fact_to_dict(fact, key) for fact in history.facts],
        "acts": _acts(store, history, key),
        "log": [logged_to_dict(entry) for entry in store.suppression_log(key)],
    }


def fact_to_dict(fact: Fact, key: str) -> Mapping[str, Any]:
    """Give what one message said of an address."""
    return {
        "received": moment(fact.received),
        "kind": fact.kind.value,
        "action": None if fact.action is None else fact.action.value,
        "class": None if fact.bounce_class is None else fact.bounce_class.value,
        "reason": fact.reason,
        "level": fact.level.value,
        "held": fact.held and not fact.word,
        "dismissed": fact.held and fact.word,
        "proof_of_life": fact.proof,
        "by_a_person": fact.word,
        "original": fact.original,
        "fingerprint": fact.fingerprint,
        "event_id": None if fact.held and fact.word else event_of(fact, key),
    }


def _acts(store: Store, history: History, key: str) -> list[Mapping[str, Any]]:
    """Give what people and programs said of an address and of the messages about it, oldest first."""
    said = [act_to_dict(act) for act in history.acts]
    spoken = dict.fromkeys(fact.fingerprint for fact in history.facts if fact.word)
    for number, words in store.spoken_on(spoken):
        said += [
            word_to_dict(word, number)
            for word in json.loads(words)
            if word["recipient"] is None or address_key(word["recipient"]) == key
        ]
    return sorted(said, key=lambda act: str(act["since"]))


def word_to_dict(word: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    """Give what a person said of a message that was set aside, as an act."""
    fixed = word["verdict"] in FIXED
    return {
        "since": word["at"],
        "act": word["verdict"] if fixed else "resolve",
        "reason": None if fixed else word["verdict"],
        "until": None,
        "source": f"review:{number}",
        "who": word["who"],
        "why": word["why"],
    }


def act_to_dict(act: Act) -> Mapping[str, Any]:
    """Give what a person or a program said of an address."""
    return {
        "since": moment(act.since),
        "act": act.verb.value,
        "reason": act.reason,
        "until": _or_none(act.until),
        "source": act.source,
        "who": act.who,
        "why": act.why,
    }


def logged_to_dict(entry: Logged) -> Mapping[str, Any]:
    """Give one change of how an address stood."""
    return {
        "changed": moment(entry.changed),
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "since": moment(entry.since),
        "until": _or_none(entry.until),
        "source": entry.source,
        "who": entry.who,
        "why": entry.why,
        "events": list(entry.events),
    }


def _or_none(when: datetime | None) -> str | None:
    return None if when is None else moment(when)
