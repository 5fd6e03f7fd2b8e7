"""Drain a mailbox over a connection that breaks again and again, and say what did not hold."""

import json
import logging
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.crash.mails import away, failure, ordinary
from tests.deliver.receiver import Receiver
from tests.deliver.samples import SECRET
from tests.reader.rulebook import RULES
from tests.servers.breaker import GOES_ON, Breaker, Fault
from tests.servers.mailboxes import ImapServer
from watcher.config import load_config
from watcher.imap import session, waiting, wire
from watcher.imap.connect import Patience
from watcher.service import worker
from watcher.service.backoff import Backoff
from watcher.service.daemon import Daemon
from watcher.store import Store


# What years would take is waited for a shorter time: seconds for an answer, for an IDLE, between two tries.
ANSWER, RENEWAL, FIRST, LONGEST = 2.0, 3.0, 0.05, 0.5


# Lines of Dovecot's config that take abilities from it.
WITHOUT_MOVE = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ ID NAMESPACE CHILDREN UIDPLUS IDLE"
WITHOUT_UIDPLUS = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ ID NAMESPACE CHILDREN IDLE"


@dataclass
class Outcome:
    """What one drain came to."""

    problems: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seconds: float = 0.0
    silence: float = 0.0  # the longest time from a fault to the next sign of work
    mails: int = 0

    @property
    def broken(self) -> int:
        """Count the faults that ended a connection."""
        return sum(fault.kind not in GOES_ON for fault in self.faults)


def write_mails(count: int, seed: int) -> list[bytes]:
    """Write mails of several kinds, each of them different: half of them hard bounces."""
    chance = random.Random(seed)
    replies = ("550 5.1.1 user unknown", "452 4.2.2 The mailbox is over quota")
    mails = []
    for number in range(count):
        draw = chance.random()
        if draw < 0.8:
            reply = replies[draw > 0.6]
            mails.append(failure(f"user{number}@example.com", reply, number=number))
        elif draw < 0.9:
            mails.append(ordinary(number))
        else:
            mails.append(away(f"busy{number}@example.com").replace(b"<away@", b"<away%d@" % number))
    return mails


@contextmanager
def hurried() -> Iterator[None]:
    """Wait less than in earnest: for answers, and between tries."""
    before = session.Patience, wire.FAREWELL, waiting.RENEWAL, worker.Backoff
    session.Patience = lambda: Patience(ANSWER, ANSWER)  # type: ignore[misc,assignment]
    wire.FAREWELL = ANSWER
    waiting.RENEWAL = RENEWAL
    worker.Backoff = lambda: Backoff(FIRST, LONGEST)  # type: ignore[misc,assignment]
    try:
        yield
    finally:
        session.Patience, wire.FAREWELL, waiting.RENEWAL, worker.Backoff = before  # type: ignore[misc]


class Signs(logging.Handler):
    """Remember when the watcher last showed that it works."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.times: list[float] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note the time of a mail recorded."""
        if record.msg.startswith("message_recorded"):
            self.times.append(time.monotonic())


def write_config(
    directory: Path, port: int, user: str, password: str, url: str, *also: dict[str, Any], **mailbox: Any
) -> Path:
    """Write the config of one endpoint and one mailbox, and of those of the same server that are named."""
    path = directory / "config.yaml"
    watched = {"name": "bounces", "host": "127.0.0.1", "port": port, "tls": "none"}
    events = ["bounce.hard", "bounce.soft", "auto_reply.received"]
    values = {
        "state": str(directory / "state.db"),
        "mailboxes": [
            {**watched, "username": user, "password": password, **mailbox},
            *({**watched, **each} for each in also),
        ],
        "webhooks": [{"name": "app", "url": url, "secret": SECRET, "events": events}],
        "authenticity": {"domains": ["lists.example.org"]},
        "http": None,
    }
    path.write_text(yaml.safe_dump(values))
    return path


