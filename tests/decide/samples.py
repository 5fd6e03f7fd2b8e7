"""Reports to decide on in tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from tests.reader.rulebook import RULES
from watcher.config.shape import Config
from watcher.decide.decision import Arrival, Decision, decide
from watcher.decide.history import History
from watcher.decide.policy import Policy
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
from watcher.service.policy import policy_of


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


_CONFIG = {
    "mailboxes": [{"host": "imap.example.com", "username": "bounces@lists.example.org", "password": "-"}],
}


@cache
def _policy(own: tuple[tuple[str, str], ...]) -> Policy:
    config = Config.model_validate({**_CONFIG, "policy": {"escalation": dict(own)}})
    return policy_of(config, RULES.taxonomy)


def policy(**own: str) -> Policy:
    """Give the policy of a config that says nothing but how some reasons escalate."""
    return _policy(tuple(own.items()))


def refused(
    reason: str = "mailbox_full",
    bounce_class: BounceClass = SOFT,
    address: str = "user@example.com",
    *,
    number: int = 1,
    level: Level = Level.PLAUSIBLE,
) -> Report:
    """Give a bounce of one recipient, for a reason."""
    return bounce(replace(failed(bounce_class, address), reason=reason), number=number, level=level)


def lived(
    level: Level = Level.PLAUSIBLE,
    *,
    kind: Kind = Kind.DELIVERY,
    reason: str = "delivered",
    action: Action | None = Action.DELIVERED,
    number: int = 100,
) -> Report:
    """Give a report by which the address took a message."""
    about = Recipient("user@example.com", action=action, confidence=0.95)
    return Report(
        kind,
        MessageFacts(f"sha256:{number}"),
        reason=reason,
        confidence=0.95,
        recipients=(about,),
        authenticity=Authenticity(level),
    )
