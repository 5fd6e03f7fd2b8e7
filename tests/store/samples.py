"""Records to put into a store in tests."""

from datetime import UTC, datetime

from watcher.decide.history import Fact, SuppressionChange
from watcher.model import Action, Authenticity, BounceClass, Kind, Level, MessageFacts, Report
from watcher.store.delivery_records import OutboxRow
from watcher.store.records import MessageKey, MessageRecord


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)


def fact(number: int, address: str = "user@example.com", received: datetime = NOW) -> Fact:
    return Fact(
        fingerprint=f"sha256:{number}",
        place=0,
        address=address,
        kind=Kind.BOUNCE,
        action=Action.FAILED,
        bounce_class=BounceClass.HARD,
        reason="mailbox_not_found",
        advice="suppress",
        level=Level.PLAUSIBLE,
        original=f"<{number}@lists.example.org>",
        held=False,
        received=received,
    )


def event(number: int, endpoint: str = "app", due: datetime = NOW) -> OutboxRow:
    return OutboxRow(f"event-{number}", endpoint, "bounce.hard", b"{}", due)


def change(address: str = "user@example.com", state: str = "suppressed", until: datetime | None = None):
    return SuppressionChange(address, state, "mailbox_not_found", NOW, until, "sha256:1")


def record(
    uid: int,
    *,
    fingerprint: int | None = None,
    kind: Kind = Kind.BOUNCE,
    target: str | None = "Bounces/Hard",
    uidvalidity: int = 7,
    mailbox: str = "bounces",
    review: str | None = None,
    facts: tuple[Fact, ...] | None = None,
    events: tuple[OutboxRow, ...] | None = None,
    suppressions: tuple[SuppressionChange, ...] = (),
) -> MessageRecord:
    number = uid if fingerprint is None else fingerprint
    return MessageRecord(
        key=MessageKey(mailbox, "INBOX", uidvalidity, uid),
        received=NOW,
        source=f"imap://bounces@imap.example.com/INBOX;UIDVALIDITY={uidvalidity}/;UID={uid}",
        report=Report(kind, MessageFacts(f"sha256:{number}"), authenticity=Authenticity(Level.PLAUSIBLE)),
        report_json=f'{{"uid":{uid}}}',
        target=target,
        review=review,
        events=(event(number),) if events is None else events,
        suppressions=suppressions,
        facts=(fact(number),) if facts is None else facts,
    )


def progress(last_uid: int, uidvalidity: int = 7, mailbox: str = "bounces") -> tuple[str, str, int, int]:
    return (mailbox, "INBOX", uidvalidity, last_uid)
