"""`/api/v1/…` over HTTP, on a real state file: who asks before a mail is answered, and only who may ask."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.service.reviewed import bounce as reviewed_bounce
from tests.service.reviewed import config_of as reviewed_config
from tests.service.reviewed import meet
from tests.store.samples import NOW, change, event, fact, progress, record
from watcher.config.shape import Config
from watcher.decide.history import Act, Verb
from watcher.rules import reasons
from watcher.service.api import StateAnswers
from watcher.service.listing import Keeper
from watcher.service.policy import policy_of
from watcher.store import Store
from watcher.web.listener import Listener
from watcher.web.pages import MOST_ADDRESSES, PAGES, openapi


TOKEN = "token-of-this-test"
USER = "user@example.com"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state.db") as opened:
        yield opened


def config_of(path: Path, token: str | None = None) -> Config:
    mailbox = {"host": "imap.example.com", "username": "bounces@example.org", "password": "-"}
    http = {"listen": "127.0.0.1:0", "token": token}
    return Config.model_validate({"state": str(path), "mailboxes": [mailbox], "http": http})


@contextmanager
def asking(path: Path, token: str | None = None) -> Iterator["Asker"]:
    config = config_of(path, token)
    assert config.http is not None
    answers = StateAnswers(config, policy_of(config, reasons()))
    listener = Listener(config.http, tuple, answers)
    listener.start()
    try:
        yield Asker(listener.port)
    finally:
        listener.stop()


class Asker:
    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return self.ask("POST", path, json.dumps(body), {"content-type": "application/json", **headers})

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


def keeper(store: Store, path: Path) -> Keeper:
    return Keeper(store, policy_of(config_of(path), reasons()))


def test_whoever_asks_before_a_mail_is_told(store: Store, tmp_path: Path) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    store.record_batch(
        [
            record(1, suppressions=(change("User@example.com"),)),
            record(2, suppressions=(change("held@example.com", "quarantined", later),)),
            record(3, suppressions=(change("seen@example.com", "watch", later),)),
            record(4, suppressions=(change("over@example.com", "quarantined", NOW - timedelta(days=1)),)),
        ],
        progress(4),
        NOW,
    )
    since = "2026-11-22T04:19:00Z"
    expected = {
        "USER@EXAMPLE.COM": (True, "suppressed", "mailbox_not_found", since),
        "User <user@example.com>": (True, "suppressed", "mailbox_not_found", since),
        "held@example.com": (True, "quarantined", "mailbox_not_found", since),
        "seen@example.com": (False, "watch", "mailbox_not_found", since),
        "over@example.com": (False, "active", None, None),
        "never@example.com": (False, "active", None, None),
        "no address": (False, "active", None, None),
        "a/b+c@example.com": (False, "active", None, None),
    }
    names = ("suppressed", "state", "reason", "since")
    with asking(tmp_path / "state.db") as api:
        for address, values in expected.items():
            answer = {"address": address, **dict(zip(names, values, strict=True))}
            assert api.get(f"/api/v1/suppressions/{quote(address, safe='')}") == (200, answer)
        status, many = api.post("/api/v1/suppressions/check", {"addresses": list(expected)})
    assert (status, many["suppressed"]) == (200, 3)
    assert [each["address"] for each in many["results"]] == list(expected)


def test_what_changes_is_told_at_once(store: Store, tmp_path: Path) -> None:
    path = f"/api/v1/suppressions/{USER}"
    with asking(tmp_path / "state.db") as api:
        assert api.get(path)[1]["suppressed"] is False
        now = datetime.now(UTC)
        keeper(store, tmp_path).act(Act(USER, Verb.SUPPRESS, "manual", "manual", "manual", "ann", now), now)
        assert api.get(path)[1]["suppressed"] is True
        with store.transaction():  # a batch is being recorded
            assert api.get(path)[1]["suppressed"] is True


def test_the_list_comes_page_by_page(store: Store, tmp_path: Path) -> None:
    changes = tuple(change(f"{name}@example.com") for name in "cabed")
    store.record_batch([record(1, suppressions=changes)], progress(1), NOW)
    seen: list[str] = []
    with asking(tmp_path / "state.db") as api:
        after = ""
        while True:
            _, page = api.get(f"/api/v1/suppressions?limit=2&state=suppressed&after={quote(after)}")
            seen += [row["address"][0] for row in page["rows"]]
            if page["next"] is None:
                break
            after = page["next"]
        assert api.get("/api/v1/suppressions?state=banned")[1] == {"rows": [], "next": None}
    assert seen == list("abcde")


def test_an_address_is_told_with_its_whole_history(store: Store, tmp_path: Path) -> None:
    store.record_batch([record(1, facts=(fact(1),))], progress(1), NOW)
    with asking(tmp_path / "state.db") as api:
        status, known = api.get(f"/api/v1/recipients/{USER}")
        assert (status, known["hard"], len(known["facts"])) == (200, 1, 1)
        assert "event_id" in known["facts"][0]
        status, counts = api.get("/api/v1/status")
    assert (status, counts["mailboxes"][0]["name"], counts["deliveries"]) == (
        200,
        "bounces@example.org",
        {"due": 1, "dead": 0},
    )


def test_what_waits_for_a_person_is_told(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state.db") as opened:
        meet(opened, reviewed_config(tmp_path / "state.db", review_below=0.9), reviewed_bounce(USER))
    with asking(tmp_path / "state.db") as api:
        status, waiting = api.get("/api/v1/review")
        assert (status, [row["why"] for row in waiting["rows"]]) == (200, ["low_confidence"])
        number = waiting["rows"][0]["number"]
        status, item = api.get(f"/api/v1/review/{number}")
        assert (status, item["report"]["recipients"][0]["address"]) == (200, USER)
        assert api.get("/api/v1/review?resolved=true")[1] == {"rows": []}
        for absent in ("99", "none", "-1"):
            assert api.get(f"/api/v1/review/{absent}")[0] == 404


def test_events_and_their_deliveries_are_told(store: Store, tmp_path: Path) -> None:
    store.record_batch([record(1), record(2, events=(event(2, "other"),))], progress(2), NOW)
    with asking(tmp_path / "state.db") as api:
        rows = api.get("/api/v1/events?limit=10")[1]["rows"]
        assert [(row["event_id"], row["endpoint"], row["state"]) for row in rows] == [
            ("event-1", "app", "due"),
            ("event-2", "other", "due"),
        ]
        assert [row["event_id"] for row in api.get("/api/v1/events?endpoint=other")[1]["rows"]] == ["event-2"]
        assert api.get("/api/v1/events?state=dead&until=1d")[1] == {"rows": []}
        assert api.get("/api/v1/events?since=soon")[0] == 400
        assert api.get("/api/v1/events?state=deed") == (
            400, {"error": "state: 'deed' is none; did you mean dead?"}
        )  # fmt: skip
        assert api.get("/api/v1/events?type=bounce.hart")[0] == 400
        assert api.get("/api/v1/suppressions?state=dead")[0] == 400
        assert api.get("/api/v1/suppressions?reason=mailbox_not_fuond") == (
            400,
            {"error": "reason: 'mailbox_not_fuond' is none; did you mean mailbox_not_found?"},
        )
        assert api.get("/api/v1/suppressions?source=import:sendgird")[0] == 400
        assert api.get("/api/v1/suppressions?source=import:sendgrid&reason=mailbox_full") == (
            200,
            {"rows": [], "next": None},
        )
        assert api.get("/api/v1/events/event-2")[1]["rows"][0]["body"] == {}
        assert api.get("/api/v1/events/none")[0] == 404


def test_a_token_is_asked_for(store: Store, tmp_path: Path) -> None:
    with asking(tmp_path / "state.db", TOKEN) as api:
        for page in PAGES:
            path = page.path.replace("{address}", USER).replace("{number}", "1").replace("{event_id}", "x")
            assert api.ask(page.method, path, None, {})[0] == 401
        assert api.get(f"/api/v1/suppressions/{USER}", Authorization=f"Bearer {TOKEN}")[0] == 200
        assert api.get("/api/v1/status", Authorization="Bearer wrong")[0] == 401


def test_without_one_only_this_machine_is_answered(store: Store, tmp_path: Path) -> None:
    with asking(tmp_path / "state.db") as api:
        assert api.get("/api/v1/status", Host="evil.example")[0] == 403
        assert api.get("/api/v1/status", **{"X-Forwarded-For": "192.0.2.1"})[0] == 403


LOST = 'not understood; send {"addresses": ["user@example.com"]}'
REFUSED = [
    # Each case: what it shows, the body, the content type, the status, the answer.
    ("no JSON type", '{"addresses": []}', "text/plain", 415, "not JSON; send content-type: application/json"),
    ("no JSON", "{", "application/json", 400, LOST),
    ("a list alone", "[]", "application/json", 400, LOST),
    ("numbers", '{"addresses": [1]}', "application/json", 400, "addresses: not a list of texts"),
    ("too deep", "[" * 100_000, "application/json", 400, LOST),
    ("too many", json.dumps({"addresses": ["a"] * (MOST_ADDRESSES + 1)}), "application/json", 413,
     f"addresses: {MOST_ADDRESSES + 1} of them; ask for {MOST_ADDRESSES} at a time"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "answer"),
    [(body, kind, (status, {"error": error})) for _, body, kind, status, error in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_a_check_that_is_none_is_refused(
    tmp_path: Path, body: str, kind: str, answer: tuple[int, dict[str, str]]
) -> None:
    Store.open(tmp_path / "state.db").close()
    with asking(tmp_path / "state.db") as api:
        found = api.ask("POST", "/api/v1/suppressions/check", body, {"content-type": kind})
        assert found == answer
        assert api.get("/api/v1/suppressions?limit=0")[0] == 400
        assert api.get("/api/v1/nothing") == (404, {"error": "no such page; see /api/v1/openapi.json"})


def test_a_state_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with asking(tmp_path / "absent.db") as api:
        status, answer = api.get("/api/v1/status")
        assert (status, "absent.db: cannot be opened" in answer["error"]) == (503, True)
        Store.open(tmp_path / "absent.db").close()
        assert api.get("/api/v1/status")[0] == 200  # it recovers by itself


def test_the_openapi_page_tells_of_every_path(store: Store, tmp_path: Path) -> None:
    with asking(tmp_path / "state.db") as api:
        status, told = api.get("/api/v1/openapi.json")
    assert (status, told) == (200, json.loads(json.dumps(openapi())))
    assert set(told["paths"]) == {page.path for page in PAGES}
