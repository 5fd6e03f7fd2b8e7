"""Tell on which side of its recipients a report in prose says why: below each, or in a heading above each.

Some name one recipient, or a few, and the reason below; others write the reason first (`Mailbox full:`) and
those that it is about under it.  What stands between two of them is then about the one or about the other:
blank lines, indents and colons tell which, and the last list tells it that has nothing below.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple


MAX_HEADING = 6  # lines
MAX_BETWEEN = 60  # lines between two lists that are looked at
_COLONS = (":", "：")


class Layout(NamedTuple):
    """The headings between lists of recipients, and which lists each line has above and below it."""

    lists: tuple[tuple[int, ...], ...] = ()  # the lines of each, in order
    above: tuple[tuple[int, ...], ...] = ()  # the heading of each
    headings: frozenset[int] = frozenset()  # all lines of those
    told: Mapping[int, str] = MappingProxyType({})  # by each line that names recipients, its heading

    def owners(self, at: int) -> tuple[int, ...]:
        """Return the lines of those whom a line is about: of the list that it heads, or of the one before."""
        before: tuple[int, ...] = ()
        for each, above in zip(self.lists, self.above, strict=True):
            if at in above:
                return each
            if each[0] > at:
                break
            before = each
        return before

    def is_between(self, at: int) -> bool:
        """Say whether a line stands between two lists, or heads one."""
        return at in self.headings or (bool(self.lists) and self.lists[0][-1] < at < self.lists[-1][0])


def find_layout(lines: tuple[str, ...], places: Iterable[int]) -> Layout:
    """Find the lists of recipients and the headings above each; none where one list names all of them."""
    lists = _find_lists(lines, sorted(places))
    if len(lists) < 2:
        return Layout()
    ends_bare = not any(line.strip() for line in lines[lists[-1][-1] + 1 :][:MAX_BETWEEN])
    further = [
        _find_heading(lines, before[-1], each[0], ends_bare=ends_bare) for before, each in pairwise(lists)
    ]
    first = _find_first(lines, lists[0][0]) if all(further) else ()
    above = (first, *further)
    told: dict[int, str] = {}
    for each, heading in zip(lists, above, strict=True):
        if heading:
            told |= dict.fromkeys(each, " ".join(lines[at].strip() for at in heading))
    return Layout(tuple(map(tuple, lists)), above, frozenset(at for heading in above for at in heading), told)


def _find_lists(lines: tuple[str, ...], places: list[int]) -> list[list[int]]:
    lists: list[list[int]] = []
    for at in places:
        if lists and not any(line.strip() for line in lines[lists[-1][-1] + 1 : at]):
            lists[-1].append(at)
        else:
            lists.append([at])
    return lists


def _find_heading(lines: tuple[str, ...], last: int, start: int, *, ends_bare: bool) -> tuple[int, ...]:
    """Return the lines between two lists that head the second: none where they are about the first."""
    spoken = [at for at in range(max(last + 1, start - MAX_BETWEEN), start) if lines[at].strip()]
    if not spoken:
        return ()  # whatever heads it stands too far above
    end = spoken[-1]
    begin = _begin_of(lines, end, spoken[0])
    whole = begin == spoken[0]  # or else the first list has words of its own below it
    closes = lines[end].rstrip().endswith(_COLONS)
    set_off, joined = last + 1 < spoken[0], end + 1 == start
    if closes and (set_off or not whole):
        return tuple(range(begin, end + 1))
    if not whole:
        return ()
    set_out = _indent(lines[end]) < min(_indent(lines[start]), _indent(lines[last]))
    if (joined and set_off) or (set_out and (joined or ends_bare)):
        return tuple(range(begin, end + 1))
    return ()


def _begin_of(lines: tuple[str, ...], end: int, first: int) -> int:
    """Return where the words begin that end on a line: they reach up to a blank, or to another indent."""
    begin = end
    while begin > first and end - begin < MAX_HEADING:
        above = lines[begin - 1]
        if not above.strip() or _indent(above) != _indent(lines[end]) or above.rstrip().endswith(_COLONS):
            break
        begin -= 1
    return begin


def _find_first(lines: tuple[str, ...], start: int) -> tuple[int, ...]:
    """Return the heading of the first list, where the others have headings, too."""
    end = start - 1
    while end > max(start - 3, 0) and not lines[end].strip():
        end -= 1
    if end < 0 or not lines[end].strip():
        return ()
    return tuple(range(_begin_of(lines, end, 0), end + 1))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
