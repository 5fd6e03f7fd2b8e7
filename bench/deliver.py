"""Measure deliveries: events a second from a queue in the store to a receiver on this machine.

    python bench/deliver.py [EVENTS, 50000] [ROUNDS]

In one run, by turns: the deliverer with its store (taken under a lease, signed, marked on the disk), and bare
aiohttp posting the same bodies over as many connections, which keeps nothing and signs nothing.  The receiver
is a process of its own.  The best of the rounds counts.  Memory is what the process has grown by between the
first tenth of a round's events and its end.
"""

import asyncio
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
from aiohttp import web

from watcher.config.webhook import Webhook
from watcher.deliver.circuit import WIDEST
from watcher.deliver.outbox import Deliverer
from watcher.store import Store
from watcher.store.delivery_records import OutboxRow


SECRET = "whsec_" + "c2FtcGxlIHNlY3JldCBvZiB0aGlydHktdHdvIGJ5dGU="
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def body(number: int) -> bytes:
    """Give a body as large as that of an ordinary hard bounce."""
    return json.dumps({"type": "bounce.hard", "number": number, "data": "x" * 1_600}).encode()


def receive(line: Connection) -> None:
    """Answer 204 to every POST; tell how many there were whenever asked."""

    async def serve() -> None:
        count = 0

        async def take(request: web.Request) -> web.Response:
            nonlocal count
            await request.read()
            count += 1
            return web.Response(status=204)

        app = web.Application()
        app.router.add_post("/", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        line.send(runner.addresses[0][1])
        while await asyncio.to_thread(line.recv):
            line.send(count)
            count = 0
        await runner.cleanup()

    asyncio.run(serve())


@contextmanager
def receiving() -> Iterator[tuple[str, Connection]]:
    """Run the receiver; give its URL and the line to it."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/", ours
    finally:
        ours.send("")
        process.join()


def deliver(url: str, count: int) -> float:
    """Deliver a queue from a new store; give the seconds it takes."""
    hook = Webhook.model_validate({"url": url, "secret": SECRET})
    with tempfile.TemporaryDirectory() as directory, Store.open(Path(directory) / "state.db") as store:
        rows = [
            OutboxRow(f"event-{number}", "app", "bounce.hard", body(number), NOW) for number in range(count)
        ]
        store.queue_events(rows, NOW)
        del rows
        started = time.perf_counter()
        deliverer = Deliverer(store, [hook])
        deliverer.start()
        while store.waiting().get("app", 0) > 0.9 * count:
            time.sleep(0.05)
        early = resident()
        deliverer.drain(datetime.now(UTC) + timedelta(minutes=10))
        seconds = time.perf_counter() - started
        deliverer.stop()
        GROWN.append(resident() - early)
        return seconds


GROWN: list[float] = []


def resident() -> float:
    """Give the memory that this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def post_bare(url: str, count: int) -> float:
    """Post the same bodies with aiohttp alone; give the seconds it takes."""

    async def run() -> float:
        numbers = iter(range(count))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=WIDEST)) as session:

            async def work() -> None:
                for number in numbers:
                    async with session.post(url, data=body(number)) as response:
                        await response.read()

            started = time.perf_counter()
            await asyncio.gather(*(work() for _ in range(WIDEST)))
            return time.perf_counter() - started

    return asyncio.run(run())


def main() -> None:
    """Run the rounds and print the best of each."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    best = {"deliverer": float("inf"), "bare aiohttp": float("inf")}
    with receiving() as (url, line):
        for _ in range(rounds):
            for name, measure in (("deliverer", deliver), ("bare aiohttp", post_bare)):
                best[name] = min(best[name], measure(url, count))
                line.send("count")
                if (arrived := line.recv()) != count:
                    sys.exit(f"{name}: {arrived} of {count} events arrived")
    for name, seconds in best.items():
        print(f"{name:13} {count / seconds:8.0f} events/s  ({count} in {seconds:.2f} s, best of {rounds})")
    print(f"{'memory':13} {max(GROWN):8.1f} MB grown while delivering")
    print(f"{'ratio':13} {best['bare aiohttp'] / best['deliverer']:8.2f}")


if __name__ == "__main__":
    main()
