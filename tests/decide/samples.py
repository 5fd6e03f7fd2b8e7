"""Reports to decide on in tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watcher.decide.decision import Arrival, Decision, Policy, decide
from watcher.decide.history import History
from watcher.model import (
    Action,
    Authenticity,
    BounceClass,
    Kind,
    Level,
    MessageFacts,
    Original,
    Recipient,
    Report,
)


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)
DAY = timedelta(days=1)
HARD, SOFT, BLOCK, UNDETERMINED = (
    BounceClass.HARD,
    BounceClass.SOFT,
    BounceClass.BLOCK,
    BounceClass.UNDETERMINED,
)


def failed(
    bounce_class: BounceClass = HARD, address: str | None = "user@example.com", *, confidence: float = 0.95
) -> Recipient:
    return Recipient(
        address,
        action=Action.FAILED,
        bounce_class=bounce_class,
        reason="mailbox_not_found" if bounce_class is HARD else "mailbox_full",
        advice="suppress" if bounce_class is HARD else "retry",
        confidence=confidence,
    )


def bounce(
    *recipients: Recipient, number: int = 1, level: Level = Level.PLAUSIBLE, confidence: float = 0.95
) -> Report:
    return Report(
        Kind.BOUNCE,
        MessageFacts(f"sha256:{number}"),
        confidence=confidence,
        recipients=recipients,
        original=Original(message_id=f"<{number}@lists.example.org>"),
        authenticity=Authenticity(level),
    )


def message(
    kind: Kind, reason: str | None = None, *recipients: Recipient, confidence: float = 0.95
) -> Report:
    return Report(
        kind,
        MessageFacts("sha256:1"),
        reason=reason,
        confidence=confidence,
        recipients=recipients,
        authenticity=Authenticity(Level.PLAUSIBLE),
    )


def complaint(advice: str = "suppress", level: Level = Level.PLAUSIBLE) -> Report:
    about = Recipient("user@example.com", confidence=0.95)
    report = message(Kind.COMPLAINT, "complaint_abuse", about)
    return replace(report, advice=advice, authenticity=Authenticity(level))


def decided(
    report: Report,
    histories: Mapping[str, History] | None = None,
    *,
    received: datetime = NOW,
    now: datetime | None = None,
    policy: Policy | None = None,
) -> Decision:
    arrival = Arrival("bounces", "imap://…", received, now or received)
    return decide(report, histories or {}, policy or Policy(), arrival)


def types(decision: Decision) -> list[str]:
    return [event.type for event in decision.events]
