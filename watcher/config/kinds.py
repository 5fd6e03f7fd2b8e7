"""The kinds of text that stand in a config: folders, files, days, events; those of the network are `network`.

Each takes the text as written and gives it back in the form the program uses, or says what is wrong with it
and what to write instead.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema

from watcher.config.events import EVENT_TYPES
from watcher.config.problem import shown
from watcher.config.secret import reason_of
from watcher.config.units import surroundings_of
from watcher.nearest import did_you_mean


_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60}(; ?charset=[A-Za-z0-9-]{1,20})?")
_PIN = re.compile(r"[0-9a-f]{64}")
_OWN_HEADERS = ("content-type", "content-length", "host", "user-agent")
LONGEST_PATH = 4096  # PATH_MAX: a path that is cut helps nobody


def _folder(value: str) -> str:
    if not value.isprintable():
        raise ValueError("a folder's name holds a control character; remove it")
    if not value or any(not level.strip() for level in value.split("/")):
        raise ValueError(f"{shown(value)} has an empty level; write a name such as Bounces/Hard")
    if any(sign in value for sign in "*%"):
        raise ValueError(f"{shown(value)} holds * or %, which IMAP reads as wildcards; name another")
    if len(value.encode()) > 200:
        raise ValueError("a folder's name is longer than 200 octets; shorten it")
    return value


def _kept(value: str | None) -> str | None:
    if value == "delete":
        raise ValueError("'delete' is not for this kind, which a person has to see; name a folder, or null")
    return value


def _file(value: str, info: ValidationInfo) -> str:
    path = surroundings_of(info).path(value)
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        name = shown(path, LONGEST_PATH)
        raise ValueError(f"{name}: {reason_of(error)}; name a file that this user can read") from None
    return str(path)


def _new_file(value: str, info: ValidationInfo) -> str:
    return str(surroundings_of(info).path(value))


def _state(value: str, info: ValidationInfo) -> str:
    if "://" in value:
        raise ValueError("this version keeps its state in a file alone; write a path such as state.db")
    return value if value == ":memory:" else _new_file(value, info)


def _ca_file(value: str, info: ValidationInfo) -> str:
    import ssl  # noqa: PLC0415 - most configs name none

    path = _file(value, info)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (ssl.SSLError, OSError):
        raise ValueError(f"{shown(path, LONGEST_PATH)} holds no certificate; name a PEM file") from None
    return path


def _pin(value: str) -> str:
    found = value.removeprefix("sha256:").replace(":", "").lower()
    if not _PIN.fullmatch(found):
        raise ValueError(f"{shown(value)} is no SHA-256 pin; write 64 hexadecimal digits")
    return found


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError(f"{shown(value)} is no day; write it as 2026-01-31") from None


def _cron(value: str) -> str:
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - slow, and few configs have one

    try:
        CronTrigger.from_crontab(value, timezone="UTC")
    except ValueError as error:
        fault = str(error).lower().rstrip(".")
        raise ValueError(f"{shown(value)}: {fault}; write five fields, such as */5 * * * *") from None
    return value


def _event(value: str) -> str:
    if value != "*" and value not in EVENT_TYPES:
        raise ValueError(f"{shown(value)} is no event; {did_you_mean(value, EVENT_TYPES)}")
    return value


def _name(value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > 200:
        raise ValueError("a name is one line of 1 to 200 characters; write a short one")
    return value


def _header(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise ValueError(f"{shown(value)} is no header name; write letters, digits and hyphens")
    if value.lower() in _OWN_HEADERS or value.lower().startswith("webhook-"):
        raise ValueError(f"{shown(value)} is set by the watcher itself; name another header")
    return value


def _content_type(value: str) -> str:
    if not _MEDIA_TYPE.fullmatch(value):
        raise ValueError(f"{shown(value)} is no content type; write one such as application/json")
    return value


def _filled(value: Any) -> Any:
    if isinstance(value, list | tuple) and not value:
        raise ValueError("the list is empty; give it at least one item")
    return value


def _one_or_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


FolderName = Annotated[str, AfterValidator(_folder)]
Kept = AfterValidator(_kept)
ReadableFile = Annotated[str, AfterValidator(_file)]
NewFile = Annotated[str, AfterValidator(_new_file)]
StateFile = Annotated[str, AfterValidator(_state)]
CaFile = Annotated[str, AfterValidator(_ca_file)]
ContentType = Annotated[str, AfterValidator(_content_type)]
Pin = Annotated[str, AfterValidator(_pin)]
Day = Annotated[str, AfterValidator(_day)]
Cron = Annotated[str, AfterValidator(_cron)]
EventType = Annotated[
    str, AfterValidator(_event), WithJsonSchema({"type": "string", "enum": ["*", *sorted(EVENT_TYPES)]})
]
Name = Annotated[str, AfterValidator(_name)]
HeaderName = Annotated[str, AfterValidator(_header)]
Filled = BeforeValidator(_filled)
OneOrList = BeforeValidator(_one_or_list)
