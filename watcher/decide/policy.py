"""What a verdict leads to, as values: which levels count, and what each reason does to an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from watcher.escalation import AT_ONCE, NEVER, Escalation
from watcher.model import BounceClass, Level


# A fact that nothing binds to our own mail is told, and counts for nothing on our own list.
TRUSTED = frozenset({Level.VERIFIED, Level.STRONG})
COUNTED = TRUSTED | {Level.PLAUSIBLE}


@dataclass(frozen=True, slots=True)
class Ladder:
    """How bounces of one reason escalate: refused for good, and refused for now.

    A bounce tells by its advice which it was, where the two advise differently: a profile may call it of any
    class, and leaves the advice alone.
    """

    permanent: Escalation
    temporary: Escalation
    bounce_class: BounceClass | None = None  # of the permanent form
    advice: str = ""  # of the permanent form
    advice_if_temporary: str = ""  # empty: the same

    def rule(self, bounce_class: BounceClass | None, advice: str | None) -> Escalation:
        """Give the rule of a bounce of this class and advice."""
        if self.advice_if_temporary and advice in {self.advice, self.advice_if_temporary}:
            return self.temporary if advice == self.advice_if_temporary else self.permanent
        return self.permanent if bounce_class in {self.bounce_class, BounceClass.HARD} else self.temporary


@dataclass(frozen=True, slots=True)
class Policy:
    """What a verdict leads to."""

    review_below: float = 0.6
    quarantine: timedelta = timedelta(days=15)
    trust_all: bool = False  # authenticity mode `off`
    enforce: bool = False  # a fact that is neither verified nor strong waits for a person
    ladders: Mapping[str, Ladder] = field(default_factory=dict)  # by reason
    proofs: frozenset[str] = frozenset()  # reasons that prove that an address lives
    domain_reasons: frozenset[str] = frozenset()  # reasons that concern every address of a domain
    domain_after: int | None = None  # different local parts; None: never

    def counts(self, level: Level) -> bool:
        """Tell whether a report of this level changes how an address stands."""
        return self.trust_all or level in COUNTED

    def trusts(self, level: Level) -> bool:
        """Tell whether a report of this level is enough on its own."""
        return self.trust_all or level in TRUSTED

    def escalation(
        self, reason: str | None, bounce_class: BounceClass | None, advice: str | None = None
    ) -> Escalation:
        """Give what a bounce of this reason, class and advice leads to."""
        ladder = self.ladders.get(reason or "")
        if ladder is None:
            return AT_ONCE if bounce_class is BounceClass.HARD else NEVER
        return ladder.rule(bounce_class, advice)
