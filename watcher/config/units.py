"""Durations, sizes and secrets as they stand in the file."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, GetJsonSchemaHandler, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic_core import core_schema

from watcher.config.problem import shown
from watcher.config.secret import Surroundings, fetch_secret


_DURATION = re.compile(r"(\d{1,9})(s|m|h|d)", re.ASCII)
_SIZE = re.compile(r"(\d{1,12})\s?(B|kB|KB|MB|GB|KiB|MiB|GiB)?", re.ASCII)
_RATE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(?:/([smh]))?", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_OCTETS = {
    None: 1, "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
}  # fmt: skip
_LONGEST = timedelta(days=36_500)


def parse_duration(value: Any) -> timedelta:
    """Read `30s`, `5m`, `2h` or `3d`."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None or (seconds := int(found[1]) * _SECONDS[found[2]]) > _LONGEST.total_seconds():
        raise ValueError(
            f"{shown(value)} is no duration; write a number and a unit, such as 30s, 5m, 2h or 3d"
        )
    return timedelta(seconds=seconds)


def format_duration(value: timedelta) -> str:
    """Write a duration as it stands in the file, in the largest unit that holds it whole."""
    seconds = int(value.total_seconds())
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"


def parse_size(value: Any) -> int:
    """Read `25MB`, `512kB`, or a bare number of octets."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{shown(value)} is no size; write a number and a unit, such as 512kB or 25MB")
    return int(found[1]) * _OCTETS[found[2]]


def format_size(value: int) -> str:
    """Write a size as it stands in the file."""
    for unit in ("GB", "MB", "kB"):
        if value and value % _OCTETS[unit] == 0:
            return f"{value // _OCTETS[unit]}{unit}"
    return str(value)


def parse_rate(value: Any) -> float:
    """Read `10` (events a second), `600/m` or `1000/h`, as events a second."""
    found = _RATE.fullmatch(str(value)) if isinstance(value, str | int | float) else None
    rate = float(found[1]) / _SECONDS[found[2] or "s"] if found else 0.0
    if isinstance(value, bool) or rate <= 0:
        raise ValueError(f"{shown(value)} is no rate; write events a second, such as 10, or 600/m, 1000/h")
    return rate


Rate = Annotated[
    float,
    BeforeValidator(parse_rate),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^\d{1,6}(\.\d{1,6})?(/[smh])?$"}),
]
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,9}[smhd]$"}),
]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(format_size, return_type=str),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d{1,12} ?([kKMG]i?B|B)?$"}),
]


class Secret:
    """A secret text that never shows itself in a log, a repr or an error.

    None stands for one that was not fetched, because the config was read without its secrets.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str | None) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text, for the one place that needs it."""
        if self._text is None:
            raise RuntimeError("the config was read without its secrets")
        return self._text

    def check(self, check: Callable[[str], None]) -> Self:
        """Have the text checked, where it is there."""
        if self._text is not None:
            check(self._text)
        return self

    def __repr__(self) -> str:
        """Tell that there is one, and nothing of it."""
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        """Compare the texts, so that a config read twice is the same config."""
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        """Hash the text."""
        return hash((Secret, self._text))

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        """Read text or a reference to it."""
        return core_schema.with_info_plain_validator_function(_secret)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe text or a reference to it."""
        text = {"type": "string", "minLength": 1}
        reference = {
            "type": "object",
            "properties": dict.fromkeys(("file", "env", "credential"), text),
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        return {"anyOf": [text, reference]}


def _secret(value: Any, info: core_schema.ValidationInfo) -> Secret:
    if isinstance(value, Secret):
        return value
    return Secret(fetch_secret(value, surroundings_of(info)))


def surroundings_of(info: core_schema.ValidationInfo | ValidationInfo) -> Surroundings:
    """Give what the config is read in; a shape built by hand is read in the working directory."""
    found = info.context
    return found if isinstance(found, Surroundings) else Surroundings(base=Path())
