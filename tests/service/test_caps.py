"""What plausible reports suppress is bounded by the hour in which they came; a backlog is no flood."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.crash.mails import failure
from tests.forgery.letters import FORGER, NOW, OURS, About, Report, Written, letter, token
from tests.forgery.site import Outcome, config, drive
from tests.service.house import House
from watcher.config.shape import Config
from watcher.service.once import run_once
from watcher.store.tallies import hour_of


def reports(count: int, apart: timedelta, *, domain: str = "", start: int = 0) -> list[Written]:
    names = [f"user{n}@{domain or f'host{n}.example'}" for n in range(start, start + count)]
    return [
        Report(
            about=(About(name),), original=letter(name, number), number=number, received=NOW + apart * place
        ).written()
        for place, (number, name) in enumerate(zip(range(start, start + count), names, strict=True))
    ]  # fmt: skip


def suppressed(outcome: Outcome) -> int:
    return sum(name == "suppression.added" for name, _ in outcome.events)


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return config(tmp_path, keys=False)


def test_flood_is_held(tmp_path: Path, settings: Config, caplog: pytest.LogCaptureFixture) -> None:
    outcome = drive(tmp_path / "state.db", settings, reports(30, timedelta(seconds=1)))
    with outcome.store:
        assert suppressed(outcome) == 20
        assert outcome.reviews == [None] * 20 + ["flood"] * 10
        assert outcome.filed == ["bounce.hard"] * 30
        assert sum(name == "bounce.hard" for name, _ in outcome.events) == 30
        assert sum(name == "review.needed" for name, _ in outcome.events) == 10
        held = outcome.history("user29@host29.example")
        assert (held.suppression, held.hard) == (None, 0)
    assert sum(line.startswith("suppressions_held mailbox=box") for line in caplog.messages) == 1


def test_backlog_is_none(tmp_path: Path, settings: Config) -> None:
    outcome = drive(tmp_path / "state.db", settings, reports(60, timedelta(minutes=4)))
    with outcome.store:
        assert suppressed(outcome) == 60


def test_a_first_backlog_is_none_however_dense(tmp_path: Path, settings: Config) -> None:
    mails = reports(60, timedelta(seconds=1))
    outcome = drive(tmp_path / "state.db", settings, mails, NOW + timedelta(days=1))
    with outcome.store:
        assert suppressed(outcome) == 60


def test_what_comes_once_there_is_a_watcher_is_no_backlog(tmp_path: Path, settings: Config) -> None:
    mails = reports(60, timedelta(seconds=1))
    outcome = drive(tmp_path / "state.db", settings, mails, NOW)
    with outcome.store:
        assert suppressed(outcome) == 20


def test_a_cap_of_ones_own_holds_for_a_first_backlog_too(tmp_path: Path) -> None:
    settings = config(tmp_path, keys=False, policy={"caps": {"per_domain": 4}})
    mails = reports(25, timedelta(seconds=1), domain="example.com")
    outcome = drive(tmp_path / "state.db", settings, mails, NOW + timedelta(days=1))
    with outcome.store:
        assert suppressed(outcome) == 4


def test_the_first_pass_over_a_mailbox_suppresses_all_that_bounced_in_one_hour(dovecot_house: House) -> None:
    house = dovecot_house
    told = [failure(f"gone{n}@host{n}.example", "550 5.1.1 user unknown", number=n) for n in range(30)]
    house.account.append(*told)
    time.sleep(1.0)  # INTERNALDATE has whole seconds
    with house.store() as store:
        run_once(house.config(), store, house.rules)
        before = store.overview(NOW).suppressed
        more = [
            failure(f"gone{n}@host{n}.example", "550 5.1.1 user unknown", number=n) for n in range(30, 60)
        ]
        house.account.append(*more)
        run_once(house.config(), store, house.rules)
        assert before == 30
        assert store.overview(NOW).suppressed < 60


def test_next_hour_has_its_own(tmp_path: Path, settings: Config) -> None:
    mails = reports(25, timedelta(seconds=1)) + [
        Written(mail.raw, mail.received + timedelta(hours=1))
        for mail in reports(25, timedelta(seconds=1), start=25)
    ]
    outcome = drive(tmp_path / "state.db", settings, mails)
    with outcome.store:
        assert suppressed(outcome) == 40


def test_cap_grows_with_the_week_before(tmp_path: Path, settings: Config) -> None:
    outcome = drive(tmp_path / "state.db", settings, [])
    with outcome.store as store:
        with store.transaction():
            for hour in range(1, 168):
                for _ in range(9):
                    tally(store, NOW - timedelta(hours=hour))
        assert store.tallies([("all", NOW)]) == {("all", hour_of(NOW)): (0, 1503)}
    outcome = drive(tmp_path / "state.db", settings, reports(30, timedelta(seconds=1)))
    with outcome.store:
        assert suppressed(outcome) == 3 * 1503 // 168


def tally(store: object, when: object) -> None:
    from watcher.store import tallies  # noqa: PLC0415

    with store._database.transaction() as sql:  # type: ignore[attr-defined]
        tallies.count(sql, [(name, when) for name in ("all", f"host:mail.{OURS}")])  # type: ignore[misc]


CAPS = [
    ("in all", {"per_hour": 3}, "", 3),
    ("of a domain", {"per_hour": 100, "per_domain": 4}, "example.com", 4),
    ("of many domains", {"per_hour": 100, "per_domain": 4, "per_host": 100}, "", 25),
    ("by a host", {"per_hour": 100, "per_host": 5}, "", 5),
    ("none at all", {"per_hour": 0}, "", 0),
]


@pytest.mark.parametrize(("caps", "domain", "count"), [c[1:] for c in CAPS], ids=[c[0] for c in CAPS])
def test_own_caps(tmp_path: Path, caps: dict[str, int], domain: str, count: int) -> None:
    settings = config(tmp_path, keys=False, policy={"caps": caps})
    outcome = drive(tmp_path / "state.db", settings, reports(25, timedelta(seconds=1), domain=domain))
    with outcome.store:
        assert suppressed(outcome) == count


def test_what_is_met_again_counts_once(tmp_path: Path) -> None:
    settings = config(tmp_path, keys=False, policy={"caps": {"per_hour": 2}})
    mails = reports(2, timedelta(seconds=1))
    outcome = drive(tmp_path / "state.db", settings, mails * 3)
    with outcome.store as store:
        assert store.tallies([("all", NOW)]) == {("all", hour_of(NOW)): (2, 0)}
        assert outcome.reviews == [None] * 6


def test_proven_reports_are_not_capped(tmp_path: Path) -> None:
    settings = config(tmp_path, keys=True, policy={"caps": {"per_hour": 0}})
    outcome = drive(tmp_path / "state.db", settings, [Report(to=token(FORGER)).written()])
    with outcome.store:
        assert suppressed(outcome) == 1


def test_where_all_are_trusted_nothing_is_capped(tmp_path: Path) -> None:
    settings = config(tmp_path, keys=False, authenticity={"mode": "off"}, policy={"caps": {"per_hour": 0}})
    outcome = drive(tmp_path / "state.db", settings, reports(2, timedelta(0)))
    with outcome.store:
        assert suppressed(outcome) == 2
