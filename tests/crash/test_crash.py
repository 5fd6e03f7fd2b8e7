"""Stop the watcher without warning anywhere between fetch and delivery, start it again: nothing is lost."""

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.mails import every_kind, failure
from tests.crash.run import POINTS
from tests.crash.site import Site
from tests.crash.soak import soak
from tests.deliver.receiver import Answer, Received, Receiver
from tests.processes.prepared import Prepared
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import USERS, Account
from watcher.store import Store


CALLS = [(point, 1) for point in POINTS] + [
    ("fetch: fetched, nothing read", 6),
    ("file: moved, not marked", 3),
    ("deliver: sent, not marked", 2),
]


@pytest.fixture
def site(dovecot_account: Account, tmp_path: Path, prepared: Prepared) -> Iterator[Site]:
    with Receiver() as receiver:
        dovecot_account.append(*every_kind())
        yield Site(dovecot_account, tmp_path, receiver, prepared)


@pytest.fixture(scope="session")
def undisturbed(
    dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory, prepared: Prepared
) -> Iterator[Site]:
    """Give what a pass that nothing stops leads to."""
    account = Account(dovecot, f"bounces{next(USERS)}")
    account.append(*every_kind())
    with Receiver() as receiver:
        site = Site(account, tmp_path_factory.mktemp("undisturbed"), receiver, prepared)
        ended = site.run()
        assert ended.returncode == 0, ended.stderr
        yield site


def test_an_undisturbed_pass_files_every_kind_and_sends_each_event_once(undisturbed: Site) -> None:
    folders = {name: sum(mails.values()) for name, mails in undisturbed.folders().items()}
    assert folders == {
        "INBOX": 2, "Bounces/Hard": 3, "Bounces/Soft": 1, "Bounces/Block": 1,
        "Delays": 1, "Auto-replies": 1, "Complaints": 1, "Review": 1,
    }  # fmt: skip
    assert Counter(undisturbed.events().values()) == {
        "bounce.hard": 3, "bounce.soft": 1, "bounce.block": 1, "delay.reported": 1,
        "auto_reply.received": 1, "complaint.received": 1, "suppression.added": 4, "review.needed": 1,
    }  # fmt: skip
    assert len(undisturbed.receiver.received) == len(undisturbed.events())


@pytest.mark.parametrize(("point", "call"), CALLS, ids=[f"{point} ({call})" for point, call in CALLS])
@pytest.mark.failure(19, 20)
def test_a_stop_loses_nothing(point: str, call: int, site: Site, undisturbed: Site) -> None:
    stopped = site.run(point, str(call))
    assert stopped.returncode == -signal.SIGKILL, stopped.stderr

    again = site.run()

    assert again.returncode == 0, again.stderr
    assert site.folders() == undisturbed.folders()  # every mail in exactly one folder
    assert site.events() == undisturbed.events()  # every event at least once, under the same id
    assert site.account.flags() == [set(), set()]  # ordinary mail untouched and unread
    assert _fingerprints(site) == _fingerprints(undisturbed)  # every message in the results, each line whole


@pytest.mark.parametrize("point", [point for point in POINTS if point[:6] in {"fetch:", "record", "file: "}])
def test_a_stop_newest_first_loses_nothing(point: str, site: Site, undisturbed: Site) -> None:
    site = replace(site, order="newest")
    assert site.run(point).returncode == -signal.SIGKILL
    again = site.run()
    assert again.returncode == 0, again.stderr
    assert site.folders() == undisturbed.folders()
    assert site.events() == undisturbed.events()
    assert _fingerprints(site) == _fingerprints(undisturbed)


def test_stops_at_any_moment_lose_nothing(site: Site, undisturbed: Site) -> None:
    more = [
        failure(f"user{number}@example.com", "550 5.1.1 user unknown", number=number)
        for number in range(10, 60)
    ]
    site.account.append(*more)
    ended = [site.run_for(random.uniform(0.4, 1.2)) for _ in range(8)]
    assert set(ended) <= {0, -signal.SIGKILL}

    again = site.run()

    assert again.returncode == 0, again.stderr
    hard = site.folders().pop("Bounces/Hard")
    assert hard == undisturbed.folders()["Bounces/Hard"] + Counter(more)
    assert Counter(site.events().values())["bounce.hard"] == 3 + len(more)
    assert set(site.events()) > set(undisturbed.events())
    assert len(_fingerprints(site)) == len(every_kind()) + len(more)


def test_a_third_pass_finds_nothing_to_do(site: Site, undisturbed: Site) -> None:
    site.run("file: moved, not marked")
    site.run()
    sent, written = len(site.receiver.received), len(site.results())
    ended = site.run()
    assert ended.returncode == 0, ended.stderr
    assert (len(site.receiver.received), len(site.results())) == (sent, written)
    assert site.folders() == undisturbed.folders()


def test_an_endpoint_that_refuses_one_in_three_gets_every_event(site: Site, undisturbed: Site) -> None:
    answered = 0
    taken = set()

    def one_in_three(hook: Received) -> Answer:
        nonlocal answered
        answered += 1
        if answered % 3 == 0:
            return Answer(500)
        taken.add(hook.id)
        return Answer(200)

    site.receiver.plan = one_in_three
    assert site.run("deliver: sent, not marked", "2").returncode == -signal.SIGKILL
    for _ in range(10):
        site.run()
        with Store.open(site.directory / "state.db", readonly=True) as store:
            if not store.waiting():
                break
        time.sleep(1)
    assert taken == set(undisturbed.events())
    assert site.folders() == undisturbed.folders()


@pytest.mark.parametrize("spare_pages", [0, 3, 8])
def test_a_full_disk_is_said_and_loses_nothing(spare_pages: int, site: Site, undisturbed: Site) -> None:
    stopped = site.run(spare_pages=spare_pages)
    assert stopped.returncode == 4
    assert "the disk is full" in stopped.stderr

    again = site.run()

    assert again.returncode == 0, again.stderr
    assert site.folders() == undisturbed.folders()
    assert site.events() == undisturbed.events()
    assert _fingerprints(site) == _fingerprints(undisturbed)


def test_kills_at_random_moments_with_a_full_disk_and_a_locked_state_lose_nothing(
    dovecot: Dovecot, tmp_path: Path, prepared: Prepared
) -> None:
    """`python -m bench.soak crashes` is the long form."""
    tally = soak(seed=7, kills=6, size=30, server=dovecot, prepared=prepared, directory=tmp_path)
    assert tally.kills >= 6
    assert tally.faults == []


def _fingerprints(site: Site) -> set[object]:
    return {line["message"]["fingerprint"] for line in site.results()}  # type: ignore[index]
