"""Write an event by the user's own Jinja template, in a sandbox: it can read the event and nothing else.

The template sees `type`, `timestamp`, `event_id` and `data`; the filter `tojson` writes JSON.  An absent
key is an error, not an empty text: a body that lacks its address would be believed.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from watcher.compact_json import dump
from watcher.events import Event


LONGEST = 100_000  # letters


@cache
def _compiled(text: str) -> Template:
    surroundings = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )
    surroundings.globals.clear()
    surroundings.filters["tojson"] = lambda value: dump(value).decode()
    return surroundings.from_string(text)


def encode(event: Event, text: str) -> bytes:
    """Give the body of an event; ValueError with one line where the template cannot be filled."""
    values: Mapping[str, Any] = {
        "type": event.type,
        "timestamp": event.timestamp,
        "event_id": event.event_id,
        "data": event.data,
    }
    try:
        written = "".join(_bounded(_compiled(text).generate(values)))
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        fault = str(error).partition("\n")[0][:200] or type(error).__name__
        raise ValueError(f"template: {fault}; mend it, then: bounce-watcher events replay") from None
    return written.encode("utf-8", "replace")


def _bounded(parts: Any) -> Any:
    length = 0
    for part in parts:
        length += len(part)
        if length > LONGEST:
            raise ValueError(f"it writes more than {LONGEST} letters")
        yield part
