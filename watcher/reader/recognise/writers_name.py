"""Know the name of the person who wrote a mail, and find it in a text.

The name is that of From, where the address holds a word of it.  A firm's does not count: it speaks of itself
so in all that it writes.
"""

from typing import Final

from watcher.reader.parse.address import parse_mailbox
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.wording import canonical


MIN_NAME: Final = 3  # letters of a name
MAX_NAMES: Final = 3  # words of a person's name


def names_of_writer(view: View) -> frozenset[str]:
    """Return the words of the writer's name that are a person's: not those of the domain."""
    written = view.message.headers.first("From") or ""
    local, _, domain = (parse_mailbox(written) or "").lower().rpartition("@")
    shown = canonical(written.partition("<")[0]).replace(",", " ").split() if "<" in written else []
    if not shown:
        shown = [each for each in canonical(local).split() if len(each) > MIN_NAME]
    known = [each for each in shown if len(each) >= MIN_NAME and each not in domain and each != "someaddress"]
    if len(shown) > MAX_NAMES + 1 or not any(each in local for each in known):
        return frozenset()
    return frozenset(known)


def holds_name(names: frozenset[str], text: str) -> bool:
    """Say whether a canonical text holds one of some names."""
    return any(f" {name} " in text for name in names)
