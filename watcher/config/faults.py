"""Say in our words what the shape found wrong.

pydantic names each fault by a type; a text of the file is quoted only where no secret can stand.
"""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from watcher.config.problem import KeyPath, shown
from watcher.config.shape import Config
from watcher.nearest import did_you_mean


_REQUIRED = {
    "mailboxes": "list at least one mailbox with host, username and password",
    "host": "write the name of the IMAP server",
    "username": "write the name to sign in with",
    "provider": "write google, microsoft or other",
    "any secret": "write {file: PATH}, {env: NAME}, {credential: NAME} or text",
    "query": "write one such as: SELECT recipient FROM sent WHERE message_id = :message_id",
}
_QUOTED = {
    "int_parsing": "is no whole number; write digits alone",
    "float_parsing": "is no number; write one such as 0.6",
    "finite_number": "is no number; write one such as 0.6",
    "bool_parsing": "is neither true nor false; write one of them",
    "greater_than_equal": "is out of range; write {ge} or more",
    "less_than_equal": "is out of range; write {le} or less",
}
_UNQUOTED = {
    "tuple_type": "not a list; write its items in [ ], or one a line after a hyphen",
    "dict_type": "not a section; write `key: value` lines below it",
    "model_type": "not a section; write `key: value` lines below it",
    "model_attributes_type": "not a section; write `key: value` lines below it",
    "string_type": "not a text; write one",
    "string_too_short": "empty; write a text",
    "int_type": "not a number; write digits alone",
    "float_type": "not a number; write one such as 0.6",
    "bool_type": "neither true nor false; write one of them",
}


def faults_of(error: ValidationError) -> Iterator[tuple[KeyPath, str]]:
    """Give path and text of every fault in a ValidationError."""
    for found in error.errors(include_url=False):
        if found["type"] != "default_factory_not_called":  # the key it depends on is told
            path = tuple(step for step in found["loc"] if step != "[key]")
            yield path, _text(found, path)


def _text(found: Any, path: KeyPath) -> str:
    kind, value = found["type"], found["input"]
    key = str(path[-1]) if path else ""
    if kind == "value_error":
        text = str(found["ctx"]["error"])
    elif kind == "missing":
        wanted = "any secret" if path[:1] == ("return_path",) else key
        text = f"is missing; {_REQUIRED.get(wanted, 'add it')}"
    elif kind == "extra_forbidden":
        text = f"unknown key; {did_you_mean(key, _known(path[:-1]))}"
    elif kind == "literal_error":
        text = _choice(value, str(found["ctx"]["expected"]))
    elif kind in _QUOTED:
        text = f"{shown(value)} {_QUOTED[kind].format(**found.get('ctx', {}))}"
    elif value is None:
        text = "set to nothing; remove the key, or give it a value"
    else:
        text = _UNQUOTED.get(kind, f"{kind.replace('_', ' ')}; see config.example.yaml")
    return text


def _choice(value: Any, expected: str) -> str:
    return f"{shown(value)} is not a choice here; write {expected}"


def _known(path: KeyPath) -> list[str]:
    section: Any = Config
    for step in path:
        if isinstance(step, str):
            field = next((f for n, f in section.model_fields.items() if step in (n, f.alias)), None)
            section = _section_in(field.annotation) if field else section
    return [field.alias or name for name, field in section.model_fields.items()]


def _section_in(annotation: Any) -> type[BaseModel]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _section_in(inner)
        if found is not BaseModel:
            return found
    return BaseModel
