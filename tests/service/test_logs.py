"""A record is one line, as text or JSON, whatever its fields hold."""

import io
import json
import logging
import socket
from collections.abc import Iterator

import pytest

from watcher.config.shape import Http
from watcher.service.logs import TextFormatter, set_up_logging
from watcher.web.listener import Listener


log = logging.getLogger("watcher.test")


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def written(form: str) -> io.StringIO:
    stream = io.StringIO()
    set_up_logging("info", form, stream)
    return stream


def test_text_has_event_and_fields() -> None:
    stream = written("text")
    log.info("message_recorded mailbox=%s uid=%d", "bounces", 4711)
    time, rest = stream.getvalue().split(" ", 1)
    assert time.endswith("Z")
    assert rest == "info message_recorded mailbox=bounces uid=4711\n"


def test_requests_that_are_none_fill_no_log() -> None:
    stream = written("text")
    listener = Listener(Http(listen="127.0.0.1:0"), lambda: ())
    listener.start()
    try:
        for garbage in (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET\x00 / HTTP/1.1\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as line:
                line.sendall(garbage)
                assert b" 400 " in line.recv(4_096)
    finally:
        listener.stop()
    assert stream.getvalue() == ""


HOSTILE = ["two words", 'a "quote"', "a\nline", "a\x1b[31mcolour", "", "a=b", "\u2028"]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_value_stays_inside_its_field(value: str) -> None:
    stream = written("text")
    log.warning("told error=%s retry=%s", value, "yes")
    line = stream.getvalue()
    assert len(line.splitlines()) == 1
    assert line.endswith(" retry=yes\n")
    assert line.rstrip("\n").isprintable()


def test_json_keeps_the_fields_apart() -> None:
    stream = written("json")
    log.info("told error=%s tries=%d", "a\nb=c", 3, extra={"mailbox": "bounces"})
    entry = json.loads(stream.getvalue())
    assert {key: entry[key] for key in ("event", "error", "tries", "mailbox", "level")} == {
        "event": "told", "error": "a\nb=c", "tries": 3, "mailbox": "bounces", "level": "info",
    }  # fmt: skip


def test_plain_sentence_is_the_event() -> None:
    stream = written("json")
    log.info("listening on %s", "127.0.0.1")
    assert json.loads(stream.getvalue())["event"] == "listening on 127.0.0.1"


@pytest.mark.parametrize("form", ["text", "json"])
def test_traceback_stays_on_the_line(form: str) -> None:
    stream = written(form)
    _fail()
    assert len(stream.getvalue().splitlines()) == 1
    assert all(word in stream.getvalue() for word in ("test_logs.py", "KeyError", "ValueError"))


@pytest.mark.parametrize(("level", "shown"), [("info", False), ("debug", True)])
def test_what_an_error_quotes_is_for_the_debug_log(level: str, shown: bool) -> None:
    stream = io.StringIO()
    set_up_logging(level, "text", stream)
    _fail()
    assert ("user@example.com" in stream.getvalue()) is shown


def _fail() -> None:
    address = "{}@example.com".format("user")  # the lines of the code are shown too
    try:
        try:
            {}[address]
        except KeyError as error:
            raise ValueError(address) from error
    except ValueError:
        log.exception("broken mailbox=%s", "bounces")


def test_less_than_the_level_is_left_out_and_a_second_set_up_replaces_the_first() -> None:
    first = written("text")
    second = written("text")
    log.debug("hidden")
    log.info("shown")
    assert first.getvalue() == ""
    assert second.getvalue().endswith("info shown\n")


def test_imap_library_never_logs_its_commands() -> None:
    stream = io.StringIO()
    set_up_logging("debug", "text", stream)
    logging.getLogger("imapclient.imaplib").debug("> LOGIN hunter2")
    assert stream.getvalue() == ""


def test_journal_gets_priority_and_no_time() -> None:
    record = logging.makeLogRecord({"msg": "told", "levelno": logging.WARNING, "levelname": "WARNING"})
    assert TextFormatter(journal=True).format(record) == "<4>told"
