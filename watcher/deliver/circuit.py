"""Leave an endpoint alone that keeps failing, and go easy on it when it is back: a pure state.

Each outcome changes it.  How many events are on their way at once begins at one, grows with every success
and is halved by every 429, 5xx and silence.  After five failures in a row one event is tried at a time,
with growing pauses between, while the others stay due and lose none of their tries.  One success closes it;
for a minute after that the events a second are bounded too, and the bound doubles, so that what has piled
up does not fall on an endpoint that has only just come back.  A time for which the endpoint asked is kept in
any case: a success that comes within it was on its way before.  Times are seconds of a clock that never
jumps.
"""

from dataclasses import dataclass, replace

from watcher.deliver.outcome import Outcome, Result


OPENS_AFTER = 5
PAUSES = (60.0, 120.0, 300.0, 600.0)  # between probes; the last one repeats
WIDEST = 16  # events on their way to one endpoint at once
RAMP_FIRST = 10.0  # events a second when an endpoint is just back
RAMP_DOUBLES = 6.0  # seconds
RAMP_ENDS = 60.0  # seconds; by then it would be 10,000 a second


@dataclass(frozen=True, slots=True)
class Circuit:
    """How an endpoint has been doing."""

    failures: int = 0  # in a row
    probes: int = 0  # single tries that failed since it opened
    paused_until: float = 0.0
    asked_until: float = 0.0  # what of it the endpoint asked for
    width: int = 1
    back_since: float | None = None  # when it closed after having been open

    @property
    def is_open(self) -> bool:
        """Tell whether only single tries are made."""
        return self.failures >= OPENS_AFTER

    def slots(self, now: float, bound: int) -> int:
        """Say how many events may be on their way at once."""
        if now < self.paused_until:
            return 0
        return 1 if self.is_open else min(self.width, bound)

    def rate(self, now: float) -> float | None:
        """Say how many events a second may be sent; None: as many as it takes."""
        if self.back_since is None or now - self.back_since >= RAMP_ENDS:
            return None
        return RAMP_FIRST * 2 ** ((now - self.back_since) // RAMP_DOUBLES)

    def after(self, outcome: Outcome, now: float) -> "Circuit":
        """Give the state after an outcome."""
        if outcome.result is Result.DELIVERED:
            return self._succeeded(now)
        narrow = max(1, self.width // 2) if outcome.strains else self.width
        failed = replace(self, failures=self.failures + 1, width=narrow)
        if outcome.after is not None:
            asked = max(self.asked_until, now + outcome.after.total_seconds())
            failed = _paused(replace(failed, asked_until=asked), asked)
        # Those that were already on their way when it opened say nothing new.
        if failed.failures < OPENS_AFTER or now < self.paused_until:
            return failed
        pause = PAUSES[min(self.probes, len(PAUSES) - 1)]
        return _paused(replace(failed, probes=self.probes + 1), now + pause)

    def _succeeded(self, now: float) -> "Circuit":
        if self.is_open:
            return Circuit(back_since=now, paused_until=self.asked_until, asked_until=self.asked_until)
        if self.failures == 0 and self.width == WIDEST:
            return self
        width = min(self.width + 1, WIDEST)
        return replace(self, failures=0, paused_until=self.asked_until, width=width)


def _paused(circuit: Circuit, until: float) -> Circuit:
    return replace(circuit, paused_until=max(circuit.paused_until, until))
