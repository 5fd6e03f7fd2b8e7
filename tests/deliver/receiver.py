"""A webhook endpoint on this machine: answers as it is told, and remembers what it was sent."""

import asyncio
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from aiohttp import web


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(frozen=True)
class Answer:
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    wait: float = 0.0


OK = Answer()
Plan = Callable[[Received], Answer]


class Receiver:
    """Answers as `plan` says: one answer for all, a list of which the last repeats, or a function."""

    def __init__(self, plan: Answer | list[Answer] | Plan = OK, tls: ssl.SSLContext | None = None) -> None:
        self.plan = plan
        self.received: list[Received] = []
        self.most_at_once = 0
        self._at_once = 0
        self._tls = tls
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        assert self._up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the port."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}/hooks?key=in-the-url"

    @property
    def ids(self) -> list[str]:
        return [received.id for received in self.received]

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        app = web.Application(client_max_size=100_000)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self._tls).start()
        self.port = runner.addresses[0][1]
        self._up.set()
        await self._end.wait()
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            headers = {name.lower(): value for name, value in request.headers.items()}
            received = Received(request.path_qs, headers, await request.read())
            answer = self._next(received)
            self.received.append(received)
            await asyncio.sleep(answer.wait)
            return web.Response(status=answer.status, headers=list(answer.headers), text=answer.text)
        finally:
            self._at_once -= 1

    def _next(self, received: Received) -> Answer:
        if isinstance(self.plan, Answer):
            return self.plan
        if isinstance(self.plan, list):
            return self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]
        return self.plan(received)


class RawServer:
    """A socket that reads a request and sends `reply` as it stands; `endless` repeats it for ever."""

    def __init__(self, reply: bytes, *, endless: bool = False, hold: bool = False) -> None:
        self.reply = reply
        self.endless = endless
        self.hold = hold  # keep the connection open after the reply
        self.sent = 0
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        assert self._up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the port."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(asyncio.create_task(self._speak(reader, writer)))

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        await self._end.wait()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.reply)
            await writer.drain()
            while self.endless:
                writer.write(b"x" * 4_096)
                self.sent += 4_096
                await writer.drain()
            if self.hold:
                await asyncio.sleep(60)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
