"""One pass reads, files and tells; a dry one only says what it would do."""

import hashlib
import json
import os
import shutil
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.crash.mails import every_kind, failure, ordinary
from tests.deliver.receiver import Answer, Received
from tests.servers.ports import free_ports
from tests.service.house import House
from watcher.config.mailbox import Mailbox
from watcher.decide.decision import decide
from watcher.errors import ServerError, SignInError, StoreError
from watcher.imap.session import Selected, Session
from watcher.service.once import dry_run, run_once
from watcher.service.pipeline import Pipeline, Reading
from watcher.store import Store
from watcher.store.records import MessageRecord


HARD = failure("gone@example.com", "550 5.1.1 user unknown")


def once(house: House) -> int:
    with house.store() as store:
        return run_once(house.config(), store, house.rules)


def types(house: House) -> Counter[str]:
    return Counter(json.loads(hook.body)["type"] for hook in house.receiver.received)


def test_a_pass_files_and_tells(house: House) -> None:
    house.account.append(*every_kind())
    assert once(house) == 0
    assert house.counts() == {
        "INBOX": 2, "Bounces/Hard": 3, "Bounces/Soft": 1, "Bounces/Block": 1,
        "Delays": 1, "Auto-replies": 1, "Complaints": 1, "Review": 1,
    }  # fmt: skip
    assert types(house)["bounce.hard"] == 3
    assert house.account.flags() == [set(), set()]


def test_a_second_pass_reads_only_what_is_new(house: House) -> None:
    house.account.append(HARD, ordinary(1))
    once(house)
    house.account.append(failure("nobody@example.net", "550 5.1.1 no such user", number=2))
    once(house)
    assert house.counts() == {"INBOX": 1, "Bounces/Hard": 2}
    assert types(house) == {"bounce.hard": 2, "suppression.added": 2}


def test_a_pass_ends_with_a_line_that_sums_it_up(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "watcher.service.once")
    house.account.append(HARD, ordinary(1))
    once(house)
    assert caplog.messages[-1] == "pass_done read=2 filed=1 delivered=2 due=0 failed=0"
    once(house)
    assert caplog.messages[-1] == "pass_done read=0 filed=0 delivered=0 due=0 failed=0"
    house.account.append(failure("nobody@example.net", "550 5.1.1 no such user", number=2))
    house.receiver.plan = Answer(500)
    once(house)
    assert caplog.messages[-1] == "pass_done read=1 filed=1 delivered=0 due=2 failed=1"


def test_an_endpoint_gets_what_it_asked_for(house: House) -> None:
    house.webhook = {"events": ["bounce.soft"]}
    house.account.append(HARD, failure("full@example.com", "452 4.2.2 over quota", number=2))
    once(house)
    assert types(house) == {"bounce.soft": 1}


def test_an_endpoint_of_another_mailbox_gets_nothing(house: House) -> None:
    here, there = (
        {"name": "bounces", **_mailbox(house)},
        {"name": "other", **_mailbox(house), "folder": "Other"},
    )
    house.keys = {"mailboxes": [here, there]}
    house.webhook = {"mailboxes": ["other"]}
    house.account.append(HARD)
    house.account.append(ordinary(1), folder="Other")
    assert once(house) == 0
    assert types(house) == {}


def _mailbox(house: House) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": house.account.server.imap_port,
        "tls": "none",
        "username": house.account.user,
        "password": house.account.server.password,
    }


@pytest.mark.failure(23)
def test_the_same_mail_twice_is_filed_twice_and_told_once(house: House) -> None:
    house.account.append(HARD, HARD)
    once(house)
    house.account.append(HARD)
    once(house)
    assert house.counts() == {"Bounces/Hard": 3}
    assert types(house) == {"bounce.hard": 1, "suppression.added": 1}


def test_null_leaves_and_delete_removes(house: House) -> None:
    house.mailbox = {"folders": {"bounce.hard": None, "bounce.soft": "delete"}}
    house.account.append(HARD, failure("full@example.com", "452 4.2.2 over quota", number=2))
    assert once(house) == 0
    assert house.counts() == {"INBOX": 1}


@pytest.mark.failure(40)
def test_a_folder_that_cannot_be_used_holds_up_no_other(dovecot_house: House) -> None:
    house = dovecot_house
    house.mailbox = {"folders": {"bounce.hard": "../Hard"}}
    house.account.append(HARD, failure("full@example.com", "452 4.2.2 over quota", number=2))
    assert once(house) == 3
    assert house.counts() == {"INBOX": 1, "Bounces/Soft": 1}
    house.mailbox = {"folders": {"bounce.hard": "Hard"}}
    assert once(house) == 0  # the config was mended
    assert house.counts() == {"Hard": 1, "Bounces/Soft": 1}
    assert types(house)["bounce.hard"] == 1