def drain(server: ImapServer, user: str, mails: list[bytes], *, seed: int, faults: int) -> Outcome:
    """Put mails into a mailbox, drain it through a breaker, and compare what there is with what should be."""
    server.append(user, mails)
    outcome = Outcome()
    signs = Signs()
    logger = logging.getLogger("watcher.service.sweep")
    level = logger.level
    logger.addHandler(signs)
    logger.setLevel(logging.INFO)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        Receiver() as receiver,
        Breaker(server.imap_port, seed=seed, count=faults) as breaker,
        hurried(),
    ):
        path = write_config(Path(folder), breaker.port, user, server.password, receiver.url)
        config = load_config(path)
        with Store.open(config.state) as store:
            daemon = Daemon(config, store, RULES)
            daemon.start()
            (at_work,) = daemon._crew._workers
            added: list[bytes] = []
            try:
                ends = time.monotonic() + 300 + len(mails) / 20
                while time.monotonic() < ends:
                    if at_work.last_success is not None:
                        signs.times.append(at_work.last_success)
                    if daemon.idle():
                        if breaker.left <= 0:
                            break
                        added.append(_late(len(added)))
                        server.append(user, added[-1:])
                        breaker.strike()
                        time.sleep(0.1)
                    time.sleep(0.02)
                else:
                    outcome.problems.append(f"not done in time: {daemon.problems()}")
                if not daemon._crew.beats():
                    outcome.problems.append("a worker is dead")
            finally:
                daemon.stop()
        outcome.faults = list(breaker.faults)
        outcome.mails = len(mails) + len(added)
        outcome.problems += _compare(server, user, [*mails, *added], receiver)
    logger.removeHandler(signs)
    logger.setLevel(level)
    outcome.seconds = time.monotonic() - began
    outcome.silence = _longest_silence(outcome.faults, sorted(set(signs.times)))
    return outcome


def _late(number: int) -> bytes:
    return failure(f"late{number}@example.com", "550 5.1.1 user unknown", number=number)


def _longest_silence(faults: list[Fault], signs: list[float]) -> float:
    longest = 0.0
    for fault in faults:
        after = next((sign for sign in signs if fault.at is not None and sign > fault.at), None)
        if after is not None and fault.at is not None:
            longest = max(longest, after - fault.at)
    return longest


FOLDERS = {b"550 5.1.1": "Bounces/Hard", b"452 4.2.2": "Bounces/Soft", b"Out of office": "Auto-replies"}
EVENTS = {"Bounces/Hard": "bounce.hard", "Bounces/Soft": "bounce.soft", "Auto-replies": "auto_reply.received"}


def place_of(mail: bytes) -> str:
    """Give the folder in which a mail should end."""
    return next((folder for sign, folder in FOLDERS.items() if sign in mail), "INBOX")


def _compare(server: ImapServer, user: str, mails: list[bytes], receiver: Receiver) -> list[str]:
    problems = []
    expected: dict[str, Counter[bytes]] = {}
    for mail in mails:
        expected.setdefault(place_of(mail), Counter())[mail] += 1
    found = {name: Counter(there) for name, there in server.mails(user).items() if there}
    for name in sorted(expected.keys() | found.keys()):
        lacking = expected.get(name, Counter()) - found.get(name, Counter())
        surplus = found.get(name, Counter()) - expected.get(name, Counter())
        if lacking or surplus:
            problems.append(f"folder {name}: {lacking.total()} mails lacking, {surplus.total()} too many")
    touched = sum(flags != set() for flags in server.flags(user, unmarked=True))
    if touched:
        problems.append(f"{touched} ordinary mails touched")
    wanted = Counter(EVENTS[name] for mail in mails if (name := place_of(mail)) in EVENTS)
    ids: dict[tuple[str, str], set[str]] = {}
    for hook in receiver.received:
        event = json.loads(hook.body)
        recipient = (event["data"]["recipient"] or {}).get("address") or event["data"]["message"][
            "message_id"
        ]
        ids.setdefault((event["type"], recipient), set()).add(hook.id)
    sent = Counter(kind for kind, _ in ids)
    if sent != wanted:
        problems.append(f"events: {dict(sent)} in place of {dict(wanted)}")
    twice = [key for key, known in ids.items() if len(known) > 1]
    if twice:
        problems.append(f"{len(twice)} events under more than one id, such as {twice[0]}")
    return problems
