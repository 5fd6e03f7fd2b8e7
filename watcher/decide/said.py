"""Turn a report into facts: what it says of each of its recipients, and whose histories they belong to."""

from collections.abc import Iterator
from datetime import datetime

from watcher.decide.address import address_key, storable
from watcher.decide.history import Fact
from watcher.decide.policy import TRUSTED, Policy
from watcher.model import Action, Level, Recipient, Report


def facts_of(report: Report, held: frozenset[int], policy: Policy, received: datetime) -> tuple[Fact, ...]:
    """Give a fact for each recipient; those at the places `held` wait for a person."""
    original = report.original.message_id if report.original is not None else None
    fingerprint = report.message.fingerprint
    level = report.authenticity.level
    # What is told to nobody does not wait for a person, and must be proven like the rest.
    idle = level is Level.CONTRADICTED or (policy.enforce and level not in TRUSTED)
    made = []
    for place, recipient in enumerate(report.recipients):
        address = None if recipient.address is None else storable(recipient.address)
        reason = recipient.reason or report.reason
        made.append(
            Fact(
                fingerprint=fingerprint,
                place=place,
                address=address,
                kind=report.kind,
                action=recipient.action,
                bounce_class=recipient.bounce_class,
                reason=reason,
                advice=recipient.advice or report.advice,
                level=level,
                original=storable(original or fingerprint),
                held=idle or place in held,
                received=received,
                domain=_domain(address) if address and _concerns_domain(report, recipient, policy) else None,
                proof=_proves_life(recipient.action, reason, policy),
            )
        )
    return tuple(made)


def concerned(fact: Fact) -> Iterator[str]:
    """Give the keys of the histories that a fact belongs to: its address's, and maybe its domain's."""
    if fact.address is None:
        return
    yield address_key(fact.address)
    if fact.domain is not None:
        yield f"@{fact.domain}"


def asked_for(report: Report, policy: Policy) -> Iterator[str]:
    """Give the addresses and domains whose histories the decision on a report wants."""
    for recipient in report.recipients:
        if recipient.address is not None:
            yield recipient.address
            if _concerns_domain(report, recipient, policy):
                yield f"@{_domain(storable(recipient.address))}"


def _concerns_domain(report: Report, recipient: Recipient, policy: Policy) -> bool:
    reason = recipient.reason or report.reason
    return reason in policy.domain_reasons or _proves_life(recipient.action, reason, policy)


def _domain(address: str) -> str:
    return address_key(address).rpartition("@")[2]


def _proves_life(action: Action | None, reason: str | None, policy: Policy) -> bool:
    # RFC 3464 section 2.3.3: relayed and expanded prove only the next hop.
    return action is Action.DELIVERED or (action is None and reason in policy.proofs)
