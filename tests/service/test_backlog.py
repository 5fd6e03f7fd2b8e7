"""A backlog: read by processes while it is fetched and filed, told as it goes, broken off, taken up again."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.crash.mails import failure, ordinary
from tests.reader.rulebook import RULES
from tests.service.house import House
from watcher.authenticity import Ours
from watcher.cli.status import _lines
from watcher.errors import ConnectError, StoreError
from watcher.imap import uids
from watcher.imap.session import Selected, Session
from watcher.model import Level
from watcher.reader.report_json import encode_report
from watcher.service import backlog, desk, filer, readers
from watcher.service import sweep as sweeping
from watcher.service.answers import status_to_dict
from watcher.service.backlog import Backlog, expected
from watcher.service.child import AHEAD
from watcher.service.reader_process import read_here
from watcher.service.readers import Readers
from watcher.service.reading import Judge, Mail, Reader
from watcher.service.sweep import Sweep
from watcher.service.tools import make_tools
from watcher.store import Store
from watcher.store.records import BacklogState


MAILS = [failure(f"user{n}@example.com", "550 5.1.1 user unknown", number=n) for n in range(120)]
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
READER = Reader(RULES, "default", Judge(Ours(domains=("lists.example.org",))))
TASKS = [Mail(raw, NOW, len(raw) + 1, n == 3, f"imap://{n}") for n, raw in enumerate(MAILS)]


@pytest.fixture
def pool() -> Iterator[Readers]:
    found = Readers(READER, 2)
    yield found
    found.close()


def test_processes_read_as_we_do_and_in_order(pool: Readers) -> None:
    found = pool.finish(pool.begin([*TASKS, None]))
    assert found == [*map(READER.read, TASKS), None]
    assert found[0] is not None
    assert found[0].report.authenticity.level is Level.PLAUSIBLE
    assert found[0].text == encode_report(found[0].report, "imap://0")


def test_what_no_process_has_come_to_is_read_here(pool: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def here(mails: Any, reader: Reader) -> Iterator[Any]:
        seen.append(len(mails))
        return read_here(mails, reader)

    monkeypatch.setattr(readers, "read_here", here)
    pool.finish(pool.begin(TASKS[:1]))
    for child in pool._all:
        child.process.send_signal(signal.SIGSTOP)
    pending = pool.begin(TASKS * 10)
    threading.Timer(1.0, lambda: [child.process.send_signal(signal.SIGCONT) for child in pool._all]).start()
    assert pool.finish(pending) == [*map(READER.read, TASKS)] * 10
    assert seen == [readers.CHUNK] * (12 - 2 * AHEAD)


def test_process_that_dies_takes_no_mail_along(pool: Readers) -> None:
    pool.finish(pool.begin(TASKS[:1]))
    for process in (child.process for child in pool._all):
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert pool.finish(pool.begin(TASKS)) == [*map(READER.read, TASKS)]


def test_ctrl_c_ends_no_process(pool: Readers) -> None:
    pool.finish(pool.begin(TASKS))
    for process in (child.process for child in pool._all):
        process.send_signal(signal.SIGINT)
    pool.finish(pool.begin(TASKS))
    assert [child.process.poll() for child in pool._all] == [None, None]


def test_no_process_outlives_its_input(pool: Readers) -> None:
    pool.finish(pool.begin(TASKS))
    for process in (child.process for child in pool._all):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def test_closing_waits_for_no_mail_and_leaves_no_process() -> None:
    pool = Readers(READER, 2)
    pool.begin(TASKS * 20)
    began = time.monotonic()
    pool.close()
    assert time.monotonic() - began < 5
    assert all(child.process.returncode is not None for child in pool._all)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a handful of mails for a backlog."""
    monkeypatch.setattr(uids, "BATCH", 20)
    monkeypatch.setattr(desk, "WORTH", 10)
    monkeypatch.setattr(desk, "cores", lambda: 2)
    monkeypatch.setattr(backlog, "MANY", 50)
    monkeypatch.setattr(sweeping, "TOGETHER", 1)
    monkeypatch.setattr(backlog, "EVERY", timedelta(0))


