"""Servers as pytest fixtures; a test that needs a missing one skips, or fails where REQUIRE_SERVERS=1."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.servers.courier import Courier
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import Dovecot, find_dovecot
from tests.servers.mailboxes import ImapServer
from tests.servers.pymap import Pymap, is_installed
from tests.servers.unpacked import is_unpacked


USERS = itertools.count(1)
SYSTEM = {"dovecot", "dotted", "cyrus", "courier", "bearer"}


@dataclass(frozen=True, slots=True)
class Account:
    """One empty mailbox of a running server."""

    server: ImapServer
    user: str

    def append(self, *mails: bytes, folder: str = "INBOX") -> None:
        self.server.append(self.user, mails, folder)

    def mails(self) -> dict[str, list[bytes]]:
        return self.server.mails(self.user)

    def flags(self, folder: str = "INBOX") -> list[set[bytes]]:
        return self.server.flags(self.user, folder)


def skip_without(server: str, found: bool) -> None:
    """Skip the test, or fail it where every server must be there."""
    if not found and os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(f"{server} is not installed, and REQUIRE_SERVERS=1")
    if not found:
        pytest.skip(f"{server} is not installed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server of the system."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        chosen = callspec.params.get("account") if callspec else None
        if SYSTEM & set(getattr(item, "fixturenames", ())) or chosen in SYSTEM:
            item.add_marker("servers")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for all tests; take a user name of your own."""
    skip_without("dovecot", find_dovecot() is not None)
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    """One Cyrus for all tests; add a user of your own."""
    skip_without("cyrus", is_unpacked("cyrus"))
    with Cyrus() as server:
        yield server


@pytest.fixture(scope="session")
def courier() -> Iterator[Courier]:
    """One Courier for all tests; add a user of your own."""
    skip_without("courier", is_unpacked("courier"))
    with Courier() as server:
        yield server


@pytest.fixture(scope="session")
def running_pymap() -> Iterator[Pymap]:
    """Start a pymap for all tests; it has one user."""
    skip_without("pymap", is_installed())
    with Pymap() as server:
        yield server


@pytest.fixture
def pymap(running_pymap: Pymap) -> Pymap:
    """Give a pymap whose one user has no mail."""
    with running_pymap.client(Pymap.username) as client:
        for flags, _, folder in reversed(client.list_folders()):
            if folder != "INBOX" and b"\\Noselect" not in flags:
                client.delete_folder(folder)
        client.select_folder("INBOX")
        client.delete_messages(client.search() or [1], silent=True)
        client.expunge()
    return running_pymap


@pytest.fixture
def dovecot_account(dovecot: Dovecot) -> Account:
    """Give an empty mailbox on Dovecot."""
    return Account(dovecot, f"bounces{next(USERS)}")


@pytest.fixture(params=["dovecot", "cyrus", "courier", "pymap"])
def account(request: pytest.FixtureRequest) -> Account:
    """Give an empty mailbox, once on each server."""
    server: ImapServer = request.getfixturevalue(request.param)
    if isinstance(server, Pymap):
        return Account(server, server.username)
    user = f"bounces{next(USERS)}"
    server.add(user)
    return Account(server, user)
