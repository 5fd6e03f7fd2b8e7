"""Tell systemd how we are, by the datagrams of sd_notify(3).

Nothing is sent where no one asks (`NOTIFY_SOCKET`), and no fault of the socket is ever ours.
"""

import contextlib
import os
import socket
from collections.abc import Mapping


class Notifier:
    """The line to the service manager."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.watchdog = _watchdog_seconds(environment)

    def ready(self) -> None:
        """Say that the start is done."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """Say in one line how things are, for `systemctl status`."""
        self._send(f"STATUS={' '.join(text.split())}")

    def alive(self) -> None:
        """Say that the work goes on; without it systemd restarts us."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        # A leading @ stands for the NUL of an abstract address.
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(message.encode(), address)


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    """Give how often systemd wants to hear from us, if it does from this process."""
    microseconds, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not microseconds.isdigit() or (pid and pid != str(os.getpid())):
        return None
    return int(microseconds) / 1_000_000 or None
