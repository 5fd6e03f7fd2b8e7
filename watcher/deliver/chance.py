"""What the world decides: the wall clock, and how much of the jitter to take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Chance:
    """The wall clock, and a number from 0 to 1."""

    now: Callable[[], datetime]
    jitter: Callable[[], float]
