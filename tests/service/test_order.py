"""The order of a backlog: oldest or newest first, also where it is broken off at any moment."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.crash.mails import failure, ordinary
from tests.reader.rulebook import RULES
from tests.service.house import House
from watcher.errors import ConnectError, StoreError
from watcher.imap import pace, uids
from watcher.imap.session import Session
from watcher.service import desk, sweep
from watcher.service.dry import dry_run
from watcher.service.sweep import Sweep
from watcher.service.tools import make_tools
from watcher.store import Store


MAILS = [failure(f"user{n}@example.com", "550 5.1.1 user unknown", number=n) for n in range(1, 61)]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a handful of mails for many: windows of 25, commands of 10, groups of 4."""
    monkeypatch.setattr(uids, "WINDOW", 25)
    monkeypatch.setattr(uids, "BATCH", 10)
    monkeypatch.setattr(pace.Pace.__init__, "__defaults__", (4, 4, *pace.Pace.__init__.__defaults__[2:]))


@pytest.fixture
def by_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have them read by processes, too."""
    monkeypatch.setattr(desk, "WORTH", 10)
    monkeypatch.setattr(desk, "cores", lambda: 2)
    monkeypatch.setattr(sweep, "TOGETHER", 8)


def run(house: House, **changes: Any) -> None:
    """Make one sweep."""
    config = house.config()
    with house.store() as store:
        tools = make_tools(config, store, RULES, lambda: None)
        with Session.open(config.mailboxes[0]) as session:
            Sweep(config.mailboxes[0], tools, **changes).run(session)


def recorded(house: House) -> list[int]:
    """Give the UIDs in the order in which they were recorded."""
    with house.store() as store, store._database.reading() as sql:
        return [row["uid"] for row in sql.execute("SELECT uid FROM messages ORDER BY id")]


def progress(house: House) -> int:
    """Give the UID up to which all is recorded."""
    with house.store() as store:
        found = store.progress("bounces", "INBOX")
    return 0 if found is None else found[1]


def groups(found: list[int]) -> list[int]:
    """Give the last UID of each group of four, as they were recorded."""
    return [max(found[first : first + 4]) for first in range(0, len(found), 4)]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_order(order: str, dovecot_house: House) -> None:
    house = dovecot_house
    house.mailbox = {"order": order}
    house.account.append(*MAILS)
    run(house)
    found = recorded(house)
    assert sorted(found) == list(range(1, 61))
    assert progress(house) == 60
    assert house.counts() == {"Bounces/Hard": 60}
    ends = groups(found) if order == "oldest" else groups(found)[::-1]
    assert ends == sorted(ends)
    assert set(found[:4]) == (set(range(1, 5)) if order == "oldest" else set(range(57, 61)))


@pytest.mark.usefixtures("many", "by_processes")
def test_newest_first_by_processes(dovecot_house: House) -> None:
    house = dovecot_house
    house.mailbox = {"order": "newest"}
    house.account.append(*MAILS, ordinary(1))
    run(house)
    assert groups(recorded(house)[1:])[0] == 60
    assert sorted(recorded(house)) == list(range(1, 62))
    assert progress(house) == 61
    assert house.counts() == {"Bounces/Hard": 60, "INBOX": 1}


@pytest.mark.usefixtures("many")
def test_what_comes_meanwhile_comes_before_what_is_left(
    dovecot_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = dovecot_house
    house.mailbox = {"order": "newest"}
    house.account.append(*MAILS)
    move, calls = Session.move, []

    def moving(session: Session, wanted: Any, target: str) -> None:
        move(session, wanted, target)
        calls.append(wanted)
        if len(calls) == 2:
            house.account.append(failure("late@example.com", "550 5.1.1 user unknown", number=99))

    monkeypatch.setattr(Session, "move", moving)
    run(house)
    assert 8 < recorded(house).index(61) < 30
    assert progress(house) == 61
    assert house.counts() == {"Bounces/Hard": 61}


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("after", ["newest", "oldest"])
@pytest.mark.parametrize("calls", [1, 2, 5, 8, 13])
def test_broken_off_at_any_moment_it_goes_on(calls: int, after: str, dovecot_house: House) -> None:
    """Nothing is met twice: not what stays in the folder either."""
    house = dovecot_house
    house.mailbox = {"order": "newest"}
    house.account.append(*MAILS[:30], ordinary(1), *MAILS[30:], ordinary(2))
    counted = iter(range(1000))
    run(house, stopping=lambda: next(counted) >= calls)
    before = recorded(house)
    assert len(before) < 62
    assert progress(house) == 0
    fetched: list[int] = []
    house.mailbox = {"order": after}
    with pytest.MonkeyPatch.context() as patch:
        watch_fetches(patch, fetched)
        run(house)
    assert not set(fetched) & set(before)
    assert sorted(recorded(house)) == list(range(1, 63))
    assert progress(house) == 62
    assert house.counts() == {"Bounces/Hard": 60, "INBOX": 2}


@pytest.mark.usefixtures("many", "by_processes")
@pytest.mark.parametrize(
    "fault", [ConnectError("cut off"), StoreError("the disk is full")], ids=["cut", "full"]
)
def test_faults_in_the_middle_lose_nothing(
    fault: Exception, dovecot_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = dovecot_house
    house.mailbox = {"order": "newest"}
    house.account.append(*MAILS)
    owner: Any = Session if isinstance(fault, ConnectError) else Store
    name = "move" if isinstance(fault, ConnectError) else "record_batch"
    method, calls = getattr(owner, name), []

    def failing(*arguments: Any, **options: Any) -> None:
        calls.append(arguments)
        if len(calls) % 3 == 0:
            raise fault
        method(*arguments, **options)

    monkeypatch.setattr(owner, name, failing)
    for _ in range(30):
        try:
            run(house)
        except (ConnectError, StoreError):
            continue
        break
    assert len(calls) > 6
    assert sorted(recorded(house)) == list(range(1, 61))
    assert progress(house) == 60
    assert house.counts() == {"Bounces/Hard": 60}


@pytest.mark.usefixtures("many")
def test_dry_run_shows_what_is_left_newest_first(dovecot_house: House) -> None:
    house = dovecot_house
    house.mailbox = {"order": "newest"}
    house.account.append(*MAILS[:20], ordinary(1))
    counted = iter(range(1000))
    run(house, stopping=lambda: next(counted) >= 4)
    done = recorded(house)
    assert done
    lines = list(dry_run(house.config(), RULES))
    assert len(lines) == 21 - len(done)
    assert "user20@" not in "".join(lines)


@pytest.mark.usefixtures("many")
def test_an_older_copy_of_the_folder_is_read_anew(
    dovecot_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put back while a backlog is read newest first: the UIDs recorded until then are given once more."""
    house = dovecot_house
    house.mailbox = {"order": "newest"}
    house.account.append(*MAILS[:20], *(ordinary(n) for n in range(1, 6)))
    counted = iter(range(1000))
    run(house, stopping=lambda: next(counted) >= 4)
    assert {22, 25} <= set(recorded(house))
    select, fetched = Session.select, list[int]()
    monkeypatch.setattr(Session, "select", lambda session: replace(select(session), uidnext=22))
    watch_fetches(monkeypatch, fetched)
    run(house)
    assert {22, 25} <= set(fetched)
    fetched.clear()
    monkeypatch.setattr(Session, "select", select)
    run(house)
    assert fetched == []


def watch_fetches(patch: pytest.MonkeyPatch, fetched: list[int]) -> None:
    """Write down the UIDs of all mail that is fetched."""
    fetch = Session.fetch_bounded

    def watched(session: Session, wanted: Any, **options: Any) -> Iterator[Any]:
        for mails in fetch(session, wanted, **options):
            fetched.extend(mail.uid for mail in mails)
            yield mails

    patch.setattr(Session, "fetch_bounded", watched)
