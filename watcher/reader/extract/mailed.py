"""Tell whom we mailed where a report names the failed one in a form of its own.

Exchange writes directory names (`IMCEAEX-_O=…@host`), Notes `Jo Example/Sales/Acme@host`, gateways X.400
(`/S=example/O=acme/`) or UUCP (`hub!leaf!jo`), and delivery agents users of their own (`jo@ims-ms-daemon`).
No mail can be sent to these, and none was: the returned original says where ours went, if that was one
address.  A user of a host's own may be one of many behind an alias or a list, so it has to go by the same
name.  The sender of ours, who wrote to himself and hid the others, has not failed.
"""

import re

from watcher.reader.extract.returned import find_sole_recipient
from watcher.reader.findings import Finding
from watcher.reader.parse.address import parse_mailboxes, parse_writer
from watcher.reader.parse.header import Headers


_NAME = re.compile(
    r"(?i:IMCEA[A-Z]{2,12}-)"  # a directory name, wrapped up
    r"|[^@!\s]{1,63}![^@\s]{1,250}$"  # UUCP
    r"|[^@|][^@]{0,250}/[^@]{0,250}/"  # Notes, X.400, MS Mail; not a pipe, `|/bin/cat /etc/motd`
)
_OF_THE_HOST = re.compile(r"(?P<user>[^@|][^@]{0,250})@[^.\[\]@]{1,250}$")


def name_mailed(findings: tuple[Finding, ...], returned: Headers | None) -> tuple[Finding, ...]:
    """Give the only recipient the address that we mailed, where the report has no such one for it."""
    if len(findings) != 1 or returned is None:
        return findings
    named = findings[0].address
    mailed = find_sole_recipient(returned) if named is None or _is_internal(named) else None
    if mailed is None or _is_internal(mailed):
        return findings
    sender = parse_writer(returned)
    if mailed.lower() == sender.lower():
        return findings
    user = None if named is None or _NAME.match(named) else _OF_THE_HOST.match(named)
    if user is not None and _name(user["user"]) != _name(mailed):
        return findings
    return (findings[0]._replace(address=mailed),)


def _is_internal(address: str) -> bool:
    return bool(_NAME.match(address) or _OF_THE_HOST.match(address))


def _name(address: str) -> str:
    return address.partition("@")[0].partition("+")[0].strip('"').lower()


def find_readers(headers: Headers, returned: Headers | None) -> frozenset[str]:
    """Return the addresses that a report greets: those it was sent to."""
    mailed = find_sole_recipient(returned) if returned is not None else None
    readers = {address.lower() for address in parse_mailboxes(headers.first("To"))}
    return frozenset(readers - {mailed.lower()}) if mailed else frozenset(readers)
