"""Whatever carries events to an endpoint: HTTP, a command, the log."""

from datetime import datetime
from typing import Protocol

from watcher.config.webhook import Webhook
from watcher.deliver.circuit import WIDEST
from watcher.deliver.client import Client
from watcher.deliver.command import AT_ONCE, Command
from watcher.deliver.outcome import Outcome
from watcher.deliver.parcel import Parcel
from watcher.deliver.syslog import Syslog


class Carrier(Protocol):
    """Sends parcels to one endpoint, in one event loop."""

    async def post(self, parcel: Parcel, now: datetime) -> Outcome:
        """Try once; never raises for what the other side does."""

    async def close(self) -> None:
        """Let go of all that is open."""


def open_carrier(webhook: Webhook, connections: int = WIDEST) -> Carrier:
    """Give what carries to an endpoint; ValueError with one line where its files cannot be used."""
    if webhook.exec is not None:
        return Command(webhook)
    if webhook.syslog is not None:
        return Syslog(webhook)
    return Client(webhook, connections)


def most_at_once(webhook: Webhook) -> int:
    """Say how many parcels may be on their way at once."""
    return WIDEST if webhook.url is not None else AT_ONCE if webhook.exec is not None else 1
