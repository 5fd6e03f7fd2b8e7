"""`/healthz`: the process lives.  `/readyz`: it can do its work, or what is wrong."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from aiohttp import web

from watcher.web.guard import has_token


log = logging.getLogger(__name__)

Health = Callable[[], Sequence[str]]  # one line for each thing that is wrong; none: ready
PATIENCE = 5.0  # seconds
FRESH = 2.0  # seconds for which an answer holds: asking writes to the store, and anybody may ask


class HealthPages:
    """The two pages; `health` may ask the store, so it is called in a thread."""

    def __init__(self, health: Health, token: str | None) -> None:
        self._health = health
        self._token = token
        self._probe: asyncio.Task[list[str]] | None = None
        self._fresh_until = 0.0  # by the loop's clock

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/healthz", self.alive)
        app.router.add_get("/readyz", self.ready)

    async def alive(self, _request: web.Request) -> web.Response:
        """Answer 200: the listener runs."""
        return web.json_response({"alive": True})

    async def ready(self, request: web.Request) -> web.Response:
        """Answer 200, or 503 with what is wrong; who lacks the token learns only that something is."""
        problems = await self._problems()
        answer: dict[str, object] = {"ready": not problems}
        if self._token is None or has_token(request.headers, self._token):
            answer["problems"] = problems
        return web.json_response(answer, status=503 if problems else 200)

    async def _problems(self) -> list[str]:
        """Give the last answer while it is fresh; otherwise wait for a new one, with all who ask by then."""
        now = asyncio.get_running_loop().time()
        if self._probe is None or (self._probe.done() and now >= self._fresh_until):
            self._probe = asyncio.create_task(self._look())
        probe = self._probe
        await asyncio.wait({probe}, timeout=PATIENCE)
        if not probe.done():
            return [f"health: no answer within {PATIENCE:g} s; look at the log"]
        return probe.result()

    async def _look(self) -> list[str]:
        try:
            return list(await asyncio.to_thread(self._health))
        except Exception:
            log.exception("health_broken")
            return ["health: cannot be told; look at the log"]
        finally:
            self._fresh_until = asyncio.get_running_loop().time() + FRESH
