"""What goes into the store and what comes out of it, as frozen values.

Times are aware datetimes in UTC.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.decide.history import Fact, SuppressionChange
from watcher.model import Report
from watcher.store.delivery_records import OutboxRow


__all__ = [
    "BacklogState",
    "Done",
    "Fact",
    "Listed",
    "Logged",
    "MailboxHealth",
    "MessageKey",
    "MessageRecord",
    "Overview",
    "PendingResult",
    "ReviewItem",
    "SpokenWord",
    "SuppressionChange",
    "Wanted",
    "WantedMove",
]


@dataclass(frozen=True, slots=True)
class MessageKey:
    """Where a message was fetched from: unique for one fetch (RFC 3501 section 2.3.1.1)."""

    mailbox: str  # the name in the config
    folder: str  # as in the config
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class WantedMove:
    """A message that is recorded and not yet filed."""

    id: int
    key: MessageKey
    target: str  # the folder as in the config, '/' between levels; "delete" removes
    filing: str = ""  # the key of the config's folders that led to it


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """All that one fetched message leads to; written in one transaction with its batch."""

    key: MessageKey
    received: datetime  # INTERNALDATE
    source: str  # imap://…
    report: Report
    report_json: str  # contract part 2, with `source`
    target: str | None  # the folder it is to be moved to; None: stays
    review: str | None  # why a person should look, or None
    events: tuple[OutboxRow, ...]
    suppressions: tuple[SuppressionChange, ...]
    facts: tuple[Fact, ...] = ()
    filing: str = ""  # the key of the config's folders that led to `target`
    counted: tuple[str, ...] = ()  # names under which suppressions by plausible reports are counted


@dataclass(frozen=True, slots=True)
class PendingResult:
    """A message whose JSON is not yet in the results file."""

    id: int
    report_json: str


@dataclass(frozen=True, slots=True)
class BacklogState:
    """How far the reading of many mails is; `total` is an estimate."""

    total: int
    done: int
    began: datetime
    updated: datetime

    @property
    def rate(self) -> float:
        """Mails a second since it began."""
        return self.done / max((self.updated - self.began).total_seconds(), 1.0)

    @property
    def left(self) -> timedelta | None:
        """How long the rest takes at this rate; None before there is one."""
        return None if self.done == 0 else timedelta(seconds=round((self.total - self.done) / self.rate))


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """How a mailbox fares."""

    name: str
    last_success: datetime | None
    failing_since: datetime | None
    error: str | None
    unfiled: int  # recorded, and not yet moved
    backlog: BacklogState | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What was done since a time, and what is left to be sent."""

    read: int  # messages
    filed: int
    delivered: int  # events
    due: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """An endpoint for which deliveries wait that failed, and the last fault of the one that waits longest."""

    endpoint: str
    failed: int  # tried in vain, and due again
    error: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What `status` shows.  Counts of messages are (kind, number), by the time of recording."""

    mailboxes: tuple[MailboxHealth, ...]
    due: int  # deliveries waiting
    dead: int
    today: tuple[tuple[str, int], ...]
    week: tuple[tuple[str, int], ...]
    suppressed: int  # quarantined ones among them
    review: int  # waiting for a person
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A message that a person should look at, and what was said of it."""

    number: int
    fingerprint: str
    reason: str  # why it was set aside
    opened: datetime
    resolved: datetime | None
    resolution: str | None  # JSON: what was said, one word after the other
    who: str | None
    mailbox: str
    folder: str  # where it lies, as far as we know
    kind: str
    source: str
    report_json: str
    received: datetime


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """What follows from a person's word on a message."""

    number: int  # of the item
    fingerprint: str
    facts: tuple[Fact, ...]
    events: tuple[OutboxRow, ...]
    suppressions: tuple[SuppressionChange, ...]
    resolution: str
    who: str
    done: datetime | None  # None: some of its recipients still wait


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the suppression list; None: any.  Those only watched are given where asked for alone."""

    state: str | None = None
    reason: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the suppression list; the address of an erased one is empty."""

    key: str
    address: str
    state: str
    reason: str
    since: datetime
    until: datetime | None
    source: str
    cause: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A change of how an address stood; `active`: nothing was said against it."""

    before: str | None
    after: str
    reason: str
    since: datetime
    until: datetime | None
    source: str
    who: str | None  # None: the watcher
    why: str | None
    events: tuple[str, ...]
    changed: datetime
