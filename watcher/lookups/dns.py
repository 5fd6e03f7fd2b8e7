"""Ask DNS for the key of a DKIM signature (RFC 6376 section 3.6.2)."""

from collections.abc import Sequence

import dns.exception
import dns.name
import dns.resolver

from watcher.errors import LookupFailedError


SECONDS = 3.0  # for one answer, all servers and tries together


class Resolver:
    """The system's resolver, or the servers that are named."""

    def __init__(self, servers: Sequence[str] | None = None, port: int = 53) -> None:
        self._servers = servers
        self._port = port
        self._resolver: dns.resolver.Resolver | None = None

    def record(self, name: str) -> str:
        """Give the TXT record of a name, empty where there is none; LookupFailedError without an answer."""
        try:
            found = self._open().resolve(name, "TXT", lifetime=SECONDS, raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.name.EmptyLabel, dns.name.LabelTooLong, dns.name.NameTooLong):
            return ""  # no such name, or one that cannot be
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise LookupFailedError(f"{name}: {type(error).__name__}") from error
        records = (b"".join(entry.strings).decode("ascii", "replace") for entry in found.rrset or ())
        # Several records: RFC 6376 section 3.6.2.2 leaves it open; the first that may be a key.
        return next((text for text in records if "p=" in text), "")

    def _open(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            resolver = dns.resolver.Resolver(configure=self._servers is None)
            if self._servers is not None:
                resolver.nameservers = list(self._servers)
                resolver.port = self._port
            self._resolver = resolver
        return self._resolver
