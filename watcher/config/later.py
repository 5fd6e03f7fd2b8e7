"""Keys that the config knows and that this version does not act on yet.

They are accepted at their default, so that a full config loads, and refused at anything else: a setting that
does nothing would be believed.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema


@dataclass(frozen=True)
class NotYet:
    """Marks a key that may only stand at its default; `instead` is the way out."""

    default: Any
    instead: str

    def check(self, value: Any) -> Any:
        """Give the default back, or say that there is nothing else yet."""
        if value != self.default:
            raise ValueError(f"not in this version yet; {self.instead}")
        return value

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let only the default pass."""
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the one value."""
        return {"const": self.default}
