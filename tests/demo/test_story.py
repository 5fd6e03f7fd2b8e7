"""The demo's last tally is right."""

import pytest

from watcher.demo.page import Page
from watcher.demo.receiver import Received
from watcher.demo.story import Outcome, tell_end
from watcher.store.records import Overview


def test_an_address_that_was_put_on_the_list_twice_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    addresses = ["a@example.com", "b@example.com", "a@example.com", "c@example.com", "d@example.com"]
    received = Received(
        {
            str(number): {"type": "suppression.added", "data": {"recipient": {"address": address}}}
            for number, address in enumerate(addresses)
        }
    )
    tell_end(Page(), Outcome(Overview((), 0, 0, (), (), 4, 0), (), received, 1.0))
    told = "4 on the suppression list: a@example.com, b@example.com, c@example.com and 1 more\n"
    assert told in capsys.readouterr().out
