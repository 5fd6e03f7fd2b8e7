"""Tell the addresses that a report proposes from the one that failed: `possible matches are: …`.

Name directories answer an unknown or ambiguous name with those that are like it: of people who take mail.
"""

from typing import NamedTuple

from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import MAX_TEXT, canonical, canonical_body


class Place(NamedTuple):
    """Where an address stands: its line, and what stands before it there."""

    line: int
    before: str


def find_hints(lines: tuple[str, ...], prose: Prose) -> frozenset[int]:
    """Return the lines that announce addresses as proposals."""
    text = "\n".join(lines)
    if not prose.suggestions.may_hold(text):
        return frozenset()
    # No phrase reaches over a line end, and most texts have been looked at as a whole before.
    if len(text) <= MAX_TEXT and not prose.suggestions.is_in(canonical_body(text)):
        return frozenset()
    return frozenset(at for at, line in enumerate(lines) if prose.suggestions.is_in(canonical(line)))


def is_proposed(place: Place, lines: tuple[str, ...], hints: frozenset[int], prose: Prose) -> bool:
    """Say whether an address is one of those that a line announces as proposals.

    They go on until a line tells of a failure again.
    """
    if not hints:
        return False
    if place.line in hints:
        return prose.suggestions.is_in(canonical(place.before))
    above = max((at for at in hints if at < place.line), default=None)
    if above is None:
        return False
    return not any(prose.failures.is_in(canonical(line)) for line in lines[above + 1 : place.line + 1])
