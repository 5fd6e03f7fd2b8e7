"""Set up the log: an event name and its fields, as text or JSON, on standard error.

A record is written as `log.info("message_recorded mailbox=%s uid=%d", name, uid)`: the first word is the
event, each `key=%…` a field, which JSON keeps apart and text quotes where it holds more than a word.  Under
systemd's journal a line begins with its priority (sd-daemon(3)) and carries no time; the journal keeps both.
A traceback names the kind of the error alone, for its words may quote mail; all of it is in the debug log.
"""

import json
import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO


_PRIORITY = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FIELD = re.compile(r"(\w+)=%[sdr]")
_FIELDS = re.compile(r"\w+=%[sdr](?: \w+=%[sdr])*")
_LONGEST_CHAIN = 10  # errors that led to one another
_LOUD = {
    "aiohttp.server": logging.CRITICAL,  # of each request that is none, with a traceback; who asks is refused
    "apscheduler": logging.WARNING,
    "asyncio": logging.WARNING,
    "imapclient": logging.WARNING,
}


def set_up_logging(level: str = "info", form: str = "auto", stream: TextIO | None = None) -> None:
    """Log at `level` and above to `stream`; `auto` is text, in the journal's own form where it reads us."""
    handler = logging.StreamHandler(stream or sys.stderr)
    journal = form == "auto" and stream is None and _is_journal()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter(journal=journal))
    root = logging.getLogger()
    for old in filter(_is_ours, root.handlers[:]):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name, least in _LOUD.items():
        # IMAPClient logs whole commands, passwords and mail among them, at DEBUG.
        logging.getLogger(name).setLevel(least)


def is_set_up() -> bool:
    """Tell whether the log was set up before."""
    return any(map(_is_ours, logging.getLogger().handlers))


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, TextFormatter | JsonFormatter)


def _is_journal() -> bool:
    # systemd.exec(5): JOURNAL_STREAM names device and inode of the stream that the journal reads.
    try:
        status = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def event_and_fields(record: logging.LogRecord) -> tuple[str, dict[str, object]]:
    """Take a record apart: what happened, and the fields it was logged with."""
    extra = {name: value for name, value in vars(record).items() if name not in _OWN}
    event, space, rest = str(record.msg).partition(" ")
    arguments = record.args if isinstance(record.args, tuple) else ()
    names = _FIELDS.fullmatch(rest) and _FIELD.findall(rest)
    if not space or not names or len(names) != len(arguments):
        return record.getMessage(), extra
    return event, {**dict(zip(names, arguments, strict=True)), **extra}


class TextFormatter(logging.Formatter):
    """`TIME LEVEL event key=value …`, one line whatever the values hold."""

    def __init__(self, *, journal: bool = False) -> None:
        super().__init__()
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        event, fields = event_and_fields(record)
        words = [_plain(event), *(f"{name}={_value(value)}" for name, value in fields.items())]
        if record.exc_info:
            words.append(f"traceback={json.dumps(_trace(record.exc_info))}")
        if self._journal:
            return f"<{_PRIORITY.get(record.levelno, 6)}>{' '.join(words)}"
        return f"{_time(record)} {record.levelname.lower()} {' '.join(words)}"


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        event, fields = event_and_fields(record)
        head = {"time": _time(record), "level": record.levelname.lower(), "event": event}
        entry: dict[str, object] = {**fields, **head, "logger": record.name}
        if record.exc_info:
            entry["traceback"] = _trace(record.exc_info)
        return json.dumps(entry, default=str)


def _trace(raised: tuple[object, BaseException | None, object]) -> str:
    """Write where an error came from; what it says only in the debug log."""
    error = raised[1]
    if error is None:
        return ""
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        return "".join(traceback.format_exception(error)).rstrip()
    chain: list[str] = []
    while error is not None and len(chain) < _LONGEST_CHAIN:
        chain.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
        error = error.__cause__ or error.__context__
    return "\nraised from\n".join(chain)


def _time(record: logging.LogRecord) -> str:
    return (
        datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _value(value: object) -> str:
    text = str(value)
    bare = text.isprintable() and text and not any(sign in text for sign in ' "=')
    return text if bare else json.dumps(text, ensure_ascii=not text.isprintable())


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
