"""`/readyz` names what keeps the watcher from its work."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.service.house import House, wait_until
from watcher.service import health
from watcher.service.crew import Crew
from watcher.store import Store


@pytest.fixture
def crew(dovecot_house: House) -> Iterator[Crew]:
    with dovecot_house.store() as store:
        crew = Crew(dovecot_house.config(), store, dovecot_house.rules)
        yield crew
        crew.stop()


def test_a_crew_that_never_began_is_not_ready(crew: Crew) -> None:
    assert crew.problems() == ["mailbox bounces: its thread is stuck or gone; restart, and report it"]
    assert not crew.beats()


def test_all_well(crew: Crew) -> None:
    crew.start()
    wait_until(crew.idle)
    assert crew.problems() == []
    assert crew.beats()
    assert crew.status() == "watching 1 of 1 mailboxes"


def test_a_mailbox_unreached_for_twice_its_interval(dovecot_house: House) -> None:
    dovecot_house.mailbox = {"poll": "1h"}
    config = dovecot_house.config()
    with dovecot_house.store() as store:
        crew = Crew(config, store, dovecot_house.rules)
        crew.start()
        wait_until(crew.idle)
        (worker,) = crew._workers
        worker.last_success = time.monotonic() - 7200
        assert crew.problems() == []
        worker.last_success = time.monotonic() - 7200 - health.GRACE - 1
        assert crew.problems() == ["mailbox bounces: no sweep for twice its interval"]
        crew.stop()


def test_a_store_that_cannot_be_written(dovecot_house: House) -> None:
    Store.open(dovecot_house.state).close()
    with Store.open(dovecot_house.state, readonly=True) as store:
        crew = Crew(dovecot_house.config(), store, dovecot_house.rules)
        assert any("state.db: cannot be written" in problem for problem in crew.problems())


def test_retention_is_that_of_the_config(dovecot_house: House) -> None:
    dovecot_house.keys = {"retention": {"facts": "10d", "delivered_events": None}}
    with dovecot_house.store() as store:
        crew = Crew(dovecot_house.config(), store, dovecot_house.rules)
        assert crew._keep.facts == timedelta(days=10)
        assert crew._keep.delivered_events is None
