"""Measure suppression checks on a list of ten million addresses: in the store, and over HTTP.

    python bench/suppression.py [ADDRESSES] [CHECKS]

The list is built in a file of its own with the store's own table, in the order of its keys, then asked for
addresses at random, half of them on the list.  Beside each figure stands what it is to be held against in the
same run: for the store a bare SELECT by primary key on the same file, over HTTP the `/healthz` page, which
asks nothing.  Medians and 99th percentiles, one question after the other, cold caches first.
"""

import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from watcher.config.shape import Config
from watcher.rules import reasons
from watcher.service.api import StateAnswers
from watcher.service.policy import policy_of
from watcher.store import Store
from watcher.web.listener import Listener


SEED = 20261122
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BULK = 500  # addresses of one bulk check


def address(number: int) -> str:
    """Give an address as long as most are; even numbers are on the list."""
    return f"person.{number:09d}@mail{number % 977:03d}.example.com"


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Give the rows in the order of their keys, as the fastest way to build the table."""
    since = "2026-11-22T04:19:00.000000Z"
    for number in range(0, 2 * count, 2):
        key = address(number)
        yield key, key, "suppressed", "mailbox_not_found", since, "sha256:" + "0" * 64, since, "hard", '["x"]'


def build(path: Path, count: int) -> float:
    """Fill the list; give the seconds it took."""
    began = time.perf_counter()
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as sql, sql:
        sql.executemany(
            "INSERT INTO suppressions (address_key, address, state, reason, since, source, changed, cause,"
            " led_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows(count),
        )
    return time.perf_counter() - began


def time_each(calls: int, call: Callable[[], object]) -> list[float]:
    """Give the milliseconds that each call took."""
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1e3)
    return taken


def tell(name: str, taken: list[float], *, each: int = 1) -> float:
    """Print a line; give the median."""
    taken = sorted(ms / each for ms in taken)
    middle, high = statistics.median(taken), taken[int(len(taken) * 0.99)]
    print(f"{name:34} {middle:8.4f} ms   p99 {high:8.4f} ms   worst {taken[-1]:8.3f} ms", flush=True)
    return middle


def in_the_store(path: Path, count: int, checks: int) -> None:
    """Ask the store, then SQLite itself."""
    chance = random.Random(SEED)

    def anyone() -> str:
        return address(chance.randrange(2 * count))

    with Store.open(path, readonly=True) as store:
        first = time_each(200, lambda: store.check([anyone()], NOW))
        tell("store, the first 200", first)
        found = sum(bool(store.check([anyone()], NOW)[0][1]) for _ in range(2000))
        print(f"{'':34} {found} of 2000 were on the list")
        ours = tell("store, one", time_each(checks, lambda: store.check([anyone()], NOW)))
        bulk = time_each(checks // BULK, lambda: store.check([anyone() for _ in range(BULK)], NOW))
        tell(f"store, {BULK} at a time, each", bulk, each=BULK)
    query = "SELECT * FROM suppressions WHERE address_key = ?"
    with closing(sqlite3.connect(path)) as sql:
        bare = tell("SELECT alone", time_each(checks, lambda: sql.execute(query, (anyone(),)).fetchone()))
    print(f"{'':34} {ours / bare:.1f} times a SELECT alone", flush=True)


def over_http(path: Path, count: int, checks: int) -> None:
    """Ask the listener, over one connection that stays open."""
    chance = random.Random(SEED)
    mailbox = {"host": "imap.example.com", "username": "bounces@example.org", "password": "-"}
    settings = {"state": str(path), "mailboxes": [mailbox], "http": {"listen": "127.0.0.1:0"}}
    config = Config.model_validate(settings)
    assert config.http is not None
    listener = Listener(config.http, tuple, StateAnswers(config, policy_of(config, reasons())))
    listener.start()
    connection = HTTPConnection("127.0.0.1", listener.port, timeout=60)

    def get(page: str) -> None:
        connection.request("GET", page)
        connection.getresponse().read()

    def check_many() -> None:
        body = json.dumps({"addresses": [address(chance.randrange(2 * count)) for _ in range(BULK)]})
        connection.request("POST", "/api/v1/suppressions/check", body, {"content-type": "application/json"})
        assert len(json.loads(connection.getresponse().read())["results"]) == BULK

    def check_one() -> None:
        get(f"/api/v1/suppressions/{address(chance.randrange(2 * count))}")

    ours = tell("HTTP, one", time_each(checks, check_one))
    tell(f"HTTP, {BULK} at a time, each", time_each(max(checks // BULK, 1), check_many), each=BULK)
    bare = tell("HTTP, /healthz", time_each(checks, lambda: get("/healthz")))
    print(f"{'':34} {ours / bare:.1f} times a page that asks nothing", flush=True)
    connection.close()
    listener.stop()


def main() -> None:
    """Build, ask, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    checks = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        took = build(path, count)
        size = path.stat().st_size / 1e9
        print(f"{count} addresses in {took:.0f} s, {size:.2f} GB", flush=True)
        in_the_store(path, count, checks)
        over_http(path, count, max(checks // 4, 10))


if __name__ == "__main__":
    main()
