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
BACKLOG = 1_000_000_000  # an hour: of what came before there was a watcher to be misled
_HOURS = 7 * 24
_OPEN: Room = {ALL: BACKLOG}  # bounds nothing, and what it lets through is counted

# By name and the beginning of an hour, how many there were in that hour, and in the seven days before.
Tallies = Callable[[Iterable[tuple[str, datetime]]], Mapping[tuple[str, datetime], tuple[int, int]]]


class Flood:
    """What one batch has counted so far, on top of what the store has."""

    def __init__(
        self,
        caps: Caps,
        tallies: Tallies | None,
        reports: Iterable[tuple[Report, datetime]],
        began: datetime | None = None,
    ) -> None:
        """`began` is when the state was made: a campaign that bounced before is no flood, however dense.

        It bounds what the config leaves open alone; the caps that it names hold for all mail.
        """
        self._own = {ALL: caps.per_hour, "domain": caps.per_domain, "host": caps.per_host}
        # Of a first backlog, only the config's own caps hold anything.
        bounded = tallies is None or any(cap is not None for cap in self._own.values())
        self._began = began
        self._open: set[int] = set()
        self._counted: Counter[tuple[str, datetime]] = Counter()
        # Both by where reports lie: whoever asks for the room of one holds it all the while.
        self._names: dict[int, tuple[str, ...]] = {}
        named: set[tuple[str, datetime]] = set()
        for report, came in reports:
            if not _is_counted(report):
                continue
            if not bounded and began is not None and came < began:
                self._open.add(id(report))
            else:
                hour = hour_of(came)
                names = self._names[id(report)] = names_of(report)
                named.update([(name, hour) for name in names])
        self._known = tallies(named) if tallies is not None and named else {}

    def room(self, report: Report, received: datetime) -> Room:
        """Give the room there is for the suppressions of a plausible report; no bounds for any other."""
        if id(report) in self._open:
            return _OPEN
        names = self._names.get(id(report), ()) if self._known else ()
        if not names:
            return {}
        hour = hour_of(received)
        room = {}
        for name in names:
            now, before = self._known[name, hour]
            room[name] = self._cap(name, before, received) - now - self._counted.get((name, hour), 0)
        return room

    def count(self, names: Iterable[str], received: datetime) -> None:
        """Count the suppressions of a report that is decided."""
        hour = hour_of(received)
        for name in names:  # quicker than `update`, which looks at what it is given
            self._counted[name, hour] += 1

    def _cap(self, name: str, before: int, received: datetime) -> int:
        fixed = self._own[name.partition(":")[0]]
        if fixed is not None:
            return fixed
        if self._began is not None and received < self._began:
            return BACKLOG
        return max(LEAST, TIMES * before // _HOURS)


def _is_counted(report: Report) -> bool:
    return report.authenticity.level is Level.PLAUSIBLE and bool(report.recipients)


class Alert:
    """Says once an hour that a flood is held."""

    def __init__(self) -> None:
        self._next: datetime | None = None

    def tell(self, mailbox: str, now: datetime) -> None:
        """Log that suppressions were held."""
        if self._next is None or now >= self._next:
            self._next = now + timedelta(hours=1)
            log.warning("suppressions_held mailbox=%s effect=review; see policy.caps", mailbox)
