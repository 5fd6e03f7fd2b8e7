"""docs/shapes.md shows what is really sent in each form, for the mail of docs/webhooks.md."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.deliver.test_documentation import facts, sent
from tests.deliver.test_shapes import NOW, SIGNING_KEY, hook
from watcher.config.events import EVENT_TYPES
from watcher.config.webhook import Webhook
from watcher.deliver.parcel import Packer, parcel_of
from watcher.deliver.shapes.shape import carried, shape
from watcher.deliver.shapes.standard import decode


DOCUMENT = (Path(__file__).parents[2] / "docs" / "shapes.md").read_text()
FORMS = ("cloudevents", "postmark", "mailgun", "sendgrid", "listmonk")
OTHERS = ("postmark", "mailgun", "sendgrid", "listmonk")


def section(name: str) -> str:
    found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return found[1]


def shown(form: str, endpoint: Webhook | None = None) -> bytes:
    """Give what goes over the wire for the documented mail."""
    endpoint = endpoint or hook(form)
    event = decode(sent())
    body = shape(event, endpoint)
    assert body is not None
    parcel = parcel_of(event.event_id, event.type, body.format, body.content)
    return Packer(endpoint).pack(parcel, int(NOW.timestamp()))[0]


@pytest.mark.parametrize("form", FORMS)
def test_each_payload_is_what_is_sent(form: str) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", section(form), re.DOTALL)
    expected: Any = json.loads(shown(form))
    if form == "cloudevents":
        expected["data"] = {"event_id": expected["data"]["event_id"]}  # the rest is shown in webhooks.md
    assert facts(json.loads(block)) == facts(expected)


def test_the_key_of_the_example_is_told() -> None:
    assert f"`{SIGNING_KEY}`" in section("mailgun")


def test_the_template_shown_writes_what_is_shown(tmp_path: Path) -> None:
    template, written = re.findall(r"```(?:jinja|json)\n(.*?)```", section("template"), re.DOTALL)
    path = tmp_path / "chat.j2"
    path.write_text(template)
    assert json.loads(shown("template", hook("template", template=str(path)))) == json.loads(written)


def test_the_table_tells_what_each_form_can_say() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \|(.*)\|$", DOCUMENT, re.MULTILINE)
    told = {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}
    assert set(told) == set(EVENT_TYPES) - {"webhook.test"}
    for name, cells in told.items():
        assert cells == ["yes" if name in carried(form) else "-" for form in OTHERS], name
