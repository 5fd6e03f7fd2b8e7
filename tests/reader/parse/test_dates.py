"""Dates become UTC in one form, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.dates import parse_date


DATES = [
    # Each case: what it shows, a date, the same in UTC.
    ("as the RFC has it", "Sun, 22 Nov 2026 05:19:00 +0100", "2026-11-22T04:19:00Z"),
    ("west of UTC, into the next day", "Sun, 22 Nov 2026 20:19:00 -0800", "2026-11-23T04:19:00Z"),
    ("no day name", "22 Nov 2026 04:19:00 +0000", "2026-11-22T04:19:00Z"),
    ("no seconds", "Sun, 22 Nov 2026 04:19 GMT", "2026-11-22T04:19:00Z"),
    ("a comment", "Sun, 22 Nov 2026 04:19:00 +0000 (UTC)", "2026-11-22T04:19:00Z"),
    ("a zone in a comment alone", "Sun, 22 Nov 2026 04:19:00 (EST)", "2026-11-22T09:19:00Z"),
    ("a named zone", "Sun, 22 Nov 2026 04:19:00 EST", "2026-11-22T09:19:00Z"),
    ("an offset after its name", "Sun, 22 Nov 2026 04:19:00 GMT+0100", "2026-11-22T03:19:00Z"),
    ("an offset with a colon", "Sun, 22 Nov 2026 04:19:00 +01:00", "2026-11-22T03:19:00Z"),
    ("an unknown zone", "Sun, 22 Nov 2026 04:19:00 XYZ", "2026-11-22T04:19:00Z"),
    ("no zone", "Sun, 22 Nov 2026 04:19:00", "2026-11-22T04:19:00Z"),
    ("an impossible zone", "Sun, 22 Nov 2026 04:19:00 +9900", "2026-11-22T04:19:00Z"),
    ("two digits, this century", "22 Nov 26 04:19:00 +0000", "2026-11-22T04:19:00Z"),
    ("two digits, the last century", "22 Nov 99 04:19:00 +0000", "1999-11-22T04:19:00Z"),
    ("three digits", "22 Nov 126 04:19:00 +0000", "2026-11-22T04:19:00Z"),
    ("a leap second", "31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"),
    ("a full month name", "22 November 2026 04:19:00 +0000", "2026-11-22T04:19:00Z"),
    ("hyphens", "22-Nov-2026 04:19:00 +0000", "2026-11-22T04:19:00Z"),
    ("dots in the time", "Sun, 22 Nov 2026 4.19.00 +0000", "2026-11-22T04:19:00Z"),
    ("fractions of a second", "Sun, 22 Nov 2026 04:19:00.123 +0000", "2026-11-22T04:19:00Z"),
    ("half a day, morning", "22 Nov 2026 12:19:00 AM", "2026-11-22T00:19:00Z"),
    ("half a day, evening", "22 Nov 2026 04:19:00 pm", "2026-11-22T16:19:00Z"),
    ("half a day that is whole", "22 Nov 2026 16:19:00 PM", "2026-11-22T16:19:00Z"),
    ("asctime", "Sun Nov 22 04:19:00 2026", "2026-11-22T04:19:00Z"),
    ("asctime with an offset", "Sun Nov 22 04:19:00 2026 +0100", "2026-11-22T03:19:00Z"),
    ("asctime with a zone", "Sun Nov  2 04:19:00 EST 2026", "2026-11-02T09:19:00Z"),
    ("RFC 3339", "2026-11-22T05:19:00+01:00", "2026-11-22T04:19:00Z"),
    ("RFC 3339, UTC", "2026-11-22T04:19:00.5Z", "2026-11-22T04:19:00Z"),
    ("RFC 3339 with a blank", "2026-11-22 04:19", "2026-11-22T04:19:00Z"),
    ("no such month", "22 Foo 2026 04:19:00 +0000", None),
    ("no such day", "31 Feb 2026 04:19:00 +0000", None),
    ("no such hour", "22 Nov 2026 29:19:00 +0000", None),
    ("before all years", "1 Jan 0001 00:00:00 +0100", None),
    ("words", "yesterday", None),
    ("empty", "", None),
    ("absent", None, None),
]


@pytest.mark.parametrize(("text", "date"), [case[1:] for case in DATES], ids=[case[0] for case in DATES])
def test_parse_date(text: str | None, date: str | None) -> None:
    assert parse_date(text) == date


@given(st.text(st.sampled_from("0123456789 :.+-,NovDecSunTZapm("), max_size=60))
def test_any_text_is_taken(text: str) -> None:
    date = parse_date(text)
    assert date is None or len(date) == 20
