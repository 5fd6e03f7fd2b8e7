"""Live through days in the time of minutes: floods, restarts, renumbered folders, IDLEs that are renewed.

A day is a second or two: mail comes in a flood, the daily work is done, on some days the server restarts, on
some the watched folder is made anew under another UIDVALIDITY.  IDLE is renewed every few seconds.  A second
mailbox is signed in to by OAuth 2.0: its tokens end within a day or two, or are withdrawn, and with them ends
the connection.
"""

import gc
import imaplib
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.deliver.receiver import Receiver
from tests.reader.rulebook import RULES
from tests.servers.dovecot import Dovecot
from tests.servers.tokens import TokenServer
from tests.soak.drain import hurried, place_of, write_config, write_mails
from watcher.config import load_config
from watcher.service.daemon import Daemon
from watcher.store import Store


FLOOD = 60  # mails a day
WARM = 10  # days until memory is compared: caches fill, and the allocator takes its share
MOST_GROWTH = 5_000_000  # octets
TOKEN = 3  # seconds that a token holds
BEARER = "bearer"  # the user who signs in with tokens


def resident() -> int:
    """Give the octets of memory that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def descriptors() -> int:
    """Count what this process has open, once what is under way has ended."""
    counts = []
    for _ in range(10):
        counts.append(sum(1 for _ in Path("/proc/self/fd").iterdir()))
        time.sleep(0.1)
    return min(counts)


def live(seed: int, days: int, *, say: Callable[[str], None], flood: int = FLOOD) -> list[str]:
    """Run the watcher for so many days on Dovecot; give what did not hold."""
    with (
        tempfile.TemporaryDirectory() as folder,
        TokenServer(BEARER) as issuer,
        Dovecot(extra=issuer.lines_for_dovecot(Path(folder))) as server,
        Receiver() as receiver,
        hurried(),
    ):
        issuer.seconds = TOKEN
        path = write_config(
            Path(folder),
            server.imap_port,
            "years",
            server.password,
            receiver.url,
            _signs_in_by_token(issuer),
            folder="In",
            poll="1s",
        )
        server.append("years", [], "In")
        config = load_config(path)
        with Store.open(config.state) as store:
            daemon = Daemon(config, store, RULES)
            life = Life(daemon, server, issuer, receiver, random.Random(seed), flood)
            life.daemon.start()
            try:
                life.live(days, say)
            finally:
                life.daemon.stop()
            return life.problems


def _signs_in_by_token(issuer: TokenServer) -> dict[str, Any]:
    oauth2 = {"provider": "other", "token_url": issuer.url, "client_id": "watcher", "refresh_token": "first"}
    return {"name": BEARER, "username": BEARER, "oauth2": oauth2, "poll": "1s"}


@dataclass
class Life:
    """The watcher, its surroundings, and what was seen of them."""

    daemon: Daemon
    server: Dovecot
    issuer: TokenServer
    receiver: Receiver
    chance: random.Random
    flood: int
    problems: list[str] = field(default_factory=list)
    expected: dict[str, set[bytes]] = field(default_factory=dict)  # digests of what is to be filed, by user
    ended: int = 0  # tokens that held a connection when they ended
    renewed: int = 0

    def live(self, days: int, say: Callable[[str], None]) -> None:
        """Live through the days, and compare the last with the first."""
        warm = min(WARM, max(1, days // 3))
        memory = files = 0
        for day in range(1, days + 1):
            befell = self._day(day)
            if day == warm:
                memory, files = resident(), descriptors()
            held = f"{resident() / 1e6:.1f} MB, {descriptors()} descriptors"
            say(f"day {day}: {held}{', ' * bool(befell)}{', '.join(befell)}")
        grown, more = resident() - memory, descriptors() - files
        say(f"since day {warm} grown by {grown / 1e6:.2f} MB and {more} descriptors")
        say(f"{self.ended} tokens ended under a connection, {self.renewed} were given")
        for user, expected in self.expected.items():
            mails = self.server.mails(user)
            filed = {
                sha256(mail).digest()
                for name, there in mails.items()
                if name not in {"INBOX", "In"}
                for mail in there
            }
            if filed != expected:
                self.problems.append(f"{user}: {len(filed)} different mails filed, not {len(expected)}")
        if self.renewed <= self.ended:
            self.problems.append(f"{self.ended} tokens ended, and {self.renewed} were given")
        if grown >= MOST_GROWTH:
            self.problems.append(f"memory grew by {grown / 1e6:.1f} MB")
        if more > 0:
            self.problems.append(f"{more} descriptors more than before")
        if not self.daemon._crew.beats():
            self.problems.append("a worker is dead")

    def _day(self, day: int) -> list[str]:
        befell = []
        if self.chance.random() < 0.3:
            befell.append("restart")
            self.server.stop()
            time.sleep(self.chance.uniform(0.1, 0.6))
            self.server.start()
        if self.chance.random() < 0.2:
            befell.append("new UIDVALIDITY")
            _renumber(self.server)
        draw = self.chance.random()
        if draw < 0.7:
            befell.append(self._end_token(withdrawn=draw < 0.35))
        self._deliver("years", "In", self.flood)
        self._deliver(BEARER, "INBOX", self.flood // 4)
        self._wait(day)
        self.daemon._crew._clean_up()
        time.sleep(0.4)  # quiet: IDLE, and the poll
        self.receiver.received.clear()
        self.renewed += len(self.issuer.requests)
        self.issuer.requests.clear()
        self.issuer.headers.clear()
        return befell

    def _end_token(self, *, withdrawn: bool) -> str:
        """Let a token end, before its time or at it, and cut the connection that it opened."""
        if withdrawn:
            self.issuer.withdraw_all()
        else:
            time.sleep(TOKEN)
        self.ended += self.server.kick(BEARER)
        return "token withdrawn" if withdrawn else "token ended"

    def _deliver(self, user: str, folder: str, count: int) -> None:
        mails = write_mails(count, seed=self.chance.randrange(10**9))
        self.expected.setdefault(user, set()).update(
            sha256(mail).digest() for mail in mails if place_of(mail) != "INBOX"
        )
        for first in range(0, len(mails), 10):
            for more_tries in (True, True, False):
                try:
                    self.server.append(user, mails[first : first + 10], folder)
                    break
                except imaplib.IMAP4.error:  # of the first of them: the folder is just being made anew
                    if not more_tries:
                        raise
                    time.sleep(0.3)

    def _wait(self, day: int) -> None:
        ends = time.monotonic() + 60
        time.sleep(0.1)
        while not (self.daemon.idle() and self._is_read()):
            if time.monotonic() > ends:
                self.problems.append(f"day {day}: not drained in a minute: {self.daemon.problems()}")
                return
            time.sleep(0.05)

    def _is_read(self) -> bool:
        return self._is_read_in("years", "bounces", "In") and self._is_read_in(BEARER, BEARER, "INBOX")

    def _is_read_in(self, user: str, mailbox: str, folder: str) -> bool:
        known = self.daemon._store.progress(mailbox, folder)
        with self.server.client(user) as client:
            client.select_folder(folder, readonly=True)
            return not [uid for uid in client.search("UNDELETED") if known is None or uid > known[1]]


def _renumber(server: Dovecot) -> None:
    """Make the watched folder anew, as after a restore by hand."""
    with server.client("years") as client:
        client.delete_folder("In")
        client.create_folder("In")
