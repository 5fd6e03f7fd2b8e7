"""Events leave the store for their endpoints at least once each, under one id and with the same bytes."""

import json
import logging
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.deliver.receiver import Answer, Received, Receiver
from tests.deliver.samples import SECRET, START, row, webhook
from watcher.config.webhook import Webhook
from watcher.deliver import lane
from watcher.deliver.circuit import OPENS_AFTER, WIDEST
from watcher.deliver.outbox import Deliverer
from watcher.store import Store
from watcher.store.delivery_records import OutboxRow


MINUTE = timedelta(minutes=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


@contextmanager
def delivering(store: Store, *webhooks: Webhook, **chance: Callable[[], Any]) -> Iterator[Deliverer]:
    deliverer = Deliverer(store, webhooks, **chance)
    deliverer.start()
    try:
        yield deliverer
    finally:
        deliverer.stop()


def drain(store: Store, *webhooks: Webhook, seconds: float = 20, **chance: Callable[[], Any]) -> None:
    """Deliver what is due as `once` does."""
    with delivering(store, *webhooks, **chance) as deliverer:
        deliverer.drain(chance.get("now", lambda: datetime.now(UTC))() + timedelta(seconds=seconds))


def rows(path: Path) -> list[dict[str, Any]]:
    """Give the outbox as it lies on the disk."""
    connection = sqlite3.connect(path)
    try:
        connection.row_factory = sqlite3.Row
        return [dict(found) for found in connection.execute("SELECT * FROM outbox ORDER BY id")]
    finally:
        connection.close()


def states(path: Path) -> dict[str, int]:
    return dict(Counter(found["state"] for found in rows(path)))


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def at_start() -> datetime:
    return START


def no_jitter() -> float:
    return 0.0


def test_what_is_due_is_delivered_once_and_as_it_was_queued(store: Store, path: Path) -> None:
    queued = [row(number) for number in range(100)]
    store.queue_events(queued, START)
    with Receiver() as receiver:
        drain(store, webhook(receiver.url))
    sent = {received.id: received.body for received in receiver.received}
    assert len(receiver.received) == 100
    assert sent == {event.event_id: event.body for event in queued}
    assert states(path) == {"delivered": 100}
    assert receiver.most_at_once <= WIDEST


def test_what_is_not_yet_due_waits(store: Store, path: Path) -> None:
    store.queue_events([row(1, due=datetime.now(UTC) + MINUTE)], START)
    with Receiver() as receiver:
        drain(store, webhook(receiver.url))
    assert receiver.received == []
    assert states(path) == {"due": 1}


def test_each_try_has_the_same_id_and_bytes_and_a_signature_of_its_own(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    clock = iter(START + timedelta(seconds=seconds) for seconds in range(1_000))
    with Receiver([Answer(500), Answer(503), Answer(200)]) as receiver:
        drain(store, webhook(receiver.url, retry=["0s", "0s", "0s"]), seconds=3_000, now=lambda: next(clock))
    assert [received.body for received in receiver.received] == [row(1).body] * 3
    assert receiver.ids == ["event-1"] * 3
    assert len({received.headers["webhook-timestamp"] for received in receiver.received}) == 3
    assert len({received.headers["webhook-signature"] for received in receiver.received}) == 3
    (found,) = rows(path)
    assert (found["state"], found["attempts"]) == ("delivered", 3)


def test_the_next_try_is_due_when_the_list_says(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with Receiver(Answer(500, text="boom")) as receiver:
        drain(store, webhook(receiver.url), now=at_start, jitter=no_jitter)
    (found,) = rows(path)
    assert (found["state"], found["attempts"], found["due"]) == ("due", 1, "2026-11-22T04:19:05.000000Z")
    assert found["last_error"].endswith("in trouble; tries go on — boom")


def test_after_the_last_try_it_is_dead_and_kept(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with Receiver(Answer(500)) as receiver:
        drain(store, webhook(receiver.url, retry=["0s", "0s"]))
    (found,) = rows(path)
    assert len(receiver.received) == 2
    assert (found["state"], found["attempts"], found["body"]) == ("dead", 2, row(1).body)
    assert "answered 500" in found["last_error"]


def test_429_puts_the_event_and_the_endpoint_off(store: Store, path: Path) -> None:
    store.queue_events([row(number) for number in range(40)], START)
    with Receiver(Answer(429, (("Retry-After", "120"),))) as receiver:
        drain(store, webhook(receiver.url), now=at_start, jitter=no_jitter)
    asked = [found for found in rows(path) if found["attempts"]]
    assert len(asked) == len(receiver.received) == 1  # nobody asks a stranger for much at once
    assert {found["due"] for found in asked} == {"2026-11-22T04:21:00.000000Z"}
    assert states(path) == {"due": 40}


def test_410_pauses_the_endpoint_and_keeps_its_events_due(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with Receiver([Answer(410), Answer(200)]) as receiver:
        endpoint = webhook(receiver.url)
        with delivering(store, endpoint) as deliverer:
            deliverer.drain(datetime.now(UTC) + MINUTE)
            store.queue_events([row(2)], START)
            deliverer.drain(datetime.now(UTC) + MINUTE)
            (problem,) = deliverer.problems()
        assert receiver.ids == ["event-1"]
        assert "410; the application wants no more events; paused and kept" in problem
        assert problem.endswith("see: bounce-watcher events resume app")
        assert states(path) == {"due": 2}
        drain(store, endpoint)  # a restart changes nothing
        assert receiver.ids == ["event-1"]
        assert store.resume("app")
        drain(store, endpoint)
    assert sorted(receiver.ids) == ["event-1", "event-1", "event-2"]
    assert states(path) == {"delivered": 2}


def test_a_paused_endpoint_is_tried_again_once_its_config_is_another(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with Receiver([Answer(410), Answer(200)]) as receiver:
        drain(store, webhook(receiver.url))
        drain(store, webhook(f"{receiver.url}&mended=yes"))
    assert receiver.ids == ["event-1"] * 2
    assert states(path) == {"delivered": 1}
    assert store.pauses() == {}


def test_an_endpoint_that_keeps_failing_is_left_alone(store: Store, path: Path) -> None:
    store.queue_events([row(number) for number in range(50)], START)
    with Receiver(Answer(500)) as receiver, delivering(store, webhook(receiver.url)) as deliverer:
        deliverer.drain(datetime.now(UTC) + MINUTE)
        tried = len(receiver.received)
        assert OPENS_AFTER <= tried < WIDEST + OPENS_AFTER
        deliverer.drain(datetime.now(UTC) + MINUTE)
        assert len(receiver.received) == tried
        assert "answered 500" in deliverer.problems()[0]
    assert sum(found["attempts"] for found in rows(path)) == tried
    assert states(path) == {"due": 50}


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, wait=60)], ids=["fails", "hangs"])
def test_one_bad_endpoint_holds_up_no_other(store: Store, path: Path, answer: Answer) -> None:
    store.queue_events([row(number, endpoint) for number in range(50) for endpoint in ("bad", "good")], START)
    with Receiver(answer) as bad, Receiver() as good:
        endpoints = (webhook(bad.url, name="bad"), webhook(good.url, name="good"))
        with delivering(store, *endpoints) as deliverer:
            until(lambda: len(good.received) == 50)
            deliverer.stop(grace=0.1)
    by_endpoint = Counter((found["endpoint"], found["state"]) for found in rows(path))
    assert by_endpoint == {("good", "delivered"): 50, ("bad", "due"): 50}


def test_events_of_an_endpoint_that_the_config_no_longer_names_are_kept_and_told(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.queue_events([row(1), row(2, "gone"), row(3, "gone")], START)
    with Receiver() as receiver, caplog.at_level(logging.WARNING):
        drain(store, webhook(receiver.url))
    assert receiver.ids == ["event-1"]
    assert states(path) == {"delivered": 1, "due": 2}
    assert "webhook_unknown endpoint=gone waiting=2 kept=yes" in caplog.messages


def test_the_log_names_events_and_never_what_the_endpoint_wrote(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.queue_events([row(1)], START)
    with Receiver(Answer(500, text="no user@example.com here")) as receiver, caplog.at_level(logging.INFO):
        drain(store, webhook(receiver.url))
    (told,) = [message for message in caplog.messages if message.startswith("delivery_failed")]
    assert "event=event-1 type=bounce.hard endpoint=app try=1" in told
    assert "user@example.com" not in caplog.text
    assert "in-the-url" not in caplog.text


def test_wake_sends_at_once(store: Store) -> None:
    with Receiver() as receiver, delivering(store, webhook(receiver.url)) as deliverer:
        deliverer.drain(datetime.now(UTC) + MINUTE)
        store.queue_events([row(1)], START)
        deliverer.wake()
        until(lambda: receiver.ids == ["event-1"], 5)


def test_a_later_try_needs_no_wake(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with (
        Receiver([Answer(500), Answer(200)]) as receiver,
        delivering(store, webhook(receiver.url, retry=["0s", "1s"])),
    ):
        until(lambda: states(path) == {"delivered": 1}, 5)
    assert receiver.ids == ["event-1"] * 2


def test_drain_ends_at_its_deadline(store: Store) -> None:
    store.queue_events([row(1)], START)
    with Receiver(Answer(wait=60)) as receiver, delivering(store, webhook(receiver.url)) as deliverer:
        started = time.monotonic()
        deliverer.drain(datetime.now(UTC) + timedelta(seconds=0.5))
        assert 0.4 < time.monotonic() - started < 3
        deliverer.stop(grace=0)


def test_stop_lets_what_is_on_its_way_finish(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with Receiver(Answer(wait=0.5)) as receiver:
        with delivering(store, webhook(receiver.url)):
            until(lambda: len(receiver.received) == 1)
            started = time.monotonic()
        assert time.monotonic() - started < 2
        assert states(path) == {"delivered": 1}


def test_after_a_stop_in_the_middle_the_same_event_is_sent_again(path: Path) -> None:
    with Receiver([Answer(wait=60), Answer(200)]) as receiver:
        endpoint = webhook(receiver.url)
        with Store.open(path) as store, delivering(store, endpoint) as deliverer:
            store.queue_events([row(1)], START)
            deliverer.wake()
            until(lambda: len(receiver.received) == 1)
            deliverer.stop(grace=0.1)
        assert states(path) == {"due": 1}
        with Store.open(path) as store:
            drain(store, endpoint)
            assert len(receiver.received) == 1  # under its lease
            store.claim()
            drain(store, endpoint)
    assert receiver.ids == ["event-1"] * 2
    assert receiver.received[0].body == receiver.received[1].body
    assert states(path) == {"delivered": 1}


def test_a_lease_that_runs_out_is_as_good_as_a_restart(store: Store, path: Path) -> None:
    store.queue_events([row(1)], START)
    with Receiver([Answer(wait=60), Answer(200)]) as receiver:
        endpoint = webhook(receiver.url)
        with delivering(store, endpoint, now=at_start) as deliverer:
            until(lambda: len(receiver.received) == 1)
            deliverer.stop(grace=0)
        drain(store, endpoint, now=lambda: START + 2 * MINUTE)
    assert receiver.ids == ["event-1"] * 2
    assert states(path) == {"delivered": 1}


CHILD = """
import json, sys
from datetime import UTC, datetime, timedelta
from watcher.config.webhook import Webhook
from watcher.deliver.outbox import Deliverer
from watcher.store import Store
path, keys = sys.argv[1], json.loads(sys.argv[2])
with Store.open(path) as store:
    store.claim()
    deliverer = Deliverer(store, [Webhook.model_validate(keys)])
    deliverer.drain(datetime.now(UTC) + timedelta(seconds=20))
    deliverer.stop()
"""


def test_a_process_killed_between_the_answer_and_the_mark_sends_the_event_again(
    store: Store, path: Path
) -> None:
    store.queue_events([row(1), row(2)], START)
    children: list[subprocess.Popen[bytes]] = []
    born = threading.Event()

    def kill_the_first(_: Received) -> Answer:
        born.wait(5)
        if len(children) == 1:
            children[0].kill()
            children[0].wait()
        return Answer(200)

    with Receiver(kill_the_first) as receiver:
        keys = json.dumps({"name": "app", "url": receiver.url, "secret": SECRET})
        command = [sys.executable, "-c", CHILD, str(path), keys]
        children.append(subprocess.Popen(command))
        born.set()
        assert children[0].wait(20) != 0
        assert states(path) == {"due": 2}
        children.append(subprocess.Popen(command))
        assert children[1].wait(20) == 0
    assert states(path) == {"delivered": 2}
    assert set(receiver.ids) == {"event-1", "event-2"}
    assert len(receiver.ids) > 2
    assert len({received.body for received in receiver.received}) == 2


def test_two_deliverers_on_one_store_lose_nothing_and_send_nothing_twice(store: Store, path: Path) -> None:
    store.queue_events([row(number) for number in range(300)], START)
    with Receiver(Answer(wait=0.005)) as receiver, Store.open(path) as other:
        endpoint = webhook(receiver.url)
        with delivering(store, endpoint), delivering(other, endpoint):
            until(lambda: states(path) == {"delivered": 300}, 30)
    assert Counter(receiver.ids) == {f"event-{number}": 1 for number in range(300)}


def test_a_store_that_cannot_be_used_for_a_while_ends_nothing(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "AFTER_TROUBLE", 0.1)
    store.queue_events([row(1)], START)
    other = sqlite3.connect(path, isolation_level=None)
    with Receiver() as receiver, delivering(store, webhook(receiver.url)) as deliverer:
        deliverer.drain(datetime.now(UTC) + MINUTE)
        store.queue_events([row(2)], START)
        other.execute("BEGIN IMMEDIATE")
        deliverer.wake()
        until(lambda: "another process holds it" in "".join(deliverer.problems()))
        other.execute("ROLLBACK")
        until(lambda: states(path) == {"delivered": 2})
        until(lambda: deliverer.problems() == ())
    other.close()


def test_a_file_that_is_missing_at_the_start_is_waited_for(
    store: Store, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "AFTER_TROUBLE", 0.1)
    store.queue_events([row(1)], START)
    ca_file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(ca_file))
    with Receiver() as receiver:
        endpoint = webhook(receiver.url, ca_file=str(ca_file))
        content = ca_file.read_bytes()
        ca_file.unlink()
        with delivering(store, endpoint) as deliverer:
            until(lambda: "no such file or directory" in "".join(deliverer.problems()))
            deliverer.drain(datetime.now(UTC) + MINUTE)
            ca_file.write_bytes(content)
            until(lambda: states(path) == {"delivered": 1})
            assert deliverer.problems() == ()


def test_without_webhooks_there_is_nothing_to_do(store: Store) -> None:
    store.queue_events([OutboxRow("event-1", "app", "bounce.hard", b"{}", START)], START)
    drain(store)
    assert store.waiting() == {"app": 1}


def test_start_and_stop_may_be_called_twice_and_again(store: Store) -> None:
    deliverer = Deliverer(store, [webhook("http://127.0.0.1:9/")])
    deliverer.wake()
    deliverer.stop()
    for _ in range(2):
        deliverer.start()
        deliverer.start()
        deliverer.stop()
        deliverer.stop()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("deliver")] == []


def test_a_clock_that_jumps_sends_nothing_again_that_is_not_yet_written_down(
    store: Store, path: Path
) -> None:
    store.queue_events([row(number) for number in range(1_000)], START)
    hours = count()
    with (
        Receiver() as receiver,
        delivering(
            store, webhook(receiver.url), now=lambda: START + timedelta(hours=next(hours))
        ) as deliverer,
    ):

        def is_done() -> bool:
            deliverer.wake()
            return states(path) == {"delivered": 1_000}

        until(is_done, 30)
    assert Counter(receiver.ids).most_common(1) == [(receiver.received[0].id, 1)]
