"""Waits are bounded one by one, though by a single timer."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from watcher.deliver.deadlines import Deadlines


SHORT = 0.3  # seconds


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def sleep(deadlines: Deadlines, seconds: float, after: float = 0.0) -> float | None:
    """Wait within a deadline; give how long it took, or None where it took too long."""
    await asyncio.sleep(after)
    began = time.monotonic()
    try:
        with deadlines.wait():
            await asyncio.sleep(seconds)
    except TimeoutError:
        assert SHORT * 0.99 <= time.monotonic() - began < SHORT * 20
        return None
    return time.monotonic() - began


def test_each_wait_ends_by_its_own_deadline_and_none_before() -> None:
    async def work() -> None:
        deadlines = Deadlines(SHORT)
        hang, quick, late, after = await asyncio.gather(
            sleep(deadlines, 60),
            sleep(deadlines, SHORT / 5),
            sleep(deadlines, 60, after=SHORT / 2),
            sleep(deadlines, SHORT * 0.5, after=SHORT * 1.2),
        )
        assert (hang, late) == (None, None)
        assert quick is not None
        assert after is not None

    run(work())


def test_a_task_goes_on_after_a_wait_that_took_too_long() -> None:
    async def work() -> None:
        deadlines = Deadlines(SHORT)
        for _ in range(2):
            assert await sleep(deadlines, 60) is None
        await asyncio.sleep(SHORT * 2)  # nothing is left that would cancel it
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    run(work())


def test_what_others_cancel_stays_cancelled() -> None:
    async def work() -> None:
        deadlines = Deadlines(SHORT)
        early = asyncio.create_task(sleep(deadlines, 60))
        both = asyncio.create_task(sleep(deadlines, 60))
        await asyncio.sleep(0)
        early.cancel()
        loop = asyncio.get_running_loop()
        loop.call_later(SHORT / 2, time.sleep, SHORT * 2)  # the deadline passes, and then the moment below
        loop.call_later(SHORT * 1.5, both.cancel)
        for task in (early, both):
            with pytest.raises(asyncio.CancelledError):
                await task

    run(work())


def test_a_fault_within_is_passed_on() -> None:
    async def work() -> None:
        deadlines = Deadlines(SHORT)
        with pytest.raises(ValueError, match="boom"), deadlines.wait():
            raise ValueError("boom")
        await asyncio.sleep(SHORT * 2)

    run(work())


def test_thousands_of_waits_set_one_timer() -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        deadlines = Deadlines(60)
        for _ in range(5_000):
            with deadlines.wait():
                pass
        assert len(loop._scheduled) == 1  # type: ignore[attr-defined]
        deadlines.close()

    run(work())
