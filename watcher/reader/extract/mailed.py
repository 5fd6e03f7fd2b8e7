"""Tell whom we mailed where a report names the failed one in a form of its own.

Exchange writes directory names (`IMCEAEX-_O=…@host`), Notes `Jo Example/Sales/Acme@host`, gateways X.400
(`/S=example/O=acme/`), and delivery agents users of their own (`jo@ims-ms-daemon`).  No mail can be sent to
these, and none was: the returned original says where ours went, if that was one address.
"""

import re

from watcher.reader.extract.returned import find_sole_recipient
from watcher.reader.findings import Finding
from watcher.reader.parse.address import parse_mailboxes
from watcher.reader.parse.header import Headers


_INTERNAL = re.compile(
    r"(?i:IMCEA[A-Z]{2,12}-)"  # a directory name, wrapped up
    r"|[^@|][^@]{0,250}/[^@]{0,250}/"  # Notes, X.400, MS Mail; not a pipe, `|/bin/cat /etc/motd`
    r"|[^@|][^@]{0,250}@[^.\[\]@]{1,250}$"  # a user of the host's own
)


def name_mailed(findings: tuple[Finding, ...], returned: Headers | None) -> tuple[Finding, ...]:
    """Give the only recipient the address that we mailed, where the report names it by no such one."""
    if len(findings) != 1 or returned is None:
        return findings
    named = findings[0].address
    if named is None or not _INTERNAL.match(named):
        return findings
    mailed = find_sole_recipient(returned)
    if mailed is None or _INTERNAL.match(mailed):
        return findings
    return (findings[0]._replace(address=mailed),)


def find_readers(headers: Headers, returned: Headers | None) -> frozenset[str]:
    """Return the addresses that a report greets: those it was sent to."""
    mailed = find_sole_recipient(returned) if returned is not None else None
    readers = {address.lower() for address in parse_mailboxes(headers.first("To"))}
    return frozenset(readers - {mailed.lower()}) if mailed else frozenset(readers)