def sweep(house: House, **changes: Any) -> Sweep:
    config = house.config()
    tools = make_tools(config, house.store(), RULES, lambda: None)
    return Sweep(config.mailboxes[0], tools, **changes)


def run(found: Sweep) -> None:
    with Session.open(found._mailbox) as session:
        found.run(session)


@pytest.mark.usefixtures("eager")
def test_backlog_is_recorded_and_filed_whole(dovecot_house: House) -> None:
    house = dovecot_house
    house.account.append(*MAILS, ordinary(1))
    found = sweep(house)
    run(found)
    assert house.counts() == {"Bounces/Hard": 120, "INBOX": 1}
    assert found._store.progress("bounces", "INBOX") is not None
    assert found._store.backlog("bounces") is None
    found._store.close()


@pytest.mark.usefixtures("eager")
def test_backlog_is_left_at_once_and_taken_up_again(dovecot_house: House) -> None:
    house = dovecot_house
    house.account.append(*MAILS)
    calls = iter(range(1000))
    found = sweep(house, stopping=lambda: next(calls) >= 5)
    run(found)
    state = found._store.backlog("bounces")
    assert state is not None
    assert 0 < state.done < state.total == 120
    found._store.close()
    again = sweep(house)
    run(again)
    assert house.counts() == {"Bounces/Hard": 120}
    assert again._store.backlog("bounces") is None
    again._store.close()


