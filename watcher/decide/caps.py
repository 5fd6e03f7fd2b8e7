"""Hold what a flood of plausible reports would suppress.

A plausible report may be forged, and a forger sends many.  How many more suppressions such reports may lead
to is counted by the hour in which they arrived, so that a backlog, read in a minute, is none.  What is over
the cap is a fact that waits for a person, and changes nothing until then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from watcher.decide.address import address_key
from watcher.decide.history import Fact, History
from watcher.model import Report


ALL = "all"

Histories = dict[str, History]
Room = Mapping[str, int]  # by name, how many more suppressions there may be; without bound where it has none


@dataclass(frozen=True, slots=True)
class Capped:
    """The facts as they may count, which of them are held, and what is to be counted."""

    facts: tuple[Fact, ...]
    held: frozenset[int]  # places
    counted: tuple[str, ...]  # names, once for each suppression
    histories: Histories  # with the facts in them


def names_of(report: Report) -> tuple[str, ...]:
    """Give the names under which the suppressions of a report are counted."""
    domains = [address_key(one.address).rpartition("@")[2] for one in report.recipients if one.address]
    named = [f"domain:{domain}" for domain in dict.fromkeys(domains)]
    return (ALL, *named, _host(report)) if report.reporting_mta else (ALL, *named)


def within_caps(
    report: Report,
    facts: tuple[Fact, ...],
    room: Room,
    before: Histories,
    add: Callable[[Fact, Histories], tuple[Histories, bool]],
) -> Capped:
    """Add facts to the histories, and hold each that would suppress an address where there is no room for it.

    `add` gives those histories that a fact changes, and tells whether an address is off limits by it that
    was not.  Facts that are sure enough on their own are left to a room without bounds.
    """
    left, current = dict(room), dict(before)
    kept: list[Fact] = []
    held, counted = set(), []
    for fact in facts:
        changed, suppresses = add(fact, current)
        if suppresses and room:
            names = _names(report, fact)
            if any(left.get(name, 1) < 1 for name in names):
                held.add(fact.place)
                fact = replace(fact, held=True)  # noqa: PLW2901 - the fact as it may count
                changed, _ = add(fact, current)
            else:
                counted += names
                left |= {name: left[name] - 1 for name in names if name in left}
        kept.append(fact)
        current.update(changed)
    return Capped(tuple(kept), frozenset(held), tuple(counted), current)


def _names(report: Report, fact: Fact) -> list[str]:
    domain = address_key(fact.address or "").rpartition("@")[2]
    host = [_host(report)] if report.reporting_mta else []
    return [ALL, f"domain:{domain}", *host]


def _host(report: Report) -> str:
    return f"host:{(report.reporting_mta or '').lower()[:255]}"
