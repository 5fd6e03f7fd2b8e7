"""Listen on `http.listen`, in a thread with an event loop of its own."""

import asyncio
import errno
import threading

from aiohttp import web

from watcher.config.network import is_loopback
from watcher.config.shape import Http
from watcher.errors import ConfigError, PortTakenError, WatcherError
from watcher.web.address import parse_listen
from watcher.web.api import Answers
from watcher.web.app import make_app
from watcher.web.health import Health


_SECONDS_TO_END = 2.0
_WAYS_OUT = {
    errno.EADDRINUSE: "already in use; stop the other process, or set another port",
    errno.EACCES: "not allowed for this user; set a port above 1023",
    errno.EADDRNOTAVAIL: "not an address of this machine; set one that is",
}


class Listener:
    """The one HTTP listener: `/healthz`, `/readyz`, and `/api/v1/…` where somebody answers.

    `health` gives one line for each thing that is wrong, none when all is well; any thread may call it.
    Raises ConfigError for an address beyond this machine without a token.
    """

    def __init__(self, http: Http, health: Health, answers: Answers | None = None) -> None:
        try:
            self._host, self._port = parse_listen(http.listen)
        except ValueError as error:
            raise ConfigError((f"http.listen: {error}",)) from None
        self._token = None if http.token is None else http.token.reveal()
        if self._token is None and not is_loopback(self._host):
            fault = "reachable from other machines without a token; set http.token, or listen on 127.0.0.1"
            raise ConfigError((f"http.listen: '{http.listen}': {fault}",))
        self._health = health
        self._answers = answers
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._bound = threading.Event()
        self._fault: WatcherError | None = None

    @property
    def port(self) -> int:
        """The port, which the system chose where the config says 0."""
        return self._port

    def start(self) -> None:
        """Begin to listen; PortTakenError where the address cannot be had."""
        self._thread = threading.Thread(target=self._work, name="http", daemon=True)
        self._thread.start()
        self._bound.wait()
        if self._fault is not None:
            self._thread.join()
            raise self._fault

    def stop(self) -> None:
        """Stop listening; requests under way get a moment to end."""
        if self._thread is None or self._loop is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()
        self._thread = None

    def _work(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._bound.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        # No access log: the paths of later pages hold addresses.
        runner = web.AppRunner(
            make_app(self._health, self._token, self._answers),
            access_log=None,
            shutdown_timeout=_SECONDS_TO_END,
        )
        await runner.setup()
        try:
            await self._bind(runner)
            self._bound.set()
            await self._ending.wait()
        except OSError as error:
            # From Python 3.12 on, asyncio tells of an address that is not ours without an errno.
            number = error.errno or errno.EADDRNOTAVAIL
            way_out = _WAYS_OUT.get(number, f"{(error.strerror or 'refused').lower()}; set another")
            self._fault = PortTakenError(f"http.listen: {self._host}:{self._port}: {way_out}")
        finally:
            await runner.cleanup()

    async def _bind(self, runner: web.AppRunner) -> None:
        site = web.TCPSite(runner, self._host, self._port)
        await site.start()
        self._port = runner.addresses[0][1]
