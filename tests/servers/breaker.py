"""Break the connections between a client and a server, by a seed.

Cut, reset, stall, delay, dribble, close one half: each connection has a fault at a byte or a command drawn by
chance, and another where it outlives that, until so many faults were had; from then on all passes.
`faults` tells what befell and during which command.
"""

import contextlib
import math
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from tests.servers.listener import Listener, connect


KINDS = ("cut", "reset", "stall", "half-close", "half-close to the server", "delay", "dribble")
WEIGHTS = (28, 20, 8, 14, 10, 12, 8)
GOES_ON = {"delay", "dribble"}  # the connection outlives it
# The commands during which a fault happens, by how often; those of filing stand for MOVE and for COPY.
STEPS = (
    *("FETCH",) * 4,
    *("SEARCH", "MOVE", "COPY") * 2,
    *("STORE", "EXPUNGE", "STATUS", "CAPABILITY", "AUTHENTICATE", "LIST", "SELECT", "NOOP", "IDLE", "CREATE"),
)
FAR = 120_000  # octets of the server after which a fault happens though its command did not come
_COMMAND = re.compile(rb"(?m)^(?:[A-Z0-9]{4,12} (?:UID )?([A-Z]+)|(DONE)\r?$)")


@dataclass(slots=True)
class Fault:
    """What is to befall one connection, and when."""

    kind: str
    octets: int  # of the server, after the step began, or after the start
    step: str | None  # the command during which it happens; None: any
    left_over: bool = False  # the command itself does not get through
    during: str = "greeting"
    at: float | None = None  # when it happened, by the monotonic clock


@dataclass(slots=True)
class _Link:
    """One connection, its two ends, and how far its fault is off."""

    client: socket.socket
    server: socket.socket
    fault: Fault | None
    seen: int = 0
    armed: bool = False
    passed: int = 0  # octets of the server in all
    deaf: bool = False  # nothing more gets to the server
    mute: bool = False  # nothing more gets to the client


class Breaker(Listener):
    """A loopback port that leads to another one, and breaks `count` connections on the way."""

    def __init__(self, port: int, *, seed: int, count: int) -> None:
        super().__init__()
        self.faults: list[Fault] = []
        self._random = random.Random(seed)
        self._count = count
        self._target = port
        self._links: list[_Link] = []
        self._lock = threading.Lock()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop here."""
        super().__exit__(kind, error, trace)
        for link in self._links:
            _close(link)

    @property
    def left(self) -> int:
        """Tell how many faults are still to come."""
        return self._count - len(self.faults)

    def strike(self) -> None:
        """Let the fault of every open connection happen now."""
        for link in list(self._links):
            if link.fault is not None and link.fault.at is None:
                self._happen(link)

    def _meet(self, connection: socket.socket) -> None:
        try:
            server = connect(self._target, connection)
        except OSError:
            connection.close()
            return
        link = _Link(connection, server, self._draw())
        self._links = [other for other in self._links if other.client.fileno() >= 0] + [link]
        for pump in (self._from_client, self._from_server):
            threading.Thread(target=self._pump, args=(pump, link), daemon=True).start()

    def _draw(self) -> Fault | None:
        if self.left <= 0:
            return None
        (kind,) = self._random.choices(KINDS, WEIGHTS)
        step = self._random.choice((None, *STEPS))
        most = 300_000 if step is None else 3_000
        octets = int(math.exp(self._random.uniform(0, math.log(most)))) - 1
        return Fault(kind, octets, step, left_over=self._random.random() < 0.2)

    def _pump(self, pump: Callable[[_Link], None], link: _Link) -> None:
        with contextlib.suppress(OSError):
            pump(link)
        if not (link.deaf or link.mute):
            _close(link)

    def _from_client(self, link: _Link) -> None:
        while data := link.client.recv(65_536):
            for found in _COMMAND.finditer(data):
                step = (found[1] or found[2]).decode()
                if link.fault is not None and link.fault.at is None:
                    link.fault.during = step
                    if link.fault.step == step and not link.armed:
                        link.armed, link.seen = True, 0
                        if link.fault.left_over:
                            self._happen(link)
            if not link.deaf:
                link.server.sendall(data)

    def _from_server(self, link: _Link) -> None:
        while data := link.server.recv(65_536):
            fault = link.fault
            link.passed += len(data)
            if fault is not None and link.passed > FAR and not link.armed:
                link.armed, link.seen = True, 0
            if fault is not None and fault.at is None and (fault.step is None or link.armed):
                room = fault.octets - link.seen
                if len(data) >= room:
                    link.client.sendall(data[: max(0, room)])
                    self._happen(link)
                    data = data[max(0, room) :]
                    if fault.kind == "dribble":
                        data = self._dribble(link, data)
                link.seen += len(data)
            if not link.mute:
                link.client.sendall(data)

    def _dribble(self, link: _Link, data: bytes) -> bytes:
        for _ in range(min(40, len(data))):
            link.client.sendall(data[:1])
            data = data[1:]
            time.sleep(0.002)
        return data

    def _happen(self, link: _Link) -> None:
        """Let the fault of a connection happen, in whichever thread it is due first."""
        fault = link.fault
        with self._lock:
            if fault is None or fault.at is not None:
                return
            fault.at = time.monotonic()
            self.faults.append(fault)
        if fault.kind in GOES_ON:
            link.fault, link.seen, link.passed, link.armed = self._draw(), 0, 0, False
        if fault.kind == "delay":
            time.sleep(0.3)
        elif fault.kind == "half-close":
            link.mute = True
            _half_close(link.client)
        elif fault.kind == "half-close to the server":
            link.deaf = True
            _half_close(link.server)
        elif fault.kind == "stall":  # both ends stay open; commands may still get through
            link.mute, link.deaf = True, fault.left_over
        elif fault.kind in {"cut", "reset"}:
            link.mute = link.deaf = True
            if fault.kind == "reset":
                with contextlib.suppress(OSError):
                    link.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            _close(link)


def _half_close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_WR)


def _close(link: _Link) -> None:
    for end in (link.client, link.server):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
