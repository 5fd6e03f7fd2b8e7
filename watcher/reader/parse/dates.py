"""Turn the date of a mail into UTC, as RFC 3339 writes it.

RFC 5322 section 3.3 and its obsolete forms (4.3), the form of C's asctime, and RFC 3339 itself.  A date
without a zone, or with one that nobody can know, is taken as UTC.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final


_RFC5322: Final = re.compile(
    r"(?<!\d)(\d{1,2})[ \t.-]{1,9}([A-Za-z]{3})[a-z]{0,6}[.,]?[ \t-]{1,9}(\d{2,4})[ \t,]{1,9}"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d{1,9})?[ \t]{0,9}(?:([AaPp])\.?[Mm]\.?[ \t]{0,9})?"
    r"(?:\(?(?:GMT|UTC)?([+-]\d{2}:?\d{2})|\(?([A-Za-z]{1,5})\b)?",
)
_ASCTIME: Final = re.compile(
    r"\b([A-Z][a-z]{2})[ \t]{1,9}(\d{1,2})[ \t,]{1,9}(\d{1,2}):(\d{2})(?::(\d{2}))?[ \t]{1,9}"
    r"(?:([+-]\d{4}|[A-Z]{3,5})[ \t]{1,9})?(\d{4})(?:[ \t]{1,9}([+-]\d{4}))?",
)
# What nearly every date looks like, for speed.
_PLAIN: Final = re.compile(
    r"(?:[A-Z][a-z]{2}, {1,2})?([0-9]{1,2}) ([A-Z][a-z]{2}) ([12][0-9]{3}) ([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r" ([+-])([0-9]{2})([0-9]{2})(?: \([A-Z]{1,5}\))?"
)
_RFC3339: Final = re.compile(
    r"(?<!\d)(\d{4})-(\d{2})-(\d{2})[Tt \t](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?"
    r"[ \t]?([+-]\d{2}:?\d{2})?",
)
_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LAST_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # a leap day is left to the calendar
_SPELLED: Final = {
    name.capitalize(): (f"{number:02}", last)
    for number, (name, last) in enumerate(zip(_NAMES, _LAST_DAYS, strict=True), start=1)
}
_MONTHS: Final = {name: number for number, name in enumerate(_NAMES, start=1)}
# RFC 5322 section 4.3; the military letters are all taken as UTC, as it says.
_ZONES: Final = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7} | {
    # Not in the standard, common in mail, and of one meaning there.
    "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "BST": 1, "WEST": 1, "EET": 2, "EEST": 3, "MSK": 3,
    "JST": 9, "KST": 9,
}  # fmt: skip


def parse_date(text: str | None) -> str | None:
    """Return the date as `2026-11-22T04:19:00Z`, or None where there is none."""
    if not text:
        return None
    plain = _PLAIN.fullmatch(text)
    if plain and plain[2] in _SPELLED and (told := _format_plain(plain)):
        return told
    text = text[:200]
    found = _RFC5322.search(text)
    if found:
        day, month, year, hour, minute, second, half, offset, zone = found.groups()
        return _format(
            year, _MONTHS.get(month.lower()), day, (_hour(hour, half), minute, second), offset or zone
        )
    found = _RFC3339.search(text)
    if found:
        year, number, day, hour, minute, second, offset = found.groups()
        return _format(year, int(number), day, (int(hour), minute, second), offset)
    found = _ASCTIME.search(text)
    if found:
        month, day, hour, minute, second, zone, year, offset = found.groups()
        return _format(year, _MONTHS.get(month.lower()), day, (int(hour), minute, second), offset or zone)
    return None


def _format_plain(found: re.Match[str]) -> str | None:
    """Do without the calendar where the zone leads into no other month; None where it does."""
    day, month, year, hour, minute, second, sign, east_hours, east_minutes = found.groups()
    shift = int(east_hours) * 60 + int(east_minutes)
    if not (hour < "24" and minute < "60" and second < "60" and shift < 24 * 60):
        return None
    days, clock = divmod(int(hour) * 60 + int(minute) + (shift if sign == "-" else -shift), 24 * 60)
    number, last = _SPELLED[month]
    if not (1 <= int(day) <= last and 1 <= int(day) + days <= last):
        return None
    return f"{year}-{number}-{int(day) + days:02}T{clock // 60:02}:{clock % 60:02}:{second}Z"


def _hour(hour: str, half: str | None) -> int:
    number = int(hour)
    if half is None or number > 12:
        return number
    return number % 12 + (12 if half in "pP" else 0)


def _format(
    year: str, month: int | None, day: str, clock: tuple[int, str, str | None], zone: str | None
) -> str | None:
    if month is None:
        return None
    hour, minute, second = clock
    try:
        when = datetime(
            _full_year(year), month, int(day), hour, int(minute), min(int(second or "0"), 59), tzinfo=UTC
        )
        shift = _shift(zone)
        if shift:
            when -= timedelta(minutes=shift)
    except (ValueError, OverflowError):
        return None
    return f"{when.isoformat()[:19]}Z"


def _full_year(year: str) -> int:
    # RFC 5322 section 4.3: two digits from 00 to 49 are of this century; three count from 1900.
    number = int(year)
    if len(year) == 4:
        return number
    return number + (2000 if len(year) == 2 and number < 50 else 1900)


def _shift(zone: str | None) -> int:
    """Return a zone's minutes east of UTC."""
    if not zone:
        return 0
    if zone[0] not in "+-":
        return _ZONES.get(zone.upper(), 0) * 60
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    if minutes >= 24 * 60:
        return 0
    return -minutes if zone[0] == "-" else minutes
