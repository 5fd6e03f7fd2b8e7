"""Make what a server wrote fit for a log: one line, bounded, without addresses and secrets."""

import re
from collections.abc import Iterable


LONGEST = 200  # characters of a server's own words in an error

# These words are logged, and servers like to name whose mailbox it is.
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,255}")


def clean(text: str, hidden: Iterable[str] = ()) -> str:
    """Give the text as it may be logged; `hidden` texts are taken out wherever they are repeated."""
    secrets = sorted(filter(None, hidden), key=len, reverse=True)
    line = " ".join(
        "".join(letter if letter.isprintable() else " " for letter in without(text, secrets)).split()
    )
    line = _ADDRESS.sub("…", without(line, secrets)[: 2 * LONGEST])
    return line[:LONGEST].rstrip(" .;")


def without(text: str, secrets: Iterable[str]) -> str:
    """Take texts out of another."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return text
