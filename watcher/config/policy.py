"""The shape of what a verdict leads to, and of how long it is kept."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, field_validator

from watcher.config.problem import shown
from watcher.config.reasons import REASONS
from watcher.config.section import Section
from watcher.config.units import Duration
from watcher.escalation import FORM, Escalation, parse_escalation
from watcher.nearest import nearest_reason


def _escalation(value: Any) -> Escalation:
    if isinstance(value, Escalation):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is no rule of escalation; {FORM}")  # noqa: TRY004 - pydantic's way
    return parse_escalation(value)


Escalating = Annotated[
    Escalation,
    PlainValidator(_escalation),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string"}),
]


Cap = Annotated[int, Field(ge=0)] | None


class Caps(Section):
    """How many suppressions an hour plausible reports may lead to; null: 20, or 3 times the 7-day mean."""

    per_hour: Cap = None
    per_domain: Cap = None
    per_host: Cap = None


class Policy(Section):
    """What a verdict leads to."""

    profile: Literal["default", "strict_code", "martech"] = "default"
    review_below: float = Field(default=0.6, ge=0, le=1, allow_inf_nan=False)
    escalation: dict[str, Escalating] = Field(default_factory=dict)
    quarantine: Duration = timedelta(days=15)
    domain_after: Annotated[int, Field(ge=2, le=100)] | None = None
    caps: Caps = Caps()

    @field_validator("escalation")
    @classmethod
    def _reasons(cls, value: dict[str, Escalation]) -> dict[str, Escalation]:
        for name in value:
            if name not in REASONS:
                raise ValueError(f"{shown(name)} is no reason of a bounce; {nearest_reason(name, REASONS)}")
        return value


class Retention(Section):
    """How long the store keeps what; null for ever."""

    facts: Duration | None = timedelta(days=400)
    delivered_events: Duration | None = timedelta(days=30)
    dead_events: Duration | None = None
