"""The shape of what a verdict leads to, and of how long it is kept."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from watcher.config.later import NotYet
from watcher.config.section import Section
from watcher.config.units import Duration


class Policy(Section):
    """What a verdict leads to."""

    profile: Literal["default", "strict_code", "martech"] = "default"
    review_below: float = Field(default=0.6, ge=0, le=1, allow_inf_nan=False)
    escalation: Annotated[Any, NotYet({}, "leave it out; the built-in table of reasons holds")] = Field(
        default_factory=dict
    )
    quarantine: Duration = timedelta(days=15)
    caps: Annotated[Any, NotYet({}, "leave it out")] = Field(default_factory=dict)


class Retention(Section):
    """How long the store keeps what; null for ever."""

    facts: Duration | None = timedelta(days=400)
    delivered_events: Duration | None = timedelta(days=30)
    dead_events: Duration | None = None
