"""Tell apart what a report in prose says about one of several recipients from what it says about all.

Some list the recipients first and the answers below, each with the address that it is about: `550 5.1.1
<a@b> user unknown`.  Such a line speaks of that address alone.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from watcher.reader.extract.anchors import REPLYISH
from watcher.reader.extract.naming import Anchor
from watcher.reader.findings import Clue
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import canonical


MAX_PARAGRAPH = 14  # lines
MAX_WRAPPED = 4  # lines that one answer goes on for
MAX_TOLD = 200


class Apart(NamedTuple):
    """The lines about nobody alone, the others blank; what was said of each, by address in lower case."""

    lines: tuple[str, ...]
    told: Mapping[str, tuple[Clue, ...]]


def set_apart(
    lines: tuple[str, ...], prose: Prose, anchors: Iterable[Anchor], places: frozenset[int]
) -> Apart:
    """Give answers that stand on their own, and name one of several recipients, to that recipient."""
    addresses = {anchor.address.lower() for anchor in anchors}
    if len(addresses) < 2:
        return Apart(lines, {})
    left = list(lines)
    told: dict[str, tuple[Clue, ...]] = {}
    for at, line in enumerate(lines):
        if "@" not in line or len(told) >= MAX_TOLD or at in places:
            continue
        if place_above(lines, at, places) is not None:
            continue
        if not REPLYISH.search(line) and not prose.failures.is_in(canonical(line)):
            continue
        words = {word.strip("<>()[]:;,.\"'") for word in line.lower().replace(">", " ").split()}
        named = words & addresses
        if len(named) == 1:
            end = _end_of_answer(lines, at, places)
            address = named.pop()
            text = " ".join(part.strip() for part in lines[at:end])
            told[address] = (*told.get(address, ()), Clue(text, "body"))
            left[at:end] = [""] * (end - at)
    return Apart(tuple(left), told)


def place_above(lines: tuple[str, ...], at: int, places: frozenset[int]) -> int | None:
    """Return the line that names the recipients of the paragraph that this line goes on with."""
    for above in range(at - 1, max(at - MAX_PARAGRAPH, 0) - 1, -1):
        if above in places:
            return above
        if not lines[above].strip():
            return None
    return None


def find_words_of(address: str | None, lines: tuple[str, ...]) -> str:
    """Return what stands between an address and the next one, where a report has one for each of several."""
    found = [at for at, line in enumerate(lines) if "@" in line]
    named = [at for at in found if address and address.lower() in lines[at].lower()]
    others = [at for at in found if at not in named]
    if len(named) != 1 or not others or others[-1] < named[0]:
        return ""
    end = next(at for at in others if at > named[0])
    alike = [at for at in others if _form(lines[at]) == _form(lines[named[0]])]
    return "\n".join(lines[named[0] : end]) if alike else ""


def _form(line: str) -> str:
    """Return how a line that holds an address begins: `  - to `."""
    return line.partition("@")[0].rpartition(" ")[0]


def end_of_list(line: int, places: frozenset[int]) -> int:
    """Return the last line of the list of recipients that this line is in."""
    while line + 1 in places:
        line += 1
    return line


def _end_of_answer(lines: tuple[str, ...], at: int, places: frozenset[int]) -> int:
    """Return the line after an answer: lines that are set in further, and name nobody, belong to it."""
    end = at + 1
    while end < min(at + MAX_WRAPPED, len(lines)) and end not in places:
        line = lines[end]
        if not line[:1].isspace() or not line.strip() or "@" in line or REPLYISH.search(line):
            break
        end += 1
    return end
