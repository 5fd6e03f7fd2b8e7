"""Durations, sizes and secrets as they stand in the file."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator


class Secret:
    """A secret text that never shows itself in a log, a repr or an error."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"


def _duration(value: Any) -> Any:
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_duration)]
