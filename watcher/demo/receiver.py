"""Be the application that the events are for: an HTTP server on a free loopback port that verifies each one.

What it does with an event is all that a receiver needs: check the signature over the body as it came, answer
204 quickly, and know an event that comes twice by its id.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from watcher.deliver.signature import find_fault
from watcher.demo.background import Background


@dataclass(slots=True)
class Received:
    """What came in: events by their id, how many came again, and the faults of those refused."""

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: int = 0
    refused: list[str] = field(default_factory=list)


class Receiver(Background):
    """The server, in a thread with an event loop of its own; `show` is called with each new event."""

    def __init__(self, secret: str, show: Callable[[dict[str, Any]], None]) -> None:
        self.received = Received()
        self.port = 0
        self._secret = secret
        self._show = show
        super().__init__("demo-receiver")

    @property
    def url(self) -> str:
        """Where events are to be posted."""
        return f"http://127.0.0.1:{self.port}/hooks/bounces"

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_post("/hooks/bounces", self._take)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        self._up.set()
        await self._ending.wait()
        await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        fault = find_fault([self._secret], request.headers, body, time.time())
        if fault is not None:
            self.received.refused.append(fault)
            return web.Response(status=401, text=fault)
        event_id = request.headers["webhook-id"]
        if event_id in self.received.events:
            self.received.again += 1
        else:
            event = self.received.events[event_id] = json.loads(body)
            self._show(event)
        return web.Response(status=204)
