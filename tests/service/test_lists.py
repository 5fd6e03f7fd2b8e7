"""Rows of suppression lists, and times, that are not what they should be."""

from datetime import UTC, datetime

import pytest

from watcher.service.event_rows import find_moment
from watcher.service.exchange import FORMS, Entry, Fault, read_list


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)


def only(head: str, row: str) -> Entry | Fault:
    (found,) = read_list([f"{head}\n", f"{row}\n"], None)[1]
    return found


FOREIGN = [
    (variant.columns, variant.address)
    for name, form in FORMS.items()
    if name != "watcher"
    for variant in form.variants
]


@pytest.mark.parametrize(("columns", "address"), FOREIGN, ids=str)
def test_a_domain_in_the_columns_of_others_is_no_address(columns: tuple[str, ...], address: str) -> None:
    row = ",".join("@gmail.com" if column == address else "" for column in columns)
    found = only(",".join(columns), row)
    assert isinstance(found, Fault)
    assert found.text == "'@gmail.com' is no address"


def test_a_domain_in_our_own_columns_is_one() -> None:
    found = only("address,state,reason,since,until,source", "@gone.example,suppressed,manual,,,manual")
    assert isinstance(found, Entry)
    assert found.address == "@gone.example"


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "Fri, 31 Dec 9999 23:59:59 -1200", "x"]
)
def test_a_time_out_of_range_is_no_time(time: str) -> None:
    found = only("address,state,reason,since,until,source", f'a@example.com,suppressed,manual,"{time}",,')
    assert isinstance(found, Fault)
    assert found.text == f"'{time}' in since is no time; write 2026-11-22T04:19:00Z, or nothing"


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "999999999d", "x"])
def test_a_time_to_choose_by_that_is_out_of_range_is_told(time: str) -> None:
    with pytest.raises(ValueError, match="is no time; write 2026-11-22"):
        find_moment(time, NOW)
