"""A loopback port whose connections are met one after the other, in a thread of its own."""

import socket
import threading
from types import TracebackType
from typing import Self


class Listener:
    """Listens from its making; `with` it, each connection is given to `_meet`."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._listener = socket.create_server((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        """Accept from here."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop here."""
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread
        self._listener.close()
        self._thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._meet(connection)

    def _meet(self, connection: socket.socket) -> None:
        """Do what there is to do, and close it in the end."""
        raise NotImplementedError


def connect(port: int, client: socket.socket) -> socket.socket:
    """Connect to another loopback port on behalf of a client; neither end waits to fill a segment."""
    server = socket.create_connection(("127.0.0.1", port))
    for end in (client, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server
