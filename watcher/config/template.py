"""Read a webhook's template when the config is read, so that a config holds it whole until it is replaced."""

from pathlib import Path
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from watcher.config.problem import shown
from watcher.config.secret import reason_of
from watcher.config.units import surroundings_of


LARGEST = 100_000  # octets


class TemplateFile:
    """A template: its file and its text, proven to be one.  Two of the same text are the same."""

    __slots__ = ("path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file; ValueError says what is wrong with it."""
        name = shown(path, 4096)
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise ValueError(f"{name}: {reason_of(error)}; name a file that this user can read") from None
        if len(raw) > LARGEST:
            raise ValueError(f"{name}: larger than 100 kB; shorten it")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise ValueError(f"{name}: not UTF-8 text; save it as UTF-8") from None
        _check(name, text)
        return cls(str(path), text)

    def __repr__(self) -> str:
        """Tell the file and not the text."""
        return f"TemplateFile({self.path!r})"

    def __eq__(self, other: object) -> bool:
        """Compare the texts."""
        return isinstance(other, TemplateFile) and other.text == self.text

    def __hash__(self) -> int:
        """Hash the text."""
        return hash((TemplateFile, self.text))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read a path."""
        return core_schema.with_info_plain_validator_function(
            _template, serialization=core_schema.plain_serializer_function_ser_schema(lambda it: it.path)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe a path."""
        return {"type": "string"}


def _template(value: Any, info: core_schema.ValidationInfo) -> TemplateFile:
    if isinstance(value, TemplateFile):
        return value
    if not isinstance(value, str) or not value:
        raise ValueError("no path; name a Jinja template")
    return TemplateFile.load(surroundings_of(info).path(value))


def _check(name: str, text: str) -> None:
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - few configs have a template
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    try:
        ImmutableSandboxedEnvironment().parse(text)
    except TemplateSyntaxError as error:
        fault = (error.message or "not a template").rstrip(".").lower()
        raise ValueError(f"{name}: line {error.lineno}: {fault}; see docs/shapes.md") from None
