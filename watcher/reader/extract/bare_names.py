"""Find users whom a report names without their domain: `jo: user unknown`, `550 jo... User unknown`.

A host that delivers writes so of its own users.  Whose they are is told by the original, if it went to an
address that begins so, or else by the host that reports; never by a host of the reader's own domain, which
may well speak of another's users.  GroupWise puts whatever is the matter in brackets: `JO (mailbox full)`.
"""

import re

from watcher.reader.extract.returned import MAX_TO
from watcher.reader.parse.address import normalise_address, parse_mailboxes, parse_writer
from watcher.reader.parse.header import Headers
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import canonical


MAX_NAMES = 20
# The name may stand behind a reply and an enhanced code, and in brackets.
_NAMED = re.compile(
    r"\s{0,12}(?:[45]\d\d[ -]{1,2}(?:\(?#?[45]\.\d{1,3}\.\d{1,3}\)?:?\s{1,2})?)?"
    r"[<\"'(]?(?P<local>[A-Za-z0-9][A-Za-z0-9._+-]{0,63})[>\"')]?(?:\s?:|\.\.\.|\s?--?)\s{1,4}(?P<rest>\S.{0,200})"
)
_BRACKETED = re.compile(
    r"\s{0,12}(?P<local>[A-Za-z0-9][A-Za-z0-9._+-]{0,63})\s{1,4}\((?P<rest>[^()\n]{3,200})\)\s{0,4}$"
)
_LABELS = re.compile(
    r"(?:user|recipient|error|reason|address|account|mailbox|server|smtp|status|host|mail)$", re.IGNORECASE
)


def find_bare_names(
    lines: tuple[str, ...], prose: Prose, returned: Headers | None
) -> tuple[tuple[str, str], ...]:
    """Return the names of users that the host does not have, each with the line that says so.

    What stands in brackets behind the name of one to whom the original went may be any reason.
    """
    mailed = {_local(address) for address in _mailed(returned)}
    found: dict[str, str] = {}
    for line in lines:
        if len(found) >= MAX_NAMES:
            break
        bracketed = _BRACKETED.match(line) if line.rstrip().endswith(")") else None
        named = bracketed or _NAMED.match(line)
        if named is None or "@" in line or _LABELS.match(named["local"]):
            continue
        known = bracketed is not None and named["local"].lower() in mailed
        if known or canonical(named["rest"]).lstrip().startswith(prose.strangers):
            found.setdefault(named["local"], line.strip())
    return tuple(found.items())


def _mailed(returned: Headers | None) -> list[str]:
    """Return the addresses that the original names as its recipients."""
    if returned is None:
        return []
    return [a for name in ("To", "Cc") for a in parse_mailboxes(returned.first(name))[:MAX_TO]]


def find_home(local: str, returned: Headers | None, headers: Headers) -> str | None:
    """Return the address of a user whom a report names without a domain."""
    alike = {a.lower(): a for a in _mailed(returned) if _local(a) == local.lower()}
    if alike:
        return next(iter(alike.values())) if len(alike) == 1 else None
    host = parse_writer(headers).rpartition("@")[2]
    own = {address.rpartition("@")[2] for address in parse_mailboxes(headers.first("To"))}
    if "." not in host or any(_is_related(host, domain) for domain in own):
        return None
    return normalise_address(f"{local}@{host}")


def _local(address: str) -> str:
    return address.rpartition("@")[0].lower()


def _is_related(host: str, domain: str) -> bool:
    """Say whether one domain is the other, or below it, or both are below the same."""
    ours, theirs = host.split("."), domain.split(".")
    return ours[-2:] == theirs[-2:]
