"""A receiver that is away for a day: nothing is dropped, it is left in peace, and its return is no stampede.

The lane itself runs, on a clock that jumps from one thing to do to the next.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.deliver.samples import START, row, webhook
from watcher.config.webhook import Webhook
from watcher.deliver.chance import Chance
from watcher.deliver.lane import Lane
from watcher.deliver.ledger import Ledger
from watcher.deliver.outcome import DELIVERED, Outcome, Result
from watcher.deliver.parcel import Parcel
from watcher.store import Store


DAY = 86_400.0
DOWN = Outcome(Result.FAILED, "connection refused")


class Jumping(asyncio.SelectorEventLoop):
    """A loop in which no time passes while there is something to do, and all of it where there is not."""

    at = 0.0

    def time(self) -> float:
        return self.at

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]
        if not ready and scheduled:
            self.at = max(self.at, scheduled[0]._when)
        super()._run_once()  # type: ignore[misc]


class AtOnce(Executor):
    """The store answers before time can pass."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed on
            future.set_exception(error)
        return future


class Application:
    """Takes 20 ms for an event; away between two moments."""

    def __init__(self, away: tuple[float, float]) -> None:
        self.away = away
        self.tries: list[float] = []
        self.taken: list[tuple[float, str]] = []
        self.at_once = self.most_at_once = 0

    async def post(self, parcel: Parcel, now: datetime) -> Outcome:
        at = (now - START).total_seconds()
        self.tries.append(at)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.02)
        self.at_once -= 1
        if self.away[0] <= at < self.away[1]:
            return DOWN
        self.taken.extend((at, event_id) for event_id in parcel.ids)
        return DELIVERED

    async def close(self) -> None:
        pass


def simulate(store: Store, hook: Webhook, application: Application, seconds: float) -> None:
    """Let the lane work for so long, while an event is queued every ten minutes."""
    loop = Jumping()

    def now() -> datetime:
        return START + timedelta(seconds=loop.time())

    async def work() -> None:
        lane = Lane(hook, Ledger(store, AtOnce()), Chance(now, lambda: 0.5), lambda *_: application)
        running = asyncio.create_task(lane.run())
        number = 100_000
        while loop.time() < seconds:
            await asyncio.sleep(600)
            number += 1
            store.queue_events([row(number, due=now())], now())
            lane.wake()
        await asyncio.sleep(120)
        lane.finish()
        await running

    try:
        loop.run_until_complete(work())
    finally:
        loop.close()


def test_a_day_without_the_receiver_drops_nothing_and_its_return_is_no_stampede(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state.db") as store:
        store.queue_events([row(number) for number in range(1_000)], START)
        application = Application(away=(0.0, DAY))
        simulate(store, webhook("http://127.0.0.1:9/"), application, DAY + 1_800)
        assert store.waiting() == {}

    ids = [event_id for _, event_id in application.taken]
    assert len(ids) == len(set(ids)) == 1_000 + round((DAY + 1_800) / 600)
    during = [at for at in application.tries if at < DAY]
    assert 140 < len(during) < 180  # a single try every ten minutes
    back = min(at for at, _ in application.taken)
    assert back - DAY <= 600
    by_second = Counter(int(at - back) for at, _ in application.taken)
    assert max(by_second[second] for second in range(6)) <= 12
    assert max(by_second[second] for second in range(6, 12)) <= 22
    assert max(by_second[second] for second in range(12, 18)) <= 42
    assert application.most_at_once <= 16


def test_a_rate_is_kept_evenly(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state.db") as store:
        store.queue_events([row(number) for number in range(100)], START)
        application = Application(away=(0.0, 0.0))
        simulate(store, webhook("http://127.0.0.1:9/", rate=5), application, 600)
        assert store.waiting() == {}
    by_second = Counter(int(at) for at, _ in application.taken if at < 600)
    assert max(by_second.values()) <= 6
    assert 19 <= max(by_second) <= 21
