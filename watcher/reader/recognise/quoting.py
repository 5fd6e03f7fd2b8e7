"""Leave out of a text what it quotes, and the line above that says whose it is, in whatever language.

`Il giorno 09/11/2026 09:11 Jo ha scritto:` stands just above what Jo wrote, names a date and a time of day
or an address, and ends in a colon.  A person ends a line on a date alone.
"""

import re


MAX_ATTRIBUTION = 2  # lines that say who wrote what is quoted
_MARKS = (">", "|")
_DATE = re.compile(r"\d{4}|\d[:./]\d{2}")
# A time of day, or whose address it is; a dot within a time stands behind a word for one: `kl. 10.15`.
_WRITTEN_BY_PROGRAM = re.compile(
    r"(?<!\d)\d{1,2}[:h]\d{2}(?!\d)|\b(?:klo|kl\.?) ?\d{1,2}\.\d{2}|@|<[^<>]{1,200}>"
)


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
    attribution = "\n".join(lines[first : last + 1])
    if _DATE.search(lines[first]) and _WRITTEN_BY_PROGRAM.search(attribution):
        quoted[first : last + 1] = [True] * (last + 1 - first)
