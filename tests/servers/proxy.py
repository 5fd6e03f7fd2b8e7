"""Stand between a client and a real IMAP server: hide capabilities, cut the connection at a moment."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType

from tests.servers.listener import Listener, connect


class Proxy(Listener):
    """A loopback port that leads to another one.

    `hidden` capabilities are taken out of what the server offers.  `cut_after` sees every line of the server;
    once it says true of one, that line and all that follows are lost and the connection is closed.
    """

    def __init__(
        self,
        port: int,
        *,
        hidden: tuple[bytes, ...] = (),
        cut_after: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        super().__init__()
        self.commands: list[bytes] = []
        self.cuts = 0
        self._target, self._hidden, self._cut_after = port, hidden, cut_after
        self._threads: list[threading.Thread] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop here."""
        super().__exit__(kind, error, trace)
        for thread in self._threads:
            thread.join(10)

    def _meet(self, connection: socket.socket) -> None:
        server = connect(self._target, connection)
        for source, sink, ours in ((connection, server, True), (server, connection, False)):
            thread = threading.Thread(target=self._pass_on, args=(source, sink, ours), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, from_client: bool) -> None:
        with contextlib.suppress(OSError), source.makefile("rb") as lines:
            for line in lines:
                if from_client:
                    self.commands.append(line.rstrip(b"\r\n"))
                elif self._cut_after(line):
                    self.cuts += 1
                    break
                sink.sendall(line if from_client else self._veiled(line))
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _veiled(self, line: bytes) -> bytes:
        if b"CAPABILITY" in line:
            for capability in self._hidden:
                line = line.replace(b" " + capability, b"")
        return line
