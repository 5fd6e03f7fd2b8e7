"""The full reference, the published schema and the shape tell the same keys and defaults."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tests.config.conftest import SIGNING_SECRET
from watcher.config import load_config
from watcher.config.document import parse_document
from watcher.config.events import EVENT_TYPES
from watcher.config.mailbox import Mailbox
from watcher.config.schema import json_schema
from watcher.config.shape import Config
from watcher.config.units import format_duration, format_size
from watcher.config.webhook import Webhook


ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.yaml"

# What everybody writes anew; not defaults.
OWN = {"name", "host", "username", "password", "url", "secret"}


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    (tmp_path / "imap-bounces").write_text("correct horse\n")
    (tmp_path / "webhook-app").write_text(SIGNING_SECRET + "\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    return load_config(EXAMPLE)


def test_example_loads(example: Config) -> None:
    assert example.mailboxes[0].password.reveal() == "correct horse"


def sections(values: Any) -> Iterator[tuple[str, type[BaseModel], dict[str, Any]]]:
    yield "", Config, values
    yield "mailboxes[0]", Mailbox, values["mailboxes"][0]
    yield "webhooks[0]", Webhook, values["webhooks"][0]
    for model, inner in ((Config, values), (Mailbox, values["mailboxes"][0])):
        for key, field in model.model_fields.items():
            section = next(
                (a for a in (field.annotation, *get_args(field.annotation)) if is_section(a)), None
            )
            if section is not None and isinstance(inner[key], dict):
                yield key, section, inner[key]


def is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def as_written(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return "24h" if value == timedelta(days=1) else format_duration(value)
    if isinstance(value, tuple | list):
        return [as_written(item) for item in value]
    return format_size(value) if isinstance(value, int) else str(value) if isinstance(value, float) else value


SECTIONS = list(sections(parse_document(EXAMPLE.read_text()).values))


@pytest.mark.parametrize(("model", "written"), [case[1:] for case in SECTIONS], ids=[c[0] for c in SECTIONS])
def test_example_holds_every_key_at_its_default(model: type[BaseModel], written: dict[str, Any]) -> None:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    assert set(written) == set(fields)
    for key, field in fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        if key not in OWN | {"webhooks"} and not field.is_required() and not isinstance(default, BaseModel):
            assert written[key] == as_written(default), key


def test_example_names_every_event() -> None:
    text = EXAMPLE.read_text()
    assert {name for name in EVENT_TYPES if name not in text} == set()


def test_published_schema_is_the_shape() -> None:
    assert (ROOT / "docs" / "config.schema.json").read_text() == json_schema() + "\n"
