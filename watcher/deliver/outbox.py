"""Deliver the outbox: a thread with an event loop of its own, and in it a lane for each endpoint.

Rows are taken under a lease and marked after the answer, so that a crash at any point leads to the same event
being sent again, under the same id and with the same bytes, and never to an event that is not sent.
"""

import asyncio
import contextlib
import logging
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from watcher.config.webhook import Webhook
from watcher.deliver.chance import Chance
from watcher.deliver.lane import Lane
from watcher.deliver.ledger import Ledger
from watcher.store import Store


log = logging.getLogger(__name__)

GRACE = 5.0  # seconds that events on their way are given when we stop


def utc_now() -> datetime:
    """Give the wall clock."""
    return datetime.now(UTC)


class Deliverer:
    """Sends what is due to the endpoints of the config, each at its own pace."""

    def __init__(
        self,
        store: Store,
        webhooks: Sequence[Webhook],
        *,
        now: Callable[[], datetime] = utc_now,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._webhooks = tuple(webhooks)
        self._chance = Chance(now, jitter)
        self._lanes: tuple[Lane, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._up = threading.Event()
        self._grace = GRACE

    def start(self) -> None:
        """Begin to deliver; returns once the thread is up."""
        if self._thread is not None:
            return
        self._warn_of_orphans()
        self._up.clear()
        self._thread = threading.Thread(target=self._work, name="deliver", daemon=True)
        self._thread.start()
        self._up.wait()

    def stop(self, grace: float = GRACE) -> None:
        """End: what is on its way has `grace` seconds to finish; the rest is sent again after its lease."""
        thread, loop = self._thread, self._loop
        if thread is None or loop is None:
            return
        self._grace = grace
        self._call(self._finish)
        thread.join()
        self._thread = self._loop = None

    def wake(self) -> None:
        """Look for due events now; call it after a batch was recorded."""
        self._call(self._wake)

    def drain(self, deadline: datetime) -> None:
        """Return when all that is due now has been tried, or can only be tried later, or at the deadline."""
        self.start()
        loop = self._loop
        if loop is None:
            return
        seconds = max((deadline - self._chance.now()).total_seconds(), 0.0)
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._drained(seconds), loop).result()

    def problems(self) -> tuple[str, ...]:
        """Give one line for each endpoint whose events wait because of it."""
        return tuple(lane.problem for lane in self._lanes if lane.problem is not None)

    def _warn_of_orphans(self) -> None:
        known = {webhook.name for webhook in self._webhooks}
        for endpoint, count in self._store.waiting().items():
            if endpoint not in known:
                log.warning("webhook_unknown endpoint=%s waiting=%d kept=yes", endpoint, count)

    def _work(self) -> None:
        # Not asyncio.run: it would wait at the end for name look-ups that hang.
        loop = asyncio.new_event_loop()
        with ThreadPoolExecutor(1, "deliver-store") as executor:
            try:
                loop.run_until_complete(self._run(loop, Ledger(self._store, executor)))
                loop.run_until_complete(loop.shutdown_asyncgens())
            finally:
                self._up.set()
                loop.close()

    async def _run(self, loop: asyncio.AbstractEventLoop, ledger: Ledger) -> None:
        self._lanes = tuple(Lane(webhook, ledger, self._chance) for webhook in self._webhooks)
        self._stopped = asyncio.Event()
        self._loop = loop
        runs = [asyncio.create_task(self._keep_going(lane)) for lane in self._lanes]
        self._up.set()
        await self._stopped.wait()
        _, late = await asyncio.wait(runs, timeout=self._grace) if runs else (set(), set())
        for run in late:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

    async def _keep_going(self, lane: Lane) -> None:
        """Run a lane; a fault of our own in it is logged, and must not end it."""
        while True:
            try:
                await lane.run()
            except Exception:
                log.exception("lane_broken endpoint=%s", lane.webhook.name)
                await asyncio.sleep(GRACE)
            else:
                return

    async def _drained(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(lane.drained() for lane in self._lanes))

    def _finish(self) -> None:
        for lane in self._lanes:
            lane.finish()
        self._stopped.set()

    def _wake(self) -> None:
        for lane in self._lanes:
            lane.wake()

    def _call(self, action: Callable[[], None]) -> None:
        if (loop := self._loop) is not None:
            with contextlib.suppress(RuntimeError):  # the loop ended just now
                loop.call_soon_threadsafe(action)
