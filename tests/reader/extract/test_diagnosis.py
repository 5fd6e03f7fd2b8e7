"""What a report says about one recipient is settled by the rules of the contract."""

import pytest

from watcher.model import Action
from watcher.reader.extract.diagnosis import (
    clean_diagnostic,
    find_reply,
    infer_action,
    parse_action,
    settle_status,
)


STATUS = [
    # Each case: what it shows, the Status field, the diagnostic, the status that holds.
    ("the field's, where both agree in class", "5.1.1", "550 5.7.1 no", "5.1.1"),
    ("the diagnostic's, where the field is absent", None, "550 5.7.1 no", "5.7.1"),
    ("the diagnostic's, where the field is empty", "", "550 5.7.1 no", "5.7.1"),
    ("the diagnostic's, where the field is x.0.0", "5.0.0", "550 5.7.1 no", "5.7.1"),
    ("the diagnostic's, where the field is of another class", "4.2.2", "550 5.7.1 no", "5.7.1"),
    ("the field's, where the diagnostic's contradicts its own reply", "5.0.0", "552 4.2.2 full", "5.0.0"),
    ("the diagnostic's, whatever it is, where no other is given", None, "552 4.2.2 full", "4.2.2"),
    ("the diagnostic's, where no reply stands in front of it", "5.0.0", "no mailbox here (#5.1.1)", "5.1.1"),
    ("the field's, where the diagnostic has none", "5.0.0", "550 no", "5.0.0"),
    ("the field's, with a comment after it", "5.1.2 (bad destination)", "", "5.1.2"),
    ("none, where nobody gives one", None, "no", None),
    ("none, where the field is no status", "550", "", None),
]


@pytest.mark.parametrize(
    ("field", "diagnostic", "status"), [c[1:] for c in STATUS], ids=[c[0] for c in STATUS]
)
def test_settle_status(field: str | None, diagnostic: str, status: str | None) -> None:
    assert settle_status(field, find_reply(diagnostic)) == status


@pytest.mark.parametrize(
    ("field", "action"),
    [
        ("failed", Action.FAILED),
        ("Failed", Action.FAILED),
        ("error", Action.FAILED),
        ("failed (bad host)", Action.FAILED),
        ("relayed(to non-DSN-aware mailer)", Action.RELAYED),
        ("delayed; see below", Action.DELAYED),
        ("expanded", Action.EXPANDED),
        ("danced", None),
        ("", None),
        (None, None),
    ],
)
def test_parse_action(field: str | None, action: Action | None) -> None:
    assert parse_action(field) is action


@pytest.mark.parametrize(
    ("status", "delayed", "action"),
    [("2.1.5", True, Action.DELIVERED), ("4.4.1", True, Action.DELAYED), ("4.4.1", False, Action.FAILED)],
)
def test_infer_action(status: str, delayed: bool, action: Action) -> None:
    assert infer_action(status, delayed=delayed) is action


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("smtp; 550 no", "550 no"),
        ("SMTP;550 no", "550 no"),
        ("X-Postfix; unknown  user", "unknown user"),
        ("no; such user", "such user"),
        ("550 no; try later", "550 no; try later"),
        ("smtp;", None),
        ("", None),
        (None, None),
    ],
)
def test_clean_diagnostic(text: str | None, clean: str | None) -> None:
    assert clean_diagnostic(text) == clean


def test_a_diagnostic_is_bounded() -> None:
    assert len(clean_diagnostic("x" * 9_000) or "") == 2_000


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("550 5.1.1 no", 550, "5.1.1"),
        ("host mx.example.com[192.0.2.1] said: 550 5.1.1 no", 550, "5.1.1"),
        ("no mailbox here by that name. (#5.1.1)", None, "5.1.1"),
        ("it is gone", None, None),
    ],
)
def test_find_reply(text: str, code: int | None, status: str | None) -> None:
    reply = find_reply(text)
    assert (reply.reply_code, reply.status) == (code, status)


def test_a_long_diagnostic_keeps_its_end() -> None:
    cleaned = clean_diagnostic(f"550 no: {'a ' * 4_000}it is spam") or ""
    assert cleaned.startswith("550 no: a a")
    assert cleaned.endswith("a a it is spam")
