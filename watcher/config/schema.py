"""Give the JSON Schema of the config, for editors.

`python -m watcher.config.schema > docs/config.schema.json` writes the published copy.
"""

import json
import sys
from datetime import timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from watcher.config.shape import Config
from watcher.config.units import format_duration


class _Schema(GenerateJsonSchema):
    """Writes defaults as they stand in the file, and none that depends on other keys."""

    def encode_default(self, dft: Any) -> Any:
        """Write a default as a person would."""
        if isinstance(dft, timedelta):
            return format_duration(dft)
        if isinstance(dft, tuple | list):
            return [self.encode_default(item) for item in dft]
        return super().encode_default(dft)

    def tuple_schema(self, schema: core_schema.TupleSchema) -> dict[str, Any]:
        """Let one secret stand in place of a list of one."""
        found = super().tuple_schema(schema)
        return {"anyOf": [found["items"], found]} if _is_of_secrets(found) else found

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Leave titles out: they only repeat the keys."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        """Leave a default out that depends on other keys."""
        if "default_factory" in schema and schema.get("default_factory_takes_data"):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


def _is_of_secrets(found: dict[str, Any]) -> bool:
    forms = found.get("items", {}).get("anyOf", [])
    return any("credential" in form.get("properties", {}) for form in forms)


def json_schema() -> str:
    """Give the schema as text."""
    schema = Config.model_json_schema(by_alias=True, mode="validation", schema_generator=_Schema)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Bounce Watcher config"}
    return json.dumps(
        {**head, **{k: v for k, v in schema.items() if k != "title"}}, indent=2, ensure_ascii=False
    )


if __name__ == "__main__":
    sys.stdout.write(json_schema() + "\n")
