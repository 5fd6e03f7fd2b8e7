"""Leave out of a text what it quotes, and the line above that says whose it is, in whatever language.

`Il giorno 09/11/2026 Jo ha scritto:` stands just above what Jo wrote, names a date, and ends in a colon.
"""

import re


MAX_ATTRIBUTION = 2  # lines that say who wrote what is quoted
_MARKS = (">", "|")
_DATE = re.compile(r"\d{4}|\d[:./]\d{2}")


def drop_quoted(text: str) -> str:
    """Return the lines of a text that quote nothing."""
    lines = text.split("\n")
    quoted = [line.lstrip().startswith(_MARKS) for line in lines]
    if any(quoted):
        _drop_attribution(lines, quoted)
    return "\n".join([line for line, dropped in zip(lines, quoted, strict=True) if not dropped])


def _drop_attribution(lines: list[str], quoted: list[bool]) -> None:
    """Count the lines that say who wrote it, and when, to what is quoted."""
    last = quoted.index(True) - 1
    while last > 0 and not lines[last].strip():
        last -= 1
    if last < 0 or not lines[last].rstrip().endswith((":", "：")):
        return
    first = last
    while first > 0 and last - first < MAX_ATTRIBUTION - 1 and lines[first - 1].strip():
        first -= 1
    while first < last and not _DATE.search(lines[first]):
        first += 1
    if _DATE.search(lines[first]):
        quoted[first : last + 1] = [True] * (last + 1 - first)
