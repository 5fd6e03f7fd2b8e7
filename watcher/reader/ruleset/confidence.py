"""How sure each kind of evidence makes us, and what moves that: fitted numbers, kept as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Confidence:
    """`levels` by kind of evidence, from 0 to 1; `moves` are added for what agrees or contradicts."""

    levels: Mapping[str, float] = field(default_factory=dict)
    moves: Mapping[str, float] = field(default_factory=dict)
