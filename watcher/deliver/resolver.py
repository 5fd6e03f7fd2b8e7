"""Look names up, and leave out the addresses that no webhook is ever sent to, whoever owns the name.

The connection is made to the addresses given here, so that a second answer cannot lead it elsewhere.
"""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from watcher.config.network import never_sent_to


class GuardedResolver(AbstractResolver):
    """The system's resolver, without link-local, multicast and unspecified addresses."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the addresses of a host; OSError where none is left."""
        found = await self._inner.resolve(host, port, family)
        allowed = [entry for entry in found if not never_sent_to(entry["host"])]
        if not allowed:
            raise OSError(None, "the name leads to link-local or multicast addresses, which get no events")
        return allowed

    async def close(self) -> None:
        """Release what the inner resolver holds."""
        await self._inner.close()
