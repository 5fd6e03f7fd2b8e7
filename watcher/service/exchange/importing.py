"""Put the rows of a list that another service kept onto our own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from watcher.decide.history import Act, Verb
from watcher.service.exchange.reading import Entry, Fault
from watcher.service.listing import Keeper


_AT_ONCE = 500  # rows in a transaction: a stop half-way leaves the rows so far, and they may come again


@dataclass(slots=True)
class Tally:
    """What came of the rows of a list."""

    added: int = 0
    known: int = 0  # on our list already, or let go since
    over: int = 0  # their time is up: they put nobody on the list
    faults: int = 0


def import_list(
    entries: Iterable[Entry | Fault], keeper: Keeper, source: str, who: str, now: datetime
) -> Iterator[Tally | Fault]:
    """Add the rows; yields each fault as it is met, and the tally at the end."""
    tally, rows = Tally(), iter(entries)
    while batch := list(islice(rows, _AT_ONCE)):
        with keeper.store.transaction():
            for entry in batch:
                if isinstance(entry, Fault):
                    tally.faults += 1
                    continue
                if is_over(entry, now):
                    tally.over += 1
                    continue
                act = act_of(entry, source, who, now)
                if keeper.is_said(act, now):
                    tally.known += 1
                else:
                    keeper.act(act, now)
                    tally.added += 1
        yield from (entry for entry in batch if isinstance(entry, Fault))
    yield tally


def count_list(entries: Iterable[Entry | Fault], now: datetime) -> Iterator[Tally | Fault]:
    """Count the rows without a list to put them on; yields as `import_list` does, with none known."""
    tally = Tally()
    for entry in entries:
        if isinstance(entry, Fault):
            tally.faults += 1
            yield entry
        elif is_over(entry, now):
            tally.over += 1
        else:
            tally.added += 1
    yield tally


def is_over(entry: Entry, now: datetime) -> bool:
    """Tell whether a row was for a time only, which has passed."""
    return entry.until is not None and entry.until <= now


def act_of(entry: Entry, source: str, who: str, now: datetime) -> Act:
    """Give what a row says of an address."""
    return Act(
        address=entry.address,
        verb=Verb.BAN if entry.cause == "banned" else Verb.SUPPRESS,
        cause=entry.cause,
        reason=entry.reason,
        source=source,
        who=who,
        since=now if entry.since is None else min(entry.since, now),
        until=entry.until,
    )
