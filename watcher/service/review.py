"""Carry out a person's word on a message that was set aside.

All that follows from it, and that it was said, is one transaction: after a stop in between nothing was said.
The same word said again changes nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from watcher.config.webhook import Webhook
from watcher.decide.decision import Arrival, Decision, Hearing, decide
from watcher.decide.policy import Policy
from watcher.decide.said import asked_for
from watcher.decide.word import FIXED, Spoken, Word, speak
from watcher.errors import AbsentError, UsageError
from watcher.events import moment
from watcher.model import Kind
from watcher.nearest import nearest_reason
from watcher.reader.report_reading import decode_report
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.service.addressing import outbox_rows
from watcher.store import Store
from watcher.store.records import ReviewItem, SpokenWord


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a word: the types of events that follow, and how addresses stand by it."""

    events: tuple[str, ...]
    suppressions: tuple[tuple[str, str], ...]  # address, state
    done: bool  # nothing of the message waits any more
    known: bool = False  # it was said before


@dataclass(frozen=True, slots=True)
class Bench:
    """Where words are heard."""

    store: Store
    policy: Policy
    taxonomy: Taxonomy
    webhooks: Sequence[Webhook] = ()

    def hear(self, number: int, word: Word, now: datetime, *, again: bool = False) -> Outcome:
        """Carry out a word; UsageError where it cannot be, or another was said and `again` is not set.

        AbsentError where there is no such item.
        """
        with self.store.transaction():
            item = self.store.review(number)
            if item is None:
                raise AbsentError(f"{number}: no such item; see: bounce-watcher review list")
            said = _said(item)
            if _is_known(said, word):
                return Outcome((), (), item.resolved is not None, known=True)
            if item.resolved is not None and not again:
                raise UsageError(
                    f"{number}: {item.who} said '{said[-1]['verdict']}' at {moment(item.resolved)}; "
                    "add --again to overrule it"
                )
            return self._carry_out(item, word, said, now)

    def _carry_out(self, item: ReviewItem, word: Word, said: list[dict[str, Any]], now: datetime) -> Outcome:
        report, source = decode_report(item.report_json)
        try:
            spoken = speak(report, word, self._row(word))
        except ValueError as error:
            raise UsageError(str(error)) from None
        if spoken.report.kind is Kind.BOUNCE and not (spoken.dismissed or spoken.report.recipients):
            raise UsageError(f"{item.number}: it names nobody; say who it is about: --recipient ADDRESS")
        left = self.store.held_places(item.fingerprint) - spoken.places
        decision = self._decide(item, spoken, left, source, now)
        events = outbox_rows(decision.events, item.mailbox, self.webhooks, now)
        changes = [replace(change, who=word.who, why=word.why) for change in decision.suppressions]
        words = [*said, {"verdict": word.verdict, "recipient": word.recipient, "who": word.who,
                         "why": word.why, "at": moment(now)}]  # fmt: skip
        self.store.record_word(
            SpokenWord(
                number=item.number,
                fingerprint=item.fingerprint,
                facts=decision.facts,
                events=tuple(events),
                suppressions=tuple(changes),
                resolution=json.dumps(words, ensure_ascii=False),
                who=word.who,
                done=None if left else now,
            ),
            now,
        )
        return Outcome(
            events=tuple(event.type for event in decision.events),
            suppressions=tuple((change.address, change.state) for change in decision.suppressions),
            done=not left,
        )

    def _decide(
        self, item: ReviewItem, spoken: Spoken, left: frozenset[int], source: str, now: datetime
    ) -> Decision:
        hearing = Hearing(spoken.places, left, spoken.dismissed)
        arrival = Arrival(item.mailbox, source, item.received, now)
        histories = self.store.histories(asked_for(spoken.report, self.policy))
        return decide(spoken.report, histories, replace(self.policy, enforce=False), arrival, hearing)

    def _row(self, word: Word) -> Any:
        if word.verdict in FIXED:
            return None
        if word.verdict not in self.taxonomy:
            known = [*(row.name for row in self.taxonomy), *FIXED]
            raise UsageError(f"{word.verdict}: no such reason; {nearest_reason(word.verdict, known)}")
        return self.taxonomy[word.verdict]


def _said(item: ReviewItem) -> list[dict[str, Any]]:
    found = json.loads(item.resolution or "[]")
    assert isinstance(found, list)
    return found


def _is_known(said: list[dict[str, Any]], word: Word) -> bool:
    """Tell whether this was the last that was said of these recipients."""
    about = [each for each in said if each["recipient"] in {None, word.recipient} or word.recipient is None]
    return bool(about) and (about[-1]["verdict"], about[-1]["recipient"]) == (word.verdict, word.recipient)
