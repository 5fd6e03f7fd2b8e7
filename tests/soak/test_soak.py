"""A small count of what bench/soak.py does at length."""

import pytest

from tests.servers.dovecot import Dovecot, find_dovecot
from tests.servers.fixtures import Account, skip_without
from tests.servers.mailboxes import ImapServer
from tests.soak.drain import WITHOUT_MOVE, drain, write_mails
from tests.soak.years import live
from watcher.imap import pace


@pytest.fixture
def without_move() -> Dovecot:
    skip_without("dovecot", find_dovecot() is not None)
    return Dovecot(extra=WITHOUT_MOVE)


def assert_well(server: ImapServer, user: str, seed: int) -> None:
    outcome = drain(server, user, write_mails(40, seed), seed=seed, faults=6)
    assert outcome.problems == []
    assert outcome.broken > 0


@pytest.mark.failure(11)
def test_broken_connections_lose_nothing(dovecot_account: Account) -> None:
    assert_well(dovecot_account.server, dovecot_account.user, seed=7)


@pytest.mark.failure(11, 37)
def test_broken_connections_lose_nothing_without_move(without_move: Dovecot) -> None:
    with without_move as server:
        assert_well(server, "cut", seed=8)


def test_some_days(dovecot: Dovecot) -> None:
    """Whether anything grows is told by more of them."""
    problems = live(3, 3, say=lambda _: None, flood=10)
    assert [problem for problem in problems if "mem" not in problem and "descriptors" not in problem] == []


def test_a_mail_alone_is_at_fault_within_three_breaks() -> None:
    met = pace.Pace()
    sizes = []
    for _ in range(3):
        met.broke(range(1, met.size + 1))
        sizes.append(met.size)
    assert sizes == [25, 3, 1]
    for broken in range(1, pace.GIVEN_UP + 1):
        met.broke([5])
        asked = pace.PART if broken >= pace.IN_PART else 10**6
        assert (met.part_of(5, 10**6), met.has_given_up(5)) == (asked, broken == pace.GIVEN_UP)
        assert (met.is_suspect(5), met.is_suspect(6)) == (True, False)
    assert not met.has_given_up(6)
    met.worked([4])
    assert met.size == 1
    met.worked([5])
    assert not met.is_suspect(5)
    assert met.size == 2