def test_a_server_that_is_down_is_told_after_all_others_are_served(house: House) -> None:
    down = {**_mailbox(house), "name": "down", "port": free_ports(1)[0]}
    house.keys = {"mailboxes": [down, {"name": "bounces", **_mailbox(house)}]}
    house.account.append(HARD)
    assert once(house) == 3
    assert house.counts() == {"Bounces/Hard": 1}
    assert types(house)["bounce.hard"] == 1
    with house.store() as store:
        health = {mailbox.name: mailbox for mailbox in store.overview(datetime.now(UTC)).mailboxes}
    assert health["down"].error
    assert health["bounces"].error is None


def test_a_fault_of_our_own_holds_up_no_other_mailbox(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    wait = Session.select

    def select(session: Session, **options: bool) -> Selected:
        if session._mailbox.name == "broken":
            raise RuntimeError("a fault of our own")
        return wait(session, **options)

    monkeypatch.setattr(Session, "select", select)
    broken = {**_mailbox(house), "name": "broken", "folder": "Other"}
    house.keys = {"mailboxes": [broken, {"name": "bounces", **_mailbox(house)}]}
    house.account.append(HARD)
    assert once(house) == 3
    assert house.counts() == {"Bounces/Hard": 1}
    assert types(house)["bounce.hard"] == 1


def test_an_endpoint_that_refuses_is_told(house: House) -> None:
    house.webhook = {"url": f"http://127.0.0.1:{free_ports(1)[0]}/"}
    house.account.append(HARD)
    assert once(house) == 3
    assert house.counts() == {"Bounces/Hard": 1}


def test_what_an_endpoint_answers_stays_out_of_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.receiver.plan = Answer(500, text="cannot take gone@example.com")
    house.account.append(HARD)
    assert once(house) == 3
    assert any("endpoint_failing" in line and "answered 500" in line for line in caplog.messages)
    assert "gone@example.com" not in caplog.text


def test_two_at_a_time_are_refused(house: House) -> None:
    with house.store() as other:
        other.claim()
        with pytest.raises(StoreError, match="another bounce-watcher uses it"):
            once(house)


@pytest.mark.failure(21)
def test_a_renumbered_folder_is_read_anew_filed_and_not_told_again(dovecot_house: House) -> None:
    house = dovecot_house
    house.mailbox = {"folder": "In"}
    house.account.append(HARD, ordinary(1), folder="In")
    once(house)
    with house.account.server.client(house.account.user) as client:
        client.delete_folder("In")
    house.account.append(HARD, failure("nobody@example.net", "550 5.1.1 no such user", number=2), folder="In")
    once(house)
    assert house.counts() == {"Bounces/Hard": 3}
    assert types(house)["bounce.hard"] == 2


@pytest.mark.failure(22)
def test_a_mailbox_put_back_from_a_backup_is_read_anew(dovecot_house: House, tmp_path: Path) -> None:
    house = dovecot_house
    house.account.append(HARD, *map(ordinary, range(4)))
    with house.account.server.client(house.account.user) as client:  # the first to look gives the UIDs
        client.select_folder("INBOX")
    maildir = house.account.server.directory / "mail" / house.account.user / "Maildir"
    shutil.copytree(maildir, tmp_path / "backup")
    house.account.append(*map(ordinary, range(4, 8)))
    once(house)
    _put_back(tmp_path / "backup", maildir)
    other = failure("nobody@example.net", "550 5.1.1 no such user", number=2)
    house.account.append(other)  # under a UID that was read as another mail
    assert len(list(dry_run(house.config(), house.rules))) == 6
    once(house)
    assert house.counts() == {"INBOX": 4, "Bounces/Hard": 2}
    assert types(house)["bounce.hard"] == 2


def _put_back(backup: Path, maildir: Path) -> None:
    owner = maildir.stat()
    shutil.rmtree(maildir)
    shutil.copytree(backup, maildir)
    for path in [maildir, *maildir.rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid)


def test_a_state_file_that_was_removed_takes_no_more_mail(house: House) -> None:
    house.account.append(HARD)
    with house.store() as store:
        house.state.unlink()
        with pytest.raises(StoreError, match="removed or replaced while in use; restart"):
            run_once(house.config(), store, house.rules)
    assert house.counts() == {"INBOX": 1}
    assert once(house) == 0
    assert house.counts() == {"Bounces/Hard": 1}


def test_an_address_is_told_once_when_its_quarantine_is_over(dovecot_house: House) -> None:
    house = dovecot_house
    house.keys = {"policy": {"quarantine": "4s"}}
    house.account.append(HARD)
    once(house)
    with house.store() as store:
        assert store.histories(["gone@example.com"])["gone@example.com"].suppression is not None
    time.sleep(4.5)
    once(house)
    once(house)
    assert types(house)["suppression.removed"] == 1
    told = next(
        event for event in map(_event, house.receiver.received) if event["type"] == "suppression.removed"
    )
    assert told["data"]["recipient"]["address"] == "gone@example.com"
    assert told["data"]["history"]["hard"] == 1
    assert told["data"]["history"]["suppression"] == {
        "state": None, "since": None, "until": None, "changed": True,
    }  # fmt: skip
    house.account.append(HARD)  # a mail known already sets nothing aside again
    once(house)
    assert types(house)["suppression.added"] == 1
    with house.store() as store:
        assert store.histories(["gone@example.com"])["gone@example.com"].suppression is None


def _event(hook: Received) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(hook.body)
    return event


def test_a_pass_drops_what_is_past_its_time(dovecot_house: House) -> None:
    house = dovecot_house
    house.keys = {"retention": {"facts": "1s", "delivered_events": None}}
    house.account.append(HARD)
    once(house)
    time.sleep(1.2)
    once(house)
    with house.store() as store:
        assert store.histories(["gone@example.com"])["gone@example.com"].facts == ()


def test_older_mail_is_left_alone(dovecot_house: House) -> None:
    house = dovecot_house
    house.mailbox = {"since": "2999-01-01"}
    house.account.append(HARD)
    assert once(house) == 0
    assert house.counts() == {"INBOX": 1}
    assert types(house) == {}


def test_the_results_file_has_every_message(house: House) -> None:
    results = house.directory / "results.jsonl"
    house.keys = {"results": str(results)}
    house.account.append(*every_kind())
    once(house)
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    assert len(lines) == len(every_kind())
    assert lines[0]["source"].startswith(f"imap://{house.account.user}@127.0.0.1/INBOX;UIDVALIDITY=")


def test_results_that_cannot_be_written_are_an_error_of_the_store_and_come_later(house: House) -> None:
    results = house.directory / "missing" / "results.jsonl"
    house.keys = {"results": str(results)}
    house.account.append(HARD)
    with pytest.raises(StoreError, match=r"results\.jsonl: no such file or directory; make room"):
        once(house)
    results.parent.mkdir()
    assert once(house) == 0
    assert len(results.read_text().splitlines()) == 1
    assert house.counts() == {"Bounces/Hard": 1}


def test_dry_run_says_what_would_be_done_and_changes_nothing(house: House) -> None:
    house.account.append(*every_kind())
    before = house.account.mails()
    lines = [json.loads(line) for line in dry_run(house.config(), house.rules)]
    assert house.account.mails() == before
    assert house.account.flags() == [set()] * len(every_kind())
    assert not house.state.exists()
    assert len(lines) == len(every_kind())
    would = {line["message"]["message_id"]: line["would"] for line in lines}
    assert would["<report1@mail.lists.example.org>"]["folder"] == "Bounces/Hard"
    assert would["<report1@mail.lists.example.org>"]["events"] == ["bounce.hard", "suppression.added"]
    (suppression,) = would["<report1@mail.lists.example.org>"]["suppression"]
    assert (suppression["address"], suppression["state"]) == ("gone@example.com", "quarantined")
    assert would["<letter1@example.net>"] == {"folder": None, "events": [], "suppression": []}
    assert house.receiver.received == []


def test_dry_run_goes_on_from_the_store_and_leaves_it_alone(house: House) -> None:
    house.account.append(HARD, ordinary(1))
    once(house)
    house.account.append(failure("nobody@example.net", "550 5.1.1 no such user", number=2))
    before = _digest(house.state)
    lines = [json.loads(line) for line in dry_run(house.config(), house.rules)]
    assert [line["recipients"][0]["address"] for line in lines] == ["nobody@example.net"]
    assert _digest(house.state) == before


def test_dry_run_tells_a_fault_after_the_rest(house: House) -> None:
    down = {**_mailbox(house), "name": "down", "folder": "Other", "password": "wrong"}
    house.keys = {"mailboxes": [down, {"name": "bounces", **_mailbox(house)}]}
    house.account.append(HARD)
    lines = []
    with pytest.raises(ServerError) as caught:
        lines.extend(dry_run(house.config(), house.rules))
    assert caught.type is SignInError
    assert len(lines) == 1


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_mail_that_the_core_cannot_take_is_set_aside(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError("a fault of our own")

    monkeypatch.setattr("watcher.service.pipeline.decide", _once_broken(broken))
    house.account.append(HARD, failure("nobody@example.net", "550 5.1.1 no such user", number=2))
    assert once(house) == 0
    assert house.counts() == {"Review": 1, "Bounces/Hard": 1}
    assert types(house)["review.needed"] == 1
    with Store.open(house.state, readonly=True) as store:
        assert store.overview(datetime.now(UTC)).review == 1


def test_a_mail_that_no_row_can_be_made_of_is_set_aside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Pipeline.record

    def broken(pipeline: Pipeline, mailbox: Mailbox, reading: Reading, *rest: Any) -> MessageRecord:
        if any(recipient.address == "nobody@example.net" for recipient in reading.report.recipients):
            raise UnicodeError("a fault of our own")
        return record(pipeline, mailbox, reading, *rest)

    monkeypatch.setattr(Pipeline, "record", broken)
    house.account.append(*every_kind())
    assert once(house) == 0
    assert house.counts()["Review"] == 2
    assert house.counts()["Bounces/Hard"] == types(house)["bounce.hard"] == 2
    assert once(house) == 0
    assert sum(house.counts().values()) == len(every_kind())


def _once_broken(broken):
    faults = [broken]

    def choose(*arguments):
        return faults.pop()(*arguments) if faults else decide(*arguments)

    return choose
