"""Name the nearest known word to one that is not known."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """Give `did you mean X?`; where nothing is near, what is said otherwise, or the whole list."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return otherwise or f"known here: {', '.join(words)}"


def nearest_reason(word: str, known: Iterable[str]) -> str:
    """Give `did you mean X?`, or where to find the reasons: their names would fill a page."""
    return did_you_mean(word, known, "docs/reasons.md lists the reasons")
