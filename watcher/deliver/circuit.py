"""Leave an endpoint alone that keeps failing: a pure state, changed by each outcome.

After five failures in a row one event is tried at a time, with growing pauses between, while the others stay
due and lose none of their tries.  One success closes it.  Times are seconds of a clock that never jumps.
"""

from dataclasses import dataclass, replace

from watcher.deliver.outcome import Outcome, Result


OPENS_AFTER = 5
PAUSES = (60.0, 120.0, 300.0, 600.0)  # between probes; the last one repeats
GONE_PAUSE = 86_400.0  # after 410; a restart tries at once


@dataclass(frozen=True, slots=True)
class Circuit:
    """How an endpoint has been doing."""

    failures: int = 0  # in a row
    probes: int = 0  # single tries that failed since it opened
    paused_until: float = 0.0

    def slots(self, now: float, bound: int) -> int:
        """Say how many events may be on their way at once."""
        if now < self.paused_until:
            return 0
        return 1 if self.failures >= OPENS_AFTER else bound

    def after(self, outcome: Outcome, now: float) -> "Circuit":
        """Give the state after an outcome."""
        if outcome.result is Result.DELIVERED:
            return Circuit()
        failed = replace(self, failures=self.failures + 1)
        if outcome.result is Result.GONE:
            return _paused(failed, now + GONE_PAUSE)
        if outcome.after is not None:
            failed = _paused(failed, now + outcome.after.total_seconds())
        # Those that were already on their way when it opened say nothing new.
        if failed.failures < OPENS_AFTER or now < self.paused_until:
            return failed
        pause = PAUSES[min(self.probes, len(PAUSES) - 1)]
        return _paused(replace(failed, probes=self.probes + 1), now + pause)


def _paused(circuit: Circuit, until: float) -> Circuit:
    return replace(circuit, paused_until=max(circuit.paused_until, until))
