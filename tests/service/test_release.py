"""A person's release lets an address go, whatever its date is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.service.reviewed import NOW, bounce, config_of, meet
from watcher.decide.history import Act, Verb
from watcher.rules import reasons
from watcher.service.listing import Keeper
from watcher.service.policy import policy_of
from watcher.store import Store


USER, DOMAIN = "user@example.com", "@example.com"
EARLIER = NOW - timedelta(days=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state.db") as opened:
        yield opened


def act(address: str, verb: Verb) -> Act:
    since = EARLIER if verb is Verb.RELEASE else NOW
    return Act(address, verb, "manual", "manual", "manual", "ann", since)


def blocked(store: Store) -> bool:
    ((_, found),) = store.check([USER], NOW)
    return found is not None and found.blocks


@pytest.mark.parametrize("said", [USER, DOMAIN, None], ids=["address", "domain", "bounce"])
def test_what_a_clock_that_was_ahead_dated_is_released(
    said: str | None, store: Store, tmp_path: Path
) -> None:
    config = config_of(tmp_path / "state.db")
    keeper = Keeper(store, policy_of(config, reasons()))
    if said is None:
        meet(store, config, bounce(USER, words="550 5.1.1 user unknown"))
    else:
        keeper.act(act(said, Verb.SUPPRESS), NOW)
    assert blocked(store)
    keeper.act(act(USER, Verb.RELEASE), EARLIER)
    assert not blocked(store)
