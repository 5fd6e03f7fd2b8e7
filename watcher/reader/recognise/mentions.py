"""Find where a text of any script mentions an address, whatever it may be worth.

`parse.address_search` gives the addresses of a report, as values: there what surrounds one in a log line is
taken off, and what can be no address is left out.
"""

import re
from collections.abc import Iterator


# An address is looked for at its mark: a pattern of the whole would be tried at each letter.
# In scripts without spaces the sentence goes on just before it, and just behind.
_UNSPACED = r"\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef"
_NO_LOCAL = re.compile(rf"[\s<>()\"'@{_UNSPACED}]")
_DOMAIN = re.compile(rf"(?:[^\W{_UNSPACED}]|[.-]){{1,250}}[^\W{_UNSPACED}]")
MAX_LOCAL = 64  # RFC 5321 section 4.5.3.1.1


def find_mentions(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each one begins and ends."""
    at, done = text.find("@"), 0
    while at >= 0:
        local, domain = _NO_LOCAL.split(text[max(done, at - MAX_LOCAL) : at])[-1], _DOMAIN.match(text, at + 1)
        if local and domain:
            done = domain.end()
            yield at - len(local), done
        at = text.find("@", max(at + 1, done))


def hide_addresses(text: str) -> str:
    """Put a word in the place of each address, so that its dots end no sentence."""
    pieces: list[str] = []
    done = 0
    for start, end in find_mentions(text):
        pieces += (text[done:start], " someaddress ")
        done = end
    return "".join((*pieces, text[done:]))
