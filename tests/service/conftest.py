"""The watcher's surroundings, with an empty mailbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deliver.receiver import Receiver
from tests.servers.fixtures import Account
from tests.service.house import House


@pytest.fixture
def house(account: Account, tmp_path: Path) -> Iterator[House]:
    """On Dovecot and on pymap."""
    with Receiver() as receiver:
        yield House(account, tmp_path, receiver)


@pytest.fixture
def dovecot_house(dovecot_account: Account, tmp_path: Path) -> Iterator[House]:
    with Receiver() as receiver:
        yield House(dovecot_account, tmp_path, receiver)