@pytest.mark.usefixtures("eager")
def test_what_was_fetched_before_a_break_is_recorded(
    dovecot_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = dovecot_house
    house.account.append(*MAILS)
    fetch, batches = Session.fetch_bounded, Counter[str]()

    def breaking(session: Session, wanted: Any) -> Iterator[Any]:
        for mails in fetch(session, wanted):
            batches["fetched"] += 1
            if batches["fetched"] == 5:
                raise ConnectError("cut off")
            yield mails

    monkeypatch.setattr(Session, "fetch_bounded", breaking)
    found = sweep(house)
    with pytest.raises(ConnectError, match="cut off"):
        run(found)
    assert found._store.done_since(datetime(2000, 1, 1, tzinfo=UTC)).read == 80
    monkeypatch.setattr(Session, "fetch_bounded", fetch)
    run(found)
    assert house.counts() == {"Bounces/Hard": 120}
    found._store.close()


@pytest.mark.usefixtures("eager")
def test_a_break_while_filing_loses_nothing(dovecot_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house = dovecot_house
    house.account.append(*MAILS)
    move, calls = Session.move, Counter[str]()

    def breaking(session: Session, wanted: Any, target: str) -> None:
        calls["move"] += 1
        if calls["move"] == 3:
            raise ConnectError("cut off")
        move(session, wanted, target)

    monkeypatch.setattr(Session, "move", breaking)
    found = sweep(house)
    with pytest.raises(ConnectError, match="cut off"):
        run(found)
    done = found._store.done_since(datetime(2000, 1, 1, tzinfo=UTC))
    assert done.filed == house.counts()["Bounces/Hard"] == 40
    assert done.read > 60  # what was fetched by then
    run(found)
    assert house.counts() == {"Bounces/Hard": 120}
    assert found._store.done_since(datetime(2000, 1, 1, tzinfo=UTC)).filed == 120
    found._store.close()


@pytest.mark.usefixtures("eager")
def test_nobody_speaks_with_the_server_after_a_fault_of_the_store(
    dovecot_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = dovecot_house
    house.account.append(*MAILS)
    move, record, calls = Session.move, Store.record_batch, Counter[str]()

    def slow(session: Session, wanted: Any, target: str) -> None:
        calls["begun"] += 1
        time.sleep(0.5)
        move(session, wanted, target)
        calls["ended"] += 1

    def full(store: Store, *arguments: Any, **options: Any) -> None:
        calls["record"] += 1
        if calls["record"] == 4:
            raise StoreError("the disk is full")
        record(store, *arguments, **options)

    monkeypatch.setattr(Session, "move", slow)
    monkeypatch.setattr(Store, "record_batch", full)
    found = sweep(house)
    with Session.open(found._mailbox) as session:
        with pytest.raises(StoreError, match="disk is full"):
            found.run(session)
        assert calls["begun"] == calls["ended"] == 3
    done = found._store.done_since(datetime(2000, 1, 1, tzinfo=UTC))
    assert done.read == done.filed == house.counts()["Bounces/Hard"] == 60
    run(found)
    assert house.counts() == {"Bounces/Hard": 120}
    found._store.close()


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(("rounds", "waits"), [(1000, True), (1, False)], ids=["for long", "not at all"])
def test_few_mails_for_a_folder_wait_for_others(
    rounds: int, waits: bool, dovecot_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filer, "LONGEST", rounds)
    house = dovecot_house
    full = [failure(f"full{n}@example.com", "452 4.2.2 mailbox full", number=n) for n in range(200, 203)]
    house.account.append(*MAILS[:40], *full, *MAILS[40:])
    moved: list[tuple[int, str]] = []
    move = Session.move

    def noted(session: Session, wanted: Any, target: str) -> None:
        moved.append((len(wanted), target))
        move(session, wanted, target)

    monkeypatch.setattr(Session, "move", noted)
    monkeypatch.setattr(sweeping, "TOGETHER", 30)
    found = sweep(house)
    run(found)
    found._store.close()
    assert house.counts() == {"Bounces/Hard": 120, "Bounces/Soft": 3}
    sizes = [count for count, target in moved if target == "Bounces/Hard"]
    assert sum(sizes) == 120
    # Near the end, nothing waits any more.
    assert all(count >= 30 for count in sizes[:-2]) == waits
    assert ((3, "Bounces/Soft") in moved[-3:]) == waits


ESTIMATES = [
    # Each case: what it shows, mails in the folder, UIDNEXT, the last UID read, how many are expected.
    ("the first start", 500_000, 900_001, 0, 500_000),
    ("a few new ones above many that stay", 500_000, 900_001, 899_990, 10),
    ("few are left of many", 20, 900_001, 1, 20),
    ("nothing new", 20, 101, 100, 0),
    ("a server that does not say", 20, None, 100, 20),
]


@pytest.mark.parametrize(
    ("exists", "uidnext", "after", "count"), [c[1:] for c in ESTIMATES], ids=[c[0] for c in ESTIMATES]
)
def test_estimate(exists: int, uidnext: int | None, after: int, count: int) -> None:
    assert expected(Selected(7, uidnext, exists), after) == count


def test_status_and_log_tell_how_far_it_is(dovecot_house: House, caplog: pytest.LogCaptureFixture) -> None:
    config = dovecot_house.config()
    with dovecot_house.store() as store, caplog.at_level("INFO"):
        told = Backlog(config.mailboxes[0], store, 200_000, NOW)
        told.read(50_000, NOW + timedelta(seconds=100))
        facts = status_to_dict(store.overview(NOW), config)
        assert facts["mailboxes"][0]["backlog"] == {
            "done": 50_000, "total": 200_000, "per_second": 500.0, "seconds_left": 300,
            "updated": "2026-11-22T04:01:40Z",
        }  # fmt: skip
        assert "read 50,000 of about 200,000, 500 a second, 6m left" in "\n".join(_lines(facts, NOW))
        told.end(NOW + timedelta(seconds=400))
        assert status_to_dict(store.overview(NOW), config)["mailboxes"][0]["backlog"] is None
    assert "backlog_read mailbox=bounces done=50000 of=200000 per_second=500 left=0:05:00" in caplog.text
    assert "backlog_done mailbox=bounces read=50000 seconds=400" in caplog.text


def test_rate_of_nothing() -> None:
    assert BacklogState(10, 0, NOW, NOW).left is None
