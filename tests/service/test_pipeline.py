"""Whatever was fetched, there is a reading of it, and a record of that."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crash.mails import failure
from tests.reader.rulebook import RULES
from watcher.config.shape import Config
from watcher.decide.history import History
from watcher.imap.session import Fetched
from watcher.model import Kind, Level
from watcher.service.pipeline import Past, Pipeline
from watcher.store import Store


NOW = datetime(2026, 11, 22, 4, 19, tzinfo=UTC)
HARD = failure("gone@example.com", "550 5.1.1 user unknown")
MAIL = Fetched(uid=4, raw=HARD, internal_date=NOW, size=len(HARD))
SECRET = "whsec_" + "c2FtcGxlIHNlY3JldCBvZiB0aGlydHktdHdvIGJ5dGU="


def config(**keys: object) -> Config:
    mailbox = {
        "name": "box",
        "host": "imap.example.com",
        "username": "bounces@lists.example.org",
        "password": "x",
    }
    webhook = {"name": "app", "url": "https://app.example.com/hook", "secret": SECRET}
    return Config.model_validate({"mailboxes": [mailbox], "webhooks": [webhook]} | keys)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(config(), RULES)


BOX = config().mailboxes[0]


def test_where_a_mail_was_met(pipeline: Pipeline) -> None:
    box = BOX.model_copy(update={"folder": "INBOX/Rückläufer 1"})
    reading = pipeline.read(box, 7, MAIL)
    assert reading.source == (
        "imap://bounces%40lists.example.org@imap.example.com/INBOX/R%C3%BCckl%C3%A4ufer%201;UIDVALIDITY=7/;UID=4"
    )
    assert (reading.key.mailbox, reading.key.uidvalidity, reading.key.uid) == ("box", 7, 4)


def test_the_domain_of_the_user_name_is_ours_until_others_are_named(pipeline: Pipeline) -> None:
    assert pipeline.read(BOX, 7, MAIL).report.authenticity.level is Level.PLAUSIBLE
    others = Pipeline(config(authenticity={"domains": ["example.net"]}), RULES)
    assert others.read(BOX, 7, MAIL).report.authenticity.level is Level.UNVERIFIED
    nameless = BOX.model_copy(update={"username": "bounces"})
    assert pipeline.read(nameless, 7, MAIL).report.authenticity.level is Level.UNVERIFIED


def test_a_mail_that_the_server_cannot_give_is_unreadable_and_told_apart(pipeline: Pipeline) -> None:
    lost = [Fetched(uid, None, NOW, 900, error="the server gives no body") for uid in (4, 5)]
    reports = [pipeline.read(BOX, 7, mail).report for mail in lost]
    assert [report.kind for report in reports] == [Kind.UNREADABLE] * 2
    assert reports[0].notes == ("the server gives no body",)
    assert reports[0].message.fingerprint != reports[1].message.fingerprint


def test_a_mail_read_in_part_says_so_with_its_whole_size(pipeline: Pipeline) -> None:
    mail = replace(MAIL, raw=HARD[:2000], size=50_000_000, truncated=True)
    report = pipeline.read(BOX, 7, mail).report
    assert report.message.size == 50_000_000
    assert report.notes[-1] == "larger than max_size, read in part"


def test_a_fault_of_the_reader_sets_the_mail_aside(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("about secret@example.com")

    monkeypatch.setattr("watcher.service.reading.authenticate", fail)
    with caplog.at_level("INFO"):
        report = pipeline.read(BOX, 7, MAIL).report
    assert (report.kind, report.notes) == (Kind.UNREADABLE, ("the reader failed: ValueError",))
    assert "message_unreadable mailbox=box uid=4 error=ValueError" in caplog.messages
    assert "secret@example.com" not in caplog.text


def test_mails_of_one_batch_know_of_each_other(pipeline: Pipeline) -> None:
    again = failure("gone@example.com", "550 5.1.1 user unknown", number=2)
    next_day = Fetched(5, again, NOW.replace(day=23), len(again))
    readings = [pipeline.read(BOX, 7, mail) for mail in (MAIL, next_day)]
    decided = pipeline.decide(BOX, readings, Past(lambda _: dict[str, History]()), NOW.replace(day=23))
    assert [[change.state for change in made.suppressions] for _, made in decided] == [
        ["quarantined"], ["suppressed"],
    ]  # fmt: skip


def test_addresses_that_are_no_text_can_be_stored(pipeline: Pipeline, tmp_path: Path) -> None:
    reading = pipeline.read(BOX, 7, MAIL)
    odd = replace(reading.report.recipients[0], address="go\udcffne@ex\udc80mple.com")
    original = replace(reading.report.original, message_id="<\udcff@x>")  # type: ignore[type-var]
    reading = replace(reading, report=replace(reading.report, recipients=(odd,), original=original))
    with Store.open(tmp_path / "state.db") as store:
        ((_, made),) = pipeline.decide(BOX, [reading], Past(store.histories), NOW)
        store.record_batch([pipeline.record(BOX, reading, made, NOW)], ("box", "INBOX", 7, 4), NOW)
        assert store.histories(["go?ne@ex?mple.com"])["go?ne@ex?mple.com"].facts == made.facts


def test_a_record_can_be_stored_and_holds_the_json(pipeline: Pipeline, tmp_path: Path) -> None:
    ((reading, made),) = pipeline.decide(BOX, [pipeline.read(BOX, 7, MAIL)], Past(lambda _: {}), NOW)
    entry = pipeline.record(BOX, reading, made, NOW)
    assert json.loads(entry.report_json)["source"] == reading.source
    assert (entry.filing, entry.target) == ("bounce.hard", "Bounces/Hard")
    assert {row.type for row in entry.events} == {"bounce.hard", "suppression.added"}
    assert all(len(row.body) < 20_000 for row in entry.events)
    with Store.open(tmp_path / "state.db") as store:
        store.record_batch([entry], ("box", "INBOX", 7, 4), NOW)
        assert store.histories(["gone@example.com"])["gone@example.com"].facts == made.facts
