"""Kill drains of a mailbox at random moments, until each has ended, and compare with one undisturbed.

The receiver fails one time in five; now and then the disk is full, or another process holds the state.  All
of it is drawn from a seed; where exactly a kill strikes is up to the machine.
"""

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.crash.mails import away, complaint, failure, ordinary
from tests.crash.site import Site
from tests.deliver.receiver import Answer, Received, Receiver
from tests.processes.prepared import Prepared
from tests.servers.fixtures import Account
from tests.servers.mailboxes import ImapServer


REPLIES = (
    "550 5.1.1 <{to}>: Recipient address rejected: User unknown",
    "452 4.2.2 The mailbox is over quota",
    "550 5.7.1 Message rejected as spam by content filtering",
    "550 5.1.2 Host or domain name not found",
)
OUTAGE = 0.2  # seconds; what a receiver that fails often costs is no part of this
UNDISTURBED = 600.0  # seconds that a pass may take at most
MOST_PASSES = 60  # undisturbed ones, after which what still waits counts as lost


@dataclass(slots=True)
class Tally:
    """What was done, and what was wrong."""

    kills: int = 0
    drains: int = 0
    full: int = 0
    locked: int = 0
    posts: int = 0
    faults: list[str] = field(default_factory=list)


def make_mails(draw: random.Random, count: int) -> list[bytes]:
    """Give a mailbox of every kind, mostly bounces."""
    mails = []
    for number in range(count):
        to = f"user{number}@example{number % 7}.com"
        kind = draw.random()
        if kind < 0.85:
            mails.append(failure(to, draw.choice(REPLIES).format(to=to), number=number))
        elif kind < 0.9:
            mails.append(away(to))
        elif kind < 0.95:
            mails.append(complaint(to))
        else:
            mails.append(ordinary(number))
    return mails


def soak(  # noqa: PLR0917 - what a run is made of
    seed: int,
    kills: int,
    size: int,
    server: ImapServer,
    prepared: Prepared,
    directory: Path,
    tell: Any = lambda _: None,
) -> Tally:
    """Kill so many times, in drains of `size` mails; give what came of it."""
    draw = random.Random(seed)
    mails, arrived = make_mails(draw, size), datetime.now(UTC).replace(microsecond=0)
    tally = Tally()
    with _site(server, f"soak{seed}x", directory / "undisturbed", mails, arrived, prepared) as site:
        started = time.monotonic()
        _drain(site, random.Random(seed), Tally(), 0, 0.0)
        longest = max((time.monotonic() - started) / 10, 0.5)
        expected = _outcome(site, {hook.id for hook in site.receiver.received})
    while tally.kills < kills:
        tally.drains += 1
        before = tally.kills
        name = f"soak{seed}x{tally.drains}"
        with _site(server, name, directory / name, mails, arrived, prepared) as site:
            taken: set[str] = set()
            site.receiver.plan = _one_in_five(random.Random(draw.random()), taken)
            _drain(site, draw, tally, min(kills - tally.kills, 40), longest)
            tally.posts += len(site.receiver.received)
            tally.faults += [f"{name}: {fault}" for fault in _compare(expected, _outcome(site, taken), site)]
        if tally.kills - before < 12:  # the machine is quicker than it was
            longest = max(longest * 0.7, 0.3)
        tell(tally)
    return tally


@contextmanager
def _site(  # noqa: PLR0917 - what a site is made of
    server: ImapServer, user: str, directory: Path, mails: list[bytes], arrived: datetime, prepared: Prepared
) -> Iterator[Site]:
    directory.mkdir(parents=True)
    server.add(user)
    with server.client(user) as client:
        for mail in mails:
            client.append("INBOX", mail, msg_time=arrived)
    with Receiver() as receiver:
        yield Site(Account(server, user), directory, receiver, prepared)


def _one_in_five(draw: random.Random, taken: set[str]) -> Any:
    def plan(hook: Received) -> Answer:
        if draw.random() < 0.2:
            return Answer(500)
        taken.add(hook.id)
        return Answer(200)

    return plan


def _drain(site: Site, draw: random.Random, tally: Tally, most: int, longest: float) -> None:
    """Make passes that are killed until enough were; then undisturbed ones until nothing waits."""
    killed = 0
    while killed < most:
        trouble, seconds = draw.random(), draw.uniform(0.01, longest)
        code = -9
        if trouble < 0.05:
            tally.full += 1
            code = site.run_for(seconds, spare_pages=draw.randrange(30), outage=OUTAGE)
        elif trouble < 0.1:
            tally.locked += 1
            with _locked(site.directory / "state.db", seconds / 2):
                code = site.run_for(seconds, outage=OUTAGE)
        else:
            code = site.run_for(seconds, outage=OUTAGE)
        killed, tally.kills = killed + (code == -9), tally.kills + (code == -9)
        if code == 0 and not _waiting(site):
            break
    for _ in range(MOST_PASSES):
        if site.run_for(UNDISTURBED, outage=OUTAGE) == 0 and not _waiting(site):
            return
        time.sleep(0.3)
    tally.faults.append(f"{site.account.user}: {_waiting(site)} events still wait")


@contextmanager
def _locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold the state's write lock from this process for a while."""
    held = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with suppress(sqlite3.Error):
        held.execute("BEGIN IMMEDIATE")

    def let_go() -> None:
        time.sleep(seconds)
        with suppress(sqlite3.Error):
            held.execute("ROLLBACK")

    thread = threading.Thread(target=let_go)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        held.close()


def _waiting(site: Site) -> int:
    connection = sqlite3.connect(f"file:{site.directory / 'state.db'}?mode=ro", uri=True)
    try:
        found: int = connection.execute("SELECT count(*) FROM outbox WHERE state <> 'delivered'").fetchone()[
            0
        ]
    finally:
        connection.close()
    return found


def _outcome(site: Site, taken: set[str]) -> dict[str, Any]:
    return {
        "folders": site.folders(),
        "events": site.events(),
        "taken": taken,
        "results": {line["message"]["fingerprint"] for line in site.results()},  # type: ignore[index]
    }


def _compare(expected: dict[str, Any], found: dict[str, Any], site: Site) -> Iterator[str]:
    for folder in expected["folders"].keys() | found["folders"].keys():
        was, now = expected["folders"].get(folder, Counter()), found["folders"].get(folder, Counter())
        if was != now:
            yield f"{folder}: {(was - now).total()} mails missing, {(now - was).total()} too many"
    lost = expected["events"].keys() - found["taken"]
    invented = found["events"].keys() - expected["events"].keys()
    if lost:
        yield f"{len(lost)} events lost: {sorted({expected['events'][name] for name in lost})}"
    if invented:
        yield f"{len(invented)} events invented: {sorted({found['events'][name] for name in invented})}"
    if any(expected["events"].get(name) not in {None, kind} for name, kind in found["events"].items()):
        yield "an event changed its type"
    bodies: dict[str, set[bytes]] = {}
    for hook in site.receiver.received:
        bodies.setdefault(hook.id, set()).add(hook.body)
    if changed := sum(len(each) > 1 for each in bodies.values()):
        yield f"{changed} events changed their bytes between tries"
    if expected["results"] != found["results"]:
        yield f"the results file holds {len(found['results'])} of {len(expected['results'])} messages"
