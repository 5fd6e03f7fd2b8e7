"""Where events go that are not posted: a command that is run, or the system's log."""

import os
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from watcher.config.kinds import LONGEST_PATH, Filled, OneOrList
from watcher.config.problem import shown
from watcher.config.units import surroundings_of


_HOST = re.compile(r"[\w.:-]{1,253}")


def _command(value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    if any("\0" in word for word in value):
        raise ValueError("a word of the command holds a NUL character; remove it")
    program = surroundings_of(info).path(value[0]) if "/" in value[0] else Path(value[0])
    if not program.is_absolute():
        raise ValueError(
            f"{shown(value[0])} is no path; write the program with its folder, and its words as a list:"
            " [/usr/local/bin/on-bounce, --quick]"
        )
    if not (program.is_file() and os.access(program, os.X_OK)):
        raise ValueError(
            f"{shown(program, LONGEST_PATH)} cannot be run; name a program that this user may run"
        )
    return (str(program), *value[1:])


def _syslog(value: str) -> str:
    if value.startswith("/"):
        return value
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    valid = parts.scheme in {"udp", "tcp"} and _HOST.fullmatch(parts.hostname or "") and port != 0
    if not valid or parts.path.strip("/") or parts.username is not None:
        raise ValueError(f"{shown(value)} is no syslog; write /dev/log, udp://host:514 or tcp://host:514")
    return value


def _words(value: object) -> object:
    return [str(word) for word in value] if isinstance(value, list | tuple) else value


Command = Annotated[tuple[str, ...], AfterValidator(_command), Filled, OneOrList, BeforeValidator(_words)]
SyslogTarget = Annotated[str, AfterValidator(_syslog)]
