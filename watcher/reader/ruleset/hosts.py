"""Find names and addresses of hosts in a folded text, and put a word in their place."""

import re
from collections.abc import Callable
from operator import methodcaller
from typing import Final, NamedTuple


class Host(NamedTuple):
    """How a host is written: each is looked for at a mark that few texts have, and read from before it.

    A pattern of the whole, that begins with what must not stand before it, is tried at each letter, and costs
    more than all else here.
    """

    mark: re.Pattern[str]
    whole: re.Pattern[str]
    strip: Callable[[str], str]  # takes off the end of a text what may stand before the mark
    most: int  # letters before the mark

    def name(self, folded: str, word: str) -> str:
        """Put a word in the place of each."""
        pieces: list[str] = []
        done = 0
        for found in self.mark.finditer(folded):
            start = found.start()
            if start < done:
                continue
            name = folded[max(start - self.most, done) : start]
            start -= len(name) - len(self.strip(name))
            host = self.whole.match(folded, start)
            if host:
                pieces += (folded[done:start], word)
                done = host.end()
        return "".join((*pieces, folded[done:])) if pieces else folded


_HAS_IPV4: Final = re.compile(r"\.\d{1,3}\.\d{1,3}\.\d")
_IPV4: Final = Host(
    _HAS_IPV4,
    re.compile(r"\d(?<![\d.]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\d.]*\d)"),
    methodcaller("rstrip", "0123456789"),
    3,
)
_HAS_IPV6: Final = re.compile(r":[0-9a-f]{0,4}:")
_IPV6: Final = Host(
    _HAS_IPV6,
    # Eight groups, or a double colon: two colons alone are those of a time.
    re.compile(
        r"[0-9a-f](?<![\w:].)[0-9a-f]{0,3}:"
        r"(?:(?:[0-9a-f]{1,4}:){6}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){0,6}:[0-9a-f:]{0,40})"
    ),
    methodcaller("rstrip", "0123456789abcdef"),
    4,
)
_NAME: Final = Host(
    re.compile(r"\.(?=[a-z0-9_-])"),
    re.compile(r"(?<![\w.@-])(?:[a-z0-9_-]{1,63}\.){1,9}[a-z][a-z0-9-]{1,62}"),
    methodcaller("rstrip", "abcdefghijklmnopqrstuvwxyz0123456789_-"),
    63,
)


def name_addresses(folded: str, word: str) -> str:
    """Put a word in the place of each IP address."""
    if "." in folded and _HAS_IPV4.search(folded):
        folded = _IPV4.name(folded, word)
    if ":" in folded and _HAS_IPV6.search(folded):
        folded = _IPV6.name(folded, word)
    return folded


def name_hosts(folded: str, word: str) -> str:
    """Put a word in the place of each host's name."""
    return _NAME.name(folded, word) if "." in folded else folded
