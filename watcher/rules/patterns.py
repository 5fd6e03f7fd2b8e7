"""Compile a rule's regex, and refuse one that a hostile text could make slow.

A pattern is searched in mail of strangers.  So every repeat has to be bounded, no repeat may hold another
that varies, and the ways in which all repeats together can be tried stay below a limit.
"""

import re

from watcher.errors import RuleError


MAX_WAYS = 1_500
_ESCAPE_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_MARK = re.compile(r"\((?:\?[:=!]|\?<[=!]|\?P<\w+>)?|\)|\{\d*,?\d*\}|[*+?]")
_RANGE = re.compile(r"\{(\d*)(,?)(\d*)\}")


def compile_pattern(where: str, source: str) -> re.Pattern[str]:
    """Return the compiled pattern; it is searched in folded text, which is lower case."""
    try:
        pattern = re.compile(source)
    except re.error as error:
        raise RuleError(f"{where}: regex: {error}; mend it") from error
    fault = find_slowness(source)
    if fault:
        raise RuleError(f"{where}: regex: {fault}")
    return pattern


def find_slowness(source: str) -> str | None:
    """Say why a pattern may take more than linear time, or None."""
    plain = _ESCAPE_OR_CLASS.sub("a", source)
    ways, open_groups, closed = 1, [False], False
    for mark in (found[0] for found in _MARK.finditer(plain)):
        if mark.startswith("("):
            open_groups.append(False)
            closed = False
        elif mark == ")":
            closed = open_groups.pop() if len(open_groups) > 1 else False
            open_groups[-1] = open_groups[-1] or closed
        else:
            spread = _spread(mark)
            if spread is None:
                return f"'{mark}' repeats without end; write {{0,80}}"
            if closed and spread > 2:
                return "a repeat inside a repeat; write it out"
            ways *= spread
            open_groups[-1] = open_groups[-1] or spread > 1
            closed = False
    if ways > MAX_WAYS:
        return f"{ways} ways to try, the limit is {MAX_WAYS}; make the repeats shorter"
    return None


def _spread(mark: str) -> int | None:
    """Count how many lengths a repeat can take; None if there is no end to them."""
    if mark == "?":
        return 2
    found = _RANGE.fullmatch(mark)
    if found is None:
        return None
    low, comma, high = found.groups()
    if not comma:
        return 1
    return int(high) - int(low or 0) + 1 if high else None
