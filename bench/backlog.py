"""Measure a backlog: NDRs that wait on Dovecot are fetched, read, recorded, filed, and their events queued.

    python -m bench.backlog [--mails N] [--pairs N] [--large N]

In one run, by turns, each on a mailbox of its own: bare IMAPClient, which only fetches and moves the same
mails in batches of 200; and a sweep as the daemon makes it.  The median of the pairs' ratios counts.  With
--large, a sweep over so many mails is made as well, and the peak of memory of both is printed.  Each sweep
runs in a process of its own.  Needs Dovecot and the development install.
"""

import argparse
import contextlib
import io
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from tests.crash.mails import failure
from tests.servers.dovecot import Dovecot
from watcher.config.shape import Config
from watcher.imap.session import Memory, Session
from watcher.rules import load_rules
from watcher.service.copy_marks import CopyMarks
from watcher.service.sweep import Sweep
from watcher.service.tools import make_tools
from watcher.store import Store


SECRET = "whsec_" + "c2FtcGxlIHNlY3JldCBvZiB0aGlydHktdHdvIGJ5dGU="
REPLIES = (
    "550 5.1.1 <{}>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
    "452 4.2.2 The mailbox is over quota",
    "550 5.7.1 Message rejected as spam by content filtering",
    "554 5.4.4 Host or domain name not found. Name service error for name=example.com type=A",
    "451 4.7.1 Greylisting in action, please come back later",
)


def ndr(number: int) -> bytes:
    """Give one of many NDRs; each is about another address."""
    address = f"user{number}@dept{number % 97}.example.com"
    return failure(address, REPLIES[number % len(REPLIES)].format(address), number=number)


def fill(server: Dovecot, user: str, count: int) -> None:
    """Put mails into a user's maildir, as a delivery would."""
    maildir = server.directory / "mail" / user / "Maildir"
    owner = (server.directory / "mail").stat()
    maildir.mkdir(parents=True)
    for folder in (maildir.parent, maildir, *(maildir / name for name in ("cur", "new", "tmp"))):
        folder.mkdir(exist_ok=True)
        os.chown(folder, owner.st_uid, owner.st_gid)
    for number in range(count):
        path = maildir / "new" / f"1700000000.M{number:07d}.bench"
        path.write_bytes(ndr(number))
        os.chown(path, owner.st_uid, owner.st_gid)
    with server.client(user) as client:  # the first look at a new mailbox is the server's own work
        client.select_folder("INBOX")
        client.fetch("1:*" if count == 0 else [1, count], ["RFC822.SIZE"])


def bare(server: Dovecot, user: str) -> float:
    """Fetch and move with IMAPClient alone, and give the seconds it takes."""
    with IMAPClient("127.0.0.1", server.imap_port, ssl=False) as client:
        client.login(user, server.password)
        client.create_folder("Done")
        started = time.perf_counter()
        client.select_folder("INBOX")
        uids = client.search()
        for first in range(0, len(uids), 200):
            batch = uids[first : first + 200]
            found = client.fetch(batch, ["BODY.PEEK[]"])
            assert len(found) == len(batch)
            client.move(batch, "Done")
        return time.perf_counter() - started


def config_of(server: Dovecot, user: str, state: Path) -> Config:
    """Give the config of a sweep; nobody listens at the endpoint, events are only queued."""
    return Config.model_validate(
        {
            "state": str(state),
            "mailboxes": [
                {
                    "name": "bounces", "host": "127.0.0.1", "port": server.imap_port, "tls": "none",
                    "username": user, "password": server.password,
                }
            ],
            "webhooks": [{"url": "http://127.0.0.1:9/", "secret": SECRET}],
            "authenticity": {"domains": ["lists.example.org"]},
        }
    )  # fmt: skip


def sweep(config: Config) -> None:
    """Sweep the mailbox in this process, and print what it took as JSON."""
    with Store.open(config.state) as store:
        tools = make_tools(config, store, load_rules(), lambda: None)
        (mailbox,) = config.mailboxes
        before = _peak()
        started = time.perf_counter()
        cpu = time.process_time()
        memory = Memory(marks=CopyMarks(store, mailbox))
        with Session.open(mailbox, memory=memory) as session:
            Sweep(mailbox, tools).run(session)
        seconds = time.perf_counter() - started
        done = store.done_since(datetime(2000, 1, 1, tzinfo=UTC))
        found = {
            "seconds": seconds, "cpu": time.process_time() - cpu, "read": done.read, "filed": done.filed,
            "queued": done.due, "before": before, "peak": _peak(),
            "helper": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        }  # fmt: skip
    print(json.dumps(found))


def _peak() -> float:
    """Give the peak of memory so far, in MB; what `getrusage` tells begins with that of our parent."""
    said = Path("/proc/self/status").read_text()
    return int(said.partition("VmHWM:")[2].split()[0]) / 1024


def measured(run: Callable[..., None], *arguments: Any) -> dict[str, float]:
    """Run in a process of its own, and give what it printed."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_told, args=(theirs, run, arguments))
    process.start()
    theirs.close()
    try:
        found: dict[str, float] = json.loads(ours.recv())
    finally:
        process.join()
    return found


def _told(line: Any, run: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        run(*arguments)
    line.send(out.getvalue())


def once(server: Dovecot, user: str, count: int, folder: Path) -> dict[str, float]:
    """Fill a mailbox, sweep it, and check that nothing was left out."""
    fill(server, user, count)
    found = measured(sweep, config_of(server, user, folder / f"{user}.db"))
    assert found["read"] == found["filed"] == count, found
    shutil.rmtree(server.directory / "mail" / user)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--large", type=int, default=0)
    arguments = parser.parse_args()
    count, ratios, peaks = arguments.mails, [], []
    with tempfile.TemporaryDirectory() as name, Dovecot(extra="mail_fsync = optimized") as server:
        for pair in range(arguments.pairs):
            fill(server, f"bare{pair}", count)
            floor = count / bare(server, f"bare{pair}")
            shutil.rmtree(server.directory / "mail" / f"bare{pair}")
            found = once(server, f"ours{pair}", count, Path(name))
            rate = count / found["seconds"]
            ratios.append(rate / floor)
            peaks.append(found["peak"])
            print(
                f"bare IMAPClient {floor:7,.0f} a second; the watcher {rate:7,.0f} a second"
                f" ({found['cpu'] / count * 1e6:,.0f} µs CPU a mail, {found['queued']:,.0f} events queued,"
                f" peak {found['peak']:.0f} MB): {rate / floor:.2f} of it",
                flush=True,
            )
        if ratios:
            print(f"{count:,} mails: median of {len(ratios)} pairs {statistics.median(ratios):.2f}")
        if arguments.large:
            found = once(server, "large", arguments.large, Path(name))
            print(
                f"{arguments.large:,} mails: {arguments.large / found['seconds']:,.0f} a second, peak"
                f" {found['peak']:.0f} MB; {count:,} mails: peak {max(peaks, default=0):.0f} MB"
            )


if __name__ == "__main__":
    main()
