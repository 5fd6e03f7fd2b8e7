"""Take a fetched mail through the pure core: read it, decide on it, make the record that the store keeps."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from watcher.config.mailbox import Mailbox
from watcher.config.shape import Config
from watcher.decide.decision import Arrival, Decision, asked_for, decide
from watcher.decide.history import History
from watcher.imap.session import Fetched
from watcher.lookups import Lookups
from watcher.model import Kind, MessageFacts, Report
from watcher.reader.analyse import analyse
from watcher.reader.parse.message import parse_message
from watcher.reader.report_json import encode_report
from watcher.reader.ruleset import Rules
from watcher.service.addressing import outbox_rows
from watcher.service.caps import Alert, Flood, Tallies
from watcher.service.policy import policy_of
from watcher.service.readers import Readers
from watcher.service.trust import Trust
from watcher.store.records import MessageKey, MessageRecord


log = logging.getLogger(__name__)

Histories = Callable[[Iterable[str]], Mapping[str, History]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A fetched mail, read."""

    key: MessageKey
    source: str
    received: datetime
    report: Report


class Pipeline:
    """The way of a mail from bytes to record, under one config."""

    def __init__(self, config: Config, rules: Rules, lookups: Lookups | None = None) -> None:
        self._config = config
        self._rules = rules
        self._policy = policy_of(config, rules.taxonomy)
        self._trust = Trust(config, lookups)
        self._alert = Alert()

    def start_readers(self, count: int) -> Readers:
        """Start processes that analyse mails by the same rules."""
        return Readers(self._rules, self._config.policy.profile, count)

    def read(
        self, mailbox: Mailbox, uidvalidity: int, mail: Fetched, analysed: Report | None = None
    ) -> Reading:
        """Read a mail, or take it as analysed before; whatever is wrong with it, there is a report."""
        source = _source(mailbox, uidvalidity, mail.uid)
        return Reading(
            key=MessageKey(mailbox.name, mailbox.folder, uidvalidity, mail.uid),
            source=source,
            received=mail.internal_date,
            report=self._report(mailbox, mail, source, analysed),
        )

    def decide(
        self,
        mailbox: Mailbox,
        readings: Sequence[Reading],
        histories: Histories,
        now: datetime,
        tallies: Tallies | None = None,
    ) -> list[tuple[Reading, Decision]]:
        """Decide on mails in their order, each knowing what those before it led to."""
        flood = Flood(self._config.policy.caps, tallies)
        known = dict(histories(name for reading in readings for name in asked_for(reading.report)))
        decided = []
        for reading in readings:
            outcome = self._decide(mailbox, reading, known, now, flood)
            known.update(outcome[1].histories)
            flood.count(outcome[1].counted, reading.received)
            if outcome[1].review == "flood":
                self._alert.tell(mailbox.name, now)
            decided.append(outcome)
        return decided

    def record(self, mailbox: Mailbox, reading: Reading, decision: Decision, now: datetime) -> MessageRecord:
        """Make what the store is to keep of a mail."""
        return MessageRecord(
            key=reading.key,
            received=reading.received,
            source=reading.source,
            report=reading.report,
            report_json=encode_report(reading.report, reading.source),
            target=mailbox.folders.target(decision.filing),
            review=decision.review,
            events=tuple(outbox_rows(decision.events, mailbox.name, self._config.webhooks, now)),
            suppressions=decision.suppressions,
            facts=decision.facts,
            filing=decision.filing,
            counted=decision.counted,
        )

    def _report(self, mailbox: Mailbox, mail: Fetched, source: str, analysed: Report | None) -> Report:
        if mail.raw is None:
            return _unreadable(source, mail.size, mail.error or "the server gave no mail")
        try:
            report = analysed or analyse(mail.raw, self._rules, self._config.policy.profile)
            report = self._trust.judge(mailbox, parse_message(mail.raw), report, mail.internal_date)
        except Exception as error:  # noqa: BLE001 - one mail must not stop all others
            _log_fault("message_unreadable", mailbox, mail.uid, error)
            return _unreadable(source, mail.size, f"the reader failed: {type(error).__name__}")
        note = ("larger than max_size, read in part",) if mail.truncated else ()
        facts = replace(report.message, size=mail.size)
        return replace(report, message=facts, notes=report.notes + note)

    def _decide(
        self, mailbox: Mailbox, reading: Reading, known: Mapping[str, History], now: datetime, flood: Flood
    ) -> tuple[Reading, Decision]:
        room = {} if self._policy.trust_all else flood.room(reading.report, reading.received)
        arrival = Arrival(mailbox.name, reading.source, reading.received, now, room)
        policy = replace(self._policy, enforce=self._trust.is_enforced(reading.received))
        try:
            return reading, decide(reading.report, known, policy, arrival)
        except Exception as error:  # noqa: BLE001 - one mail must not stop all others
            _log_fault("message_undecided", mailbox, reading.key.uid, error)
            fault = f"the decision failed: {type(error).__name__}"
            report = _unreadable(reading.source, reading.report.message.size, fault)
            return replace(reading, report=report), decide(report, {}, self._policy, arrival)


def set_aside(reading: Reading, error: Exception) -> Reading:
    """Give a reading that says no more than that the mail could not be recorded."""
    report = reading.report.message
    fault = f"it could not be recorded: {type(error).__name__}"
    return replace(reading, report=_unreadable(reading.source, report.size, fault))


def _log_fault(event: str, mailbox: Mailbox, uid: int, error: Exception) -> None:
    # The words of an error may hold an address of the mail: those are for the debug log.
    log.error(f"{event} mailbox=%s uid=%d error=%s", mailbox.name, uid, type(error).__name__)  # noqa: G004
    log.debug(f"{event} mailbox=%s uid=%d", mailbox.name, uid, exc_info=error)  # noqa: G004


def _source(mailbox: Mailbox, uidvalidity: int, uid: int) -> str:
    # RFC 5092 section 4.
    user, folder = quote(mailbox.username, safe=""), quote(mailbox.folder, safe="/")
    return f"imap://{user}@{mailbox.host}/{folder};UIDVALIDITY={uidvalidity}/;UID={uid}"


def _unreadable(source: str, size: int, why: str) -> Report:
    # Without the mail there is no fingerprint of it; where it lies tells it from all others.
    fingerprint = f"sha256:{sha256(source.encode()).hexdigest()}"
    return Report(Kind.UNREADABLE, MessageFacts(fingerprint, size=size), notes=(why,))
