"""Empty mail to an address that stands for a command."""

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader.analyse import analyse


def _mail(to: str, *, subject: str = "", text: str = "", path: str = "jo@example.com") -> bytes:
    head = f"Return-Path: <{path}>\r\nFrom: jo@example.com\r\nTo: {to}\r\nSubject: {subject}\r\n"
    return f"{head}\r\n{text}\r\n".encode()


@pytest.mark.parametrize(
    "to",
    [
        "news-leave@lists.example.org",
        "news-unsubscribe@lists.example.org",
        "leave-1734-44X@lists.example.org",
        "unsub+9f2a77@example.org",
        "unsubscribe@example.org",
    ],
)
def test_an_empty_mail_asks_to_leave(to: str) -> None:
    told = analyse(_mail(to), RULES)
    assert (told.kind, told.reason) == (Kind.REQUEST, "unsubscribe_request")
    assert told.evidence[0].rule == "request.to_command.unsubscribe"


def test_an_empty_mail_asks_to_join() -> None:
    told = analyse(_mail("news-subscribe@lists.example.org", text="Sent from my phone"), RULES)
    assert (told.kind, told.reason) == (Kind.REQUEST, "subscribe_request")


@pytest.mark.parametrize(
    "raw",
    [
        _mail("news@example.org"),
        _mail("leaves@example.org"),
        _mail("unsubscribe@example.org", subject="Where is my parcel?"),
        _mail("unsubscribe@example.org", text="Two bags please, as ever, to the back door."),
        _mail("unsubscribe@example.org", path=""),
        _mail("annual-leave@example.org", subject="Leave 3-7 June", text="Attached as agreed"),
        _mail("join.smith@example.org"),
        _mail("maternity.leave@example.org", subject="Forms"),
    ],
)
def test_other_mail_asks_nothing(raw: bytes) -> None:
    assert analyse(raw, RULES).kind is not Kind.REQUEST
