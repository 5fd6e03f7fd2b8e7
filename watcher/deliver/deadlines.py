"""Bound waits: one by one, or many that may all take equally long by one timer for all of them.

A timer of its own for each, set and cancelled ten thousand times a second, costs more than the signature.
"""

import asyncio
from types import TracebackType


async def happens(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


class Deadlines:
    """The waits that are under way, oldest first; lives in one event loop."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waits: dict[Wait, float] = {}  # when each has to end
        self._timer: asyncio.TimerHandle | None = None

    def wait(self) -> "Wait":
        """Give a `with` block that raises TimeoutError where it takes too long."""
        return Wait(self)

    def close(self) -> None:
        """Bound nothing any more."""
        self._waits.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def begin(self, wait: "Wait") -> None:
        """Count a wait from now on."""
        loop = asyncio.get_running_loop()
        self._waits[wait] = end = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(end, self._look)

    def end(self, wait: "Wait") -> None:
        """Forget a wait."""
        self._waits.pop(wait, None)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        for wait, end in list(self._waits.items()):
            if end > loop.time():
                self._timer = loop.call_at(end, self._look)
                return
            del self._waits[wait]
            wait.expire()


class Wait:
    """One wait, of the task that enters it."""

    __slots__ = ("_cancelling", "_deadlines", "_expired", "_task")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._expired = False

    def __enter__(self) -> None:
        """Begin."""
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelling = task, task.cancelling()
        self._deadlines.begin(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; who was cancelled by others, too, stays cancelled."""
        self._deadlines.end(self)
        if self._expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def expire(self) -> None:
        """Stop what is done in the block."""
        self._expired = True
        self._task.cancel()
