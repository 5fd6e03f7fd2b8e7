"""Run a server in a thread with an event loop of its own, until it is told to end."""

import asyncio
import threading
from abc import ABC, abstractmethod


class Background(ABC):
    """A server of the demo; what it does stands in `_serve`, which sets `_up`, then waits for `_ending`."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._up.wait()

    def stop(self) -> None:
        """End."""
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    def _work(self) -> None:
        try:
            self._loop.run_until_complete(self._run())
        finally:
            self._up.set()
            self._loop.close()

    async def _run(self) -> None:
        self._ending = asyncio.Event()
        await self._serve()

    @abstractmethod
    async def _serve(self) -> None: ...
