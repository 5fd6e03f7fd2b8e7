"""Work out how many more suppressions plausible reports may lead to, by the config and what was counted."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from watcher.config.policy import Caps
from watcher.decide.caps import ALL, Room, names_of
from watcher.model import Level, Report
from watcher.store.tallies import hour_of


log = logging.getLogger(__name__)

LEAST = 20  # an hour, however little there was before
TIMES = 3  # the mean of the seven days before
_HOURS = 7 * 24

# By name, how many there were in the hour of a time, and in the seven days before.
Tallies = Callable[[Iterable[str], datetime], Mapping[str, tuple[int, int]]]


class Flood:
    """What one batch has counted so far, on top of what the store has."""

    def __init__(self, caps: Caps, tallies: Tallies | None) -> None:
        self._caps = caps
        self._tallies = tallies
        self._counted: Counter[tuple[str, datetime]] = Counter()

    def room(self, report: Report, received: datetime) -> Room:
        """Give the room there is for the suppressions of a plausible report; no bounds for any other."""
        if self._tallies is None or report.authenticity.level is not Level.PLAUSIBLE or not report.recipients:
            return {}
        found = self._tallies(names_of(report), received)
        return {
            name: self._cap(name, before) - now - self._counted[name, hour_of(received)]
            for name, (now, before) in found.items()
        }

    def count(self, names: Iterable[str], received: datetime) -> None:
        """Count the suppressions of a report that is decided."""
        self._counted.update((name, hour_of(received)) for name in names)

    def _cap(self, name: str, before: int) -> int:
        own = {ALL: self._caps.per_hour, "domain": self._caps.per_domain, "host": self._caps.per_host}
        fixed = own[name.partition(":")[0]]
        return max(LEAST, TIMES * before // _HOURS) if fixed is None else fixed


class Alert:
    """Says once an hour that a flood is held."""

    def __init__(self) -> None:
        self._next: datetime | None = None

    def tell(self, mailbox: str, now: datetime) -> None:
        """Log that suppressions were held."""
        if self._next is None or now >= self._next:
            self._next = now + timedelta(hours=1)
            log.warning("suppressions_held mailbox=%s effect=review; see policy.caps", mailbox)
