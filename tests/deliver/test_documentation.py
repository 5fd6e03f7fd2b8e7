"""docs/webhooks.md shows what is really sent: the example is a mail's event, the tables are the code's."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.deliver.samples import OTHER_SECRET, SECRET
from tests.reader.rulebook import RULES
from watcher.config.events import EVENT_TYPES
from watcher.config.shape import Config
from watcher.config.webhook import Webhook
from watcher.deliver.signature import sign
from watcher.imap.session import Fetched
from watcher.service.pipeline import Past, Pipeline


DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
MAIL = Path(__file__).with_name("documented.eml").read_bytes()
_BETTER = {"confidence", "evidence", "checks"}
RECEIVED = datetime(2026, 11, 22, 4, 19, 2, tzinfo=UTC)


def sent() -> bytes:
    """Give the body that the example's mail leads to, by the way that every mail goes."""
    mailbox = {
        "name": "bounces",
        "host": "imap.example.org",
        "username": "bounces@example.org",
        "password": "-",
    }
    hook = {"url": "https://app.example.com/hooks", "secret": SECRET}
    config = Config.model_validate({"mailboxes": [mailbox], "webhooks": [hook]})
    pipeline = Pipeline(config, RULES)
    fetched = Fetched(uid=1, raw=MAIL, internal_date=RECEIVED, size=len(MAIL), truncated=False, error=None)
    readings = [pipeline.read(config.mailboxes[0], 1, fetched)]
    ((reading, decision),) = pipeline.decide(config.mailboxes[0], readings, Past(lambda _: {}), RECEIVED)
    rows = pipeline.record(config.mailboxes[0], reading, decision, RECEIVED).events
    return next(row.body for row in rows if row.type == "bounce.hard")


def example() -> dict[str, Any]:
    found = re.search(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found is not None
    event: dict[str, Any] = json.loads(found[1])
    return event


def keys(value: Any, place: str = "") -> list[str]:
    """Give the path of every key, in order."""
    if place.endswith(".checks"):
        return []
    if isinstance(value, dict):
        paths = ((f"{place}.{key}", item) for key, item in value.items())
        return [found for path, item in paths for found in [path, *keys(item, path)]]
    if isinstance(value, list):
        return [path for item in value[:1] for path in keys(item, f"{place}[]")]
    return []


def facts(value: Any) -> Any:
    """Leave out how sure the reader is and why: both get better by the release."""
    if isinstance(value, dict):
        return {key: facts(item) for key, item in value.items() if key not in _BETTER}
    return [facts(item) for item in value] if isinstance(value, list) else value


def test_the_example_is_what_is_sent() -> None:
    body = json.loads(sent())
    assert keys(example()) == keys(body)
    assert facts(example()) == facts(body)


def test_the_example_s_headers_are_those_of_a_try() -> None:
    headers = dict(re.findall(r"^(webhook-[a-z]+): (.*)$", DOCUMENT, re.MULTILINE))
    signed = sign([SECRET], example()["data"]["event_id"], int(headers["webhook-timestamp"]), b"")
    assert list(headers) == list(signed)
    assert headers["webhook-id"] == signed["webhook-id"]
    assert re.fullmatch(r"v1,[A-Za-z0-9+/]{43}=", headers["webhook-signature"])


def test_every_event_is_named() -> None:
    named = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)`", DOCUMENT, re.MULTILINE))
    assert named == set(EVENT_TYPES)


def test_the_table_of_tries_is_the_default() -> None:
    retry: tuple[timedelta, ...] = Webhook.model_fields["retry"].default
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)
    units = {"s": "seconds", "min": "minutes", "h": "hours"}

    def parsed(text: str) -> timedelta:
        words = text.split()
        pairs = zip(words[::2], words[1::2], strict=True)
        return sum((timedelta(**{units[unit]: float(count)}) for count, unit in pairs), timedelta())

    assert [int(number) for number, _, _ in rows] == list(range(1, len(retry) + 1))
    assert [parsed(wait) for _, wait, _ in rows] == list(retry)
    assert [parsed(total) for _, _, total in rows] == [
        sum(retry[: n + 1], timedelta()) for n in range(len(retry))
    ]


def test_the_python_shown_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The receiver of the document takes a genuine event once, and refuses a changed one."""
    (source,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    names: dict[str, Any] = {}
    exec(compile(source, "webhooks.md", "exec"), names)
    bounced = sent()
    added = json.dumps(json.loads(bounced) | {"type": "suppression.added"}).encode()
    told = []
    for event_id, body in (("1", bounced), ("2", added)):
        headers = sign([SECRET], event_id, int(datetime.now(UTC).timestamp()), body)
        assert names["receive"](headers, body) == 204
        assert names["receive"](headers, body) == 204
        assert names["receive"](headers, body + b" ") == 401
        told.append(list(names["dead_addresses"]))
    assert told == [[], ["user@example.com"]]


def test_the_javascript_shown_runs(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    (source,) = re.findall(r"```js\n(.*?)```", DOCUMENT, re.DOTALL)
    script = tmp_path / "verify.js"
    script.write_text(
        f"{source}\nconst [secret, headers, body] = process.argv.slice(2);\n"
        "process.exit(isGenuine(secret, JSON.parse(headers), Buffer.from(body)) ? 0 : 1);\n"
    )
    body = sent()
    now = int(datetime.now(UTC).timestamp())

    def is_genuine(headers: dict[str, str], body: bytes) -> bool:
        command = [node, str(script), SECRET, json.dumps(headers), body.decode()]
        return subprocess.run(command, timeout=30, check=False).returncode == 0

    assert is_genuine(sign([SECRET], "event-1", now, body), body)
    assert is_genuine(sign([OTHER_SECRET, SECRET], "event-1", now, body), body)
    assert not is_genuine(sign([SECRET], "event-1", now, body), body + b" ")
    assert not is_genuine(sign([OTHER_SECRET], "event-1", now, body), body)
    assert not is_genuine(sign([SECRET], "event-1", now - 301, body), body)
