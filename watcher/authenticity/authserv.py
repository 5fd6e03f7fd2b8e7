"""Read what our own receiving server found out about the sender of a report.

RFC 8601, Authentication-Results.  Anyone may write such a field into a mail, so one alone is looked at: the
topmost, and only where its authserv-id is configured and nothing stands above it but the Received fields of
that server and of local delivery.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from watcher.reader.parse.header import Headers


_COMMENT: Final = re.compile(r"\([^()]{0,2000}\)")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.){0,1000}+"', re.DOTALL)
_OPAQUE: Final = "?"  # stands for a quoted string
_PAIR: Final = re.compile(r"(?<!\S)([A-Za-z][\w./-]{0,40}+)\s{0,9}+=\s{0,9}+([^\s;]++)")
_LONGEST: Final = 300  # of a value; one that were cut could end in a name of ours
# RFC 5321 section 4.4.  Behind `from` stands what the client called itself, and servers that take white space
# in a greeting write it as it came: a clause that stands twice tells nothing.
_BY: Final = re.compile(r"(?<!\S)by\s{1,9}(\S{1,255})", re.IGNORECASE)
_WITH: Final = re.compile(r"(?<!\S)with\s{1,9}(\S{1,40})", re.IGNORECASE)
_LMTP: Final = re.compile(r"(?:utf8)?lmtps?a?", re.IGNORECASE)
_MOST_ABOVE: Final = 5
# Which results name the server that a report came from, or the domain that answers for it.
_NAMING: Final = {"spf": ("smtp.helo", "smtp.mailfrom"), "dkim": ("header.d",), "dmarc": ("header.from",)}


def from_own_relay(headers: Headers, trusted: tuple[str, ...], owns: Callable[[str | None], bool]) -> str:
    """Tell whether a trusted server found that a report comes from a relay of ours: pass or none."""
    value = _topmost(headers, trusted)
    if value is None:
        return "none"
    return "pass" if any(owns(domain) for domain in _passed(value)) else "none"


def _topmost(headers: Headers, trusted: tuple[str, ...]) -> str | None:
    """Give the topmost field, where it is of a trusted server and in its place."""
    value = headers.raw("authentication-results")
    if value is None or not trusted:
        return None
    value = _bare(value)
    words = value.partition(";")[0].split()
    name = words[0].lower() if words else ""
    if name not in {one.lower() for one in trusted}:
        return None
    return value if all(_is_own_hop(hop, name) for hop in _hops_above(headers)) else None


def _hops_above(headers: Headers) -> Iterator[str]:
    names = [name.lower() for name in headers]
    above = names[: names.index("authentication-results")].count("received")
    hops = headers.all("received")[:above]
    yield from hops[:_MOST_ABOVE]
    if above > _MOST_ABOVE:
        yield ""


def _is_own_hop(received: str, name: str) -> bool:
    clauses = _bare(received).partition(";")[0]
    by, protocol = _BY.findall(clauses), _WITH.findall(clauses)
    if len(by) > 1 or len(protocol) > 1:
        return False
    return any(map(_LMTP.fullmatch, protocol)) or [host.lower() for host in by] == [name]


def _passed(value: str) -> Iterator[str]:
    """Give the domains that a passed check of SPF, DKIM or DMARC names."""
    for result in value.split(";")[1:30]:
        pairs = [(name.lower(), found) for name, found in _PAIR.findall(result)]
        if pairs and pairs[0][1].lower() == "pass":
            wanted = _NAMING.get(pairs[0][0].partition("/")[0], ())
            named = (found for name, found in pairs[1:] if name in wanted and len(found) <= _LONGEST)
            yield from (found.rpartition("@")[2] for found in named)


def _bare(value: str) -> str:
    """Give a field's value without comments and quoted strings, empty where a quote or bracket is stray.

    Within quotes stands what the sender of a report chose: `"a smtp.helo=ours.example b"@evil.example` is a
    sender (RFC 5321 section 4.1.2), and servers write it as it came, in comments too.
    """
    quoted = _QUOTED.sub(_OPAQUE, value)
    bare = _without_comments(quoted)
    return "" if '"' in quoted or "(" in bare or ")" in bare else bare


def _without_comments(text: str) -> str:
    for _ in range(5):
        text, count = _COMMENT.subn(" ", text)
        if not count:
            break
    return text
