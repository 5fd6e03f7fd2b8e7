"""Give the policy of a config as the decision wants it: the taxonomy's rules, the user's over them."""

from watcher.config.shape import Config
from watcher.decide.policy import Ladder, Policy
from watcher.escalation import Escalation, Step, parse_escalation
from watcher.reader.ruleset.taxonomy import Reason, Taxonomy


PROOF = "proof of life"  # in the column `history`
DOMAIN_REASONS = frozenset({"domain_not_found", "domain_no_mail"})


def policy_of(config: Config, taxonomy: Taxonomy) -> Policy:
    """Give what verdicts lead to under a config."""
    own = config.policy.escalation
    return Policy(
        review_below=config.policy.review_below,
        quarantine=config.policy.quarantine,
        trust_all=config.trust_mode == "off",
        ladders={row.name: _ladder(row, own.get(row.name)) for row in taxonomy if row.escalation},
        proofs=frozenset(row.name for row in taxonomy if row.history == PROOF),
        domain_reasons=DOMAIN_REASONS,
        domain_after=config.policy.domain_after,
    )


def _ladder(row: Reason, own: Escalation | None) -> Ladder:
    """Give the rules of a reason.

    A rule of the user's holds for both forms of a refusal.  That one refusal is enough cannot be said of the
    temporary form where the permanent one is hard by nature: a server that says "later" does not mean never.
    """
    permanent, temporary = _rules(row, own)
    later = row.advice_if_temporary if row.advice_if_temporary != row.advice else ""
    return Ladder(permanent, temporary, row.bounce_class, row.advice, later)


def _rules(row: Reason, own: Escalation | None) -> tuple[Escalation, Escalation]:
    permanent, temporary = parse_escalation(row.escalation), parse_escalation(row.escalation_if_temporary)
    if own is None:
        return permanent, temporary
    if permanent.step is Step.AT_ONCE and own.step is Step.AT_ONCE:
        return own, temporary
    return own, own
