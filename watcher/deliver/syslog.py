"""Write one event as a line of the system's log: local (`/dev/log`), or over the network (RFC 5424).

Over TCP in the framing of RFC 6587 section 3.4.1.  No syslog answers: what the kernel took counts as
delivered, and a datagram may be lost on its way.
"""

import asyncio
import socket
from datetime import UTC, datetime
from urllib.parse import urlsplit

from watcher.config.webhook import Webhook
from watcher.deliver.faults import place_of_endpoint
from watcher.deliver.outcome import DELIVERED, Outcome, Result
from watcher.deliver.parcel import Packer, Parcel


PRIORITY = 2 * 8 + 5  # facility mail, severity notice: RFC 5424 section 6.2.1
PORT = 514


class Syslog:
    """The log of one endpoint; opened anew for each event, since a log daemon may have restarted."""

    def __init__(self, webhook: Webhook) -> None:
        assert webhook.syslog is not None
        self._target = webhook.syslog
        self._place = place_of_endpoint(webhook)
        self._total = webhook.timeout.total_seconds()
        self._packer = Packer(webhook)

    async def close(self) -> None:
        """Nothing stays open."""

    async def post(self, parcel: Parcel, now: datetime) -> Outcome:
        """Write the line once; never raises for what the log does."""
        content = self._packer.content(parcel, int(now.timestamp()))
        try:
            async with asyncio.timeout(self._total):
                await asyncio.to_thread(self._write, content, now)
        except TimeoutError:
            return Outcome(
                Result.FAILED, f"{self._place}: not taken within {self._total:g} s; is syslog running?"
            )
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            return Outcome(Result.FAILED, f"{self._place}: {why}; is syslog running, and is syslog right?")
        return DELIVERED

    def _write(self, content: bytes, now: datetime) -> None:
        if self._target.startswith("/"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.settimeout(self._total)
                line.connect(self._target)
                line.send(f"<{PRIORITY}>bounce-watcher: ".encode() + content)
            return
        parts = urlsplit(self._target)
        place = (parts.hostname or "", parts.port or PORT)
        message = _rfc5424(content, now)
        if parts.scheme == "tcp":
            with socket.create_connection(place, self._total) as line:
                line.sendall(f"{len(message)} ".encode() + message)
            return
        family, _, _, _, address = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.settimeout(self._total)
            line.sendto(message, address)


def _rfc5424(content: bytes, now: datetime) -> bytes:
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"<{PRIORITY}>1 {moment} {socket.gethostname()[:255]} bounce-watcher - - - ".encode() + content
