"""Spread events over time where so many a second are allowed: a bucket that leaks evenly (GCRA).

Times are seconds of a clock that never jumps.
"""

BURST = 0.1  # seconds' worth of events that may leave at once, one at least


class Pace:
    """When the next event of an endpoint may leave."""

    def __init__(self) -> None:
        self._free_at = 0.0  # when all that was let go has had its time

    def wait(self, now: float, rate: float | None, count: int = 1) -> float:
        """Let `count` events go and give 0, or the seconds until they may; `rate` is events a second."""
        if rate is None:
            return 0.0
        owed = max(self._free_at - now, 0.0)
        allowed = max(BURST - 1 / rate, 0.0)
        if owed > allowed + 1e-9:
            return owed - allowed
        self._free_at = now + owed + count / rate
        return 0.0


def slower(one: float | None, other: float | None) -> float | None:
    """Give the smaller of two rates, of which either may be none."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
