"""Take a fetched mail through the pure core: read it, decide on it, make the record that the store keeps."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from watcher.config.mailbox import Mailbox
from watcher.config.shape import Config
from watcher.decide.decision import Arrival, Decision, decide
from watcher.decide.history import Fact, History
from watcher.decide.known import Known
from watcher.decide.said import asked_for
from watcher.imap.session import Fetched
from watcher.lookups import Lookups
from watcher.model import Kind, MessageFacts, Report
from watcher.reader.parse.message import parse_message
from watcher.reader.report_json import encode_report
from watcher.reader.ruleset import Rules
from watcher.service.addressing import outbox_rows, wanted_types
from watcher.service.caps import Alert, Flood, Tallies
from watcher.service.policy import policy_of
from watcher.service.reading import Mail, Read, Reader, completed
from watcher.service.trust import Trust
from watcher.store.records import MessageKey, MessageRecord


log = logging.getLogger(__name__)

Histories = Callable[[Iterable[str]], Mapping[str, History]]
Said = Callable[[Iterable[str]], Mapping[str, Sequence[Fact]]]  # by fingerprint


def _nothing(_: Iterable[str]) -> Mapping[str, Sequence[Fact]]:
    return {}


@dataclass(frozen=True, slots=True)
class Past:
    """What is known from before a batch: of addresses, of what counts for the caps, of mails met again."""

    histories: Histories
    tallies: Tallies | None = None
    said: Said = _nothing


@dataclass(frozen=True, slots=True)
class Reading:
    """A fetched mail, read."""

    key: MessageKey
    source: str
    received: datetime
    report: Report
    text: str  # the report's JSON


class Pipeline:
    """The way of a mail from bytes to record, under one config.

    With `only_wanted`, no events are made that no endpoint asks for.  `began` is when the state was made:
    what came before is a first backlog, and no flood.
    """

    def __init__(
        self,
        config: Config,
        rules: Rules,
        lookups: Lookups | None = None,
        *,
        only_wanted: bool = False,
        began: datetime | None = None,
    ) -> None:
        self._only_wanted = only_wanted
        self._began = began
        self._config = config
        self._rules = rules
        self._policy = policy_of(config, rules.taxonomy)
        self._enforcing = replace(self._policy, enforce=True)
        self._trust = Trust(config, lookups)
        self._alert = Alert()

    @property
    def counts_domains(self) -> bool:
        """Tell whether a whole domain may come to be suppressed by what is said of its addresses."""
        return self._policy.domain_after is not None

    def reader(self, mailbox: Mailbox) -> Reader:
        """Give how the mails of a mailbox are read, to have it done by other processes."""
        return Reader(self._rules, self._config.policy.profile, self._trust.judge_of(mailbox))

    def read(self, mailbox: Mailbox, uidvalidity: int, mail: Fetched, found: Read | None = None) -> Reading:
        """Read a mail, or take it as read before; whatever is wrong with it, there is a report."""
        source = source_of(mailbox, uidvalidity, mail.uid)
        report, text = self._read(mailbox, mail, source, found)
        return Reading(
            key=MessageKey(mailbox.name, mailbox.folder, uidvalidity, mail.uid),
            source=source,
            received=mail.internal_date,
            report=report,
            text=text,
        )

    def decide(
        self,
        mailbox: Mailbox,
        readings: Sequence[Reading],
        past: Past,
        now: datetime,
    ) -> list[tuple[Reading, Decision]]:
        """Decide on mails in their order, each knowing what those before it led to."""
        capped = () if self._policy.trust_all else ((each.report, each.received) for each in readings)
        flood = Flood(self._config.policy.caps, past.tallies, capped, self._began)
        names = (name for reading in readings for name in asked_for(reading.report, self._policy))
        known = Known(past.histories(names), past.said(each.report.message.fingerprint for each in readings))
        wanted = wanted_types(mailbox.name, self._config.webhooks) if self._only_wanted else None
        decided = []
        for reading in readings:
            room = flood.room(reading.report, reading.received)
            arrival = Arrival(mailbox.name, reading.source, reading.received, now, room, reading.text, wanted)
            outcome = self._decide(mailbox, reading, known.histories, arrival)
            known.learn(outcome[0].report, outcome[1].facts, outcome[1].histories)
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
            report_json=reading.text,
            target=mailbox.folders.target(decision.filing),
            review=decision.review,
            events=tuple(outbox_rows(decision.events, mailbox.name, self._config.webhooks, now)),
            suppressions=decision.suppressions,
            facts=decision.facts,
            filing=decision.filing,
            counted=decision.counted,
        )

    def _read(self, mailbox: Mailbox, mail: Fetched, source: str, found: Read | None) -> tuple[Report, str]:
        if mail.raw is None:
            return _unreadable(source, mail.size, mail.error or "the server gave no mail")
        whole = Mail(mail.raw, mail.internal_date, mail.size, mail.truncated, source)
        try:
            report, text = found or self.reader(mailbox).read(whole)
            if text is not None:
                return report, text
            message = parse_message(mail.raw)
            report = completed(self._trust.judge(mailbox, message, report, mail.internal_date), whole)
            return report, encode_report(report, source)
        except Exception as error:  # noqa: BLE001 - one mail must not stop all others
            _log_fault("message_unreadable", mailbox.name, mail.uid, error)
            return _unreadable(source, mail.size, f"the reader failed: {type(error).__name__}")

    def _decide(
        self, mailbox: Mailbox, reading: Reading, known: Mapping[str, History], arrival: Arrival
    ) -> tuple[Reading, Decision]:
        policy = self._enforcing if self._trust.is_enforced(mailbox, reading.received) else self._policy
        try:
            return reading, decide(reading.report, known, policy, arrival)
        except Exception as error:  # noqa: BLE001 - one mail must not stop all others
            _log_fault("message_undecided", reading.key.mailbox, reading.key.uid, error)
            fault = f"the decision failed: {type(error).__name__}"
            instead = _instead(reading, fault)
            arrival = replace(arrival, text=instead.text)
            return instead, decide(instead.report, {}, self._policy, arrival)


def set_aside(reading: Reading, error: Exception) -> Reading:
    """Give a reading that says no more than that the mail could not be recorded."""
    return _instead(reading, f"it could not be recorded: {type(error).__name__}")


def _instead(reading: Reading, fault: str) -> Reading:
    report, text = _unreadable(reading.source, reading.report.message.size, fault)
    return replace(reading, report=report, text=text)


def _log_fault(event: str, mailbox: str, uid: int, error: Exception) -> None:
    # The words of an error may hold an address of the mail: those are for the debug log.
    log.error(f"{event} mailbox=%s uid=%d error=%s", mailbox, uid, type(error).__name__)  # noqa: G004
    log.debug(f"{event} mailbox=%s uid=%d", mailbox, uid, exc_info=error)  # noqa: G004


def source_of(mailbox: Mailbox, uidvalidity: int, uid: int) -> str:
    """Name a mail by where it was fetched: RFC 5092 section 4."""
    return (
        f"{_folder_of(mailbox.username, mailbox.host, mailbox.folder)};UIDVALIDITY={uidvalidity}/;UID={uid}"
    )


@lru_cache(maxsize=256)
def _folder_of(username: str, host: str, folder: str) -> str:
    return f"imap://{quote(username, safe='')}@{host}/{quote(folder, safe='/')}"


def _unreadable(source: str, size: int, why: str) -> tuple[Report, str]:
    # Without the mail there is no fingerprint of it; where it lies tells it from all others.
    fingerprint = f"sha256:{sha256(source.encode()).hexdigest()}"
    report = Report(Kind.UNREADABLE, MessageFacts(fingerprint, size=size), notes=(why,))
    return report, encode_report(report, source)
