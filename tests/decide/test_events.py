"""One event for each recipient, under an id that whoever reads the mail again finds again."""

from dataclasses import replace
from hashlib import sha256

import pytest

from tests.decide.samples import BLOCK, HARD, NOW, SOFT, UNDETERMINED, bounce, decided, failed, message, types
from watcher.config.events import EVENT_TYPES
from watcher.model import Action, Kind, Level, Recipient, Report


def about(action: Action | None, address: str | None = "user@example.com") -> Recipient:
    return Recipient(address, action=action, confidence=0.9)


CASES = [
    ("hard, and set aside", bounce(failed(HARD)), ["bounce.hard", "suppression.added"]),
    ("soft", bounce(failed(SOFT)), ["bounce.soft"]),
    ("block", bounce(failed(BLOCK)), ["bounce.block"]),
    ("undetermined is told, too", bounce(failed(UNDETERMINED)), ["bounce.undetermined"]),
    ("no class", bounce(about(Action.FAILED)), ["bounce.undetermined"]),
    ("each by its action", bounce(failed(SOFT), about(Action.DELAYED, "b@example.com")),
     ["bounce.soft", "delay.reported"]),
    ("a delay", message(Kind.DELAY, None, about(Action.DELAYED)), ["delay.reported"]),
    ("delivered", message(Kind.DELIVERY, None, about(Action.DELIVERED)), ["delivery.confirmed"]),
    ("relayed in a bounce", bounce(about(Action.RELAYED)), ["delivery.confirmed"]),
    ("expanded", message(Kind.DELIVERY, None, about(Action.EXPANDED)), ["delivery.confirmed"]),
    ("the one in doubt is held", bounce(failed(SOFT), failed(HARD, "b@example.com", confidence=0.1)),
     ["bounce.soft", "review.needed"]),
    ("a bounce in doubt holds all", bounce(failed(SOFT), failed(HARD, "b@example.com"), confidence=0.1),
     ["review.needed", "review.needed"]),
    ("a bounce that names nobody", bounce(), ["review.needed"]),
    ("an auto-reply", message(Kind.AUTO_REPLY, "out_of_office", about(None)), ["auto_reply.received"]),
    ("an auto-reply that names nobody", message(Kind.AUTO_REPLY, "out_of_office"), ["auto_reply.received"]),
    ("a new address", message(Kind.AUTO_REPLY, "address_changed", about(None)), ["address.changed"]),
    ("a challenge", message(Kind.CHALLENGE, "challenge_response", about(None)), ["challenge.received"]),
    ("a receipt", message(Kind.RECEIPT, "read_receipt", about(None)), ["receipt.received"]),
    ("a complaint", message(Kind.COMPLAINT, "complaint_virus", about(None)), ["complaint.received"]),
    ("a complaint in doubt", message(Kind.COMPLAINT, "complaint_abuse", about(None), confidence=0.1),
     ["review.needed"]),
    ("a complaint whose recipient is in doubt",
     message(Kind.COMPLAINT, "complaint_abuse", about(None), Recipient("b@example.com", confidence=0.1)),
     ["complaint.received", "review.needed"]),
    ("an unsubscribe request", message(Kind.REQUEST, "unsubscribe_request"), ["request.unsubscribe"]),
    ("an unsubscribe request in doubt", message(Kind.REQUEST, "unsubscribe_request", confidence=0.1),
     ["review.needed"]),
    ("a subscribe request", message(Kind.REQUEST, "subscribe_request"), []),
    ("a subscribe request in doubt", message(Kind.REQUEST, "subscribe_request", confidence=0.1), []),
    ("feedback", message(Kind.FEEDBACK, "not_spam", about(None)), []),
    ("a notice", message(Kind.NOTICE, "machine_report"), []),
    ("ordinary mail", message(Kind.ORDINARY, "human_reply"), []),
    ("an unreadable one", message(Kind.UNREADABLE), ["review.needed"]),
    ("contradicted", bounce(failed(HARD), level=Level.CONTRADICTED), ["authenticity.rejected"]),
    ("contradicted, naming nobody", bounce(level=Level.CONTRADICTED), ["authenticity.rejected"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("report", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_events(report: Report, expected: list[str]) -> None:
    found = types(decided(report))
    assert found == expected
    assert set(found) <= EVENT_TYPES


def test_an_id_is_made_of_fingerprint_recipient_and_type() -> None:
    (event,) = decided(bounce(failed(SOFT, "User@BÜCHER.example"))).events
    expected = sha256(b"sha256:1\nuser@xn--bcher-kva.example\nbounce.soft").hexdigest()
    assert event.event_id == event.data["event_id"] == expected


def test_a_recipient_without_address_is_known_by_its_place() -> None:
    first, second = decided(bounce(failed(SOFT, None), failed(SOFT, None))).events
    assert first.event_id == sha256(b"sha256:1\n#0\nbounce.soft").hexdigest()
    assert second.event_id == sha256(b"sha256:1\n#1\nbounce.soft").hexdigest()


def test_a_recipient_named_twice_is_told_once() -> None:
    assert types(decided(bounce(failed(SOFT), failed(SOFT, "USER@example.com")))) == ["bounce.soft"]


def test_ids_do_not_depend_on_time_or_mailbox() -> None:
    report = bounce(failed(HARD))
    early, late = decided(report), decided(report, received=NOW.replace(year=2027))
    assert [event.event_id for event in early.events] == [event.event_id for event in late.events]


def test_an_event_has_the_data_of_the_contract() -> None:
    report = bounce(failed(HARD))
    event = decided(report, now=NOW).events[0]
    assert event.timestamp == "2026-11-22T04:19:00Z"
    assert set(event.data) == {
        "event_id", "mailbox", "recipient", "message", "original", "return_path", "authenticity",
        "history", "replay",
    }  # fmt: skip
    assert event.data["mailbox"] == "bounces"
    assert event.data["recipient"]["address"] == "user@example.com"
    assert event.data["recipient"]["class"] == "hard"
    assert event.data["message"]["fingerprint"] == "sha256:1"
    assert event.data["authenticity"]["level"] == "plausible"
    assert event.data["replay"] is False
    assert event.data["history"] == {
        "hard": 1,
        "soft": 0,
        "first_seen": "2026-11-22T04:19:00Z",
        "last_seen": "2026-11-22T04:19:00Z",
        "suppression": {
            "state": "quarantined",
            "since": "2026-11-22T04:19:00Z",
            "until": "2026-12-07T04:19:00Z",
            "changed": True,
        },
    }


def test_an_event_about_nobody_has_no_recipient_and_an_empty_history() -> None:
    (event,) = decided(message(Kind.UNREADABLE)).events
    assert event.data["recipient"] is None
    assert event.data["history"] == {
        "hard": 0, "soft": 0, "first_seen": None, "last_seen": None,
        "suppression": {"state": None, "since": None, "until": None, "changed": False},
    }  # fmt: skip


def test_history_counts_what_came_before() -> None:
    first = decided(bounce(failed(SOFT), number=1))
    second = decided(bounce(failed(SOFT), number=2), first.histories, received=NOW.replace(day=23))
    history = second.events[0].data["history"]
    assert (history["soft"], history["first_seen"], history["last_seen"]) == (
        2, "2026-11-22T04:19:00Z", "2026-11-23T04:19:00Z",
    )  # fmt: skip


def test_the_original_counts_once_and_so_does_the_day() -> None:
    first = decided(bounce(failed(SOFT), number=1))
    same_day = decided(bounce(failed(SOFT), number=2), first.histories)
    assert same_day.histories["user@example.com"].soft == 1
    same_original = replace(bounce(failed(SOFT), number=3), original=bounce(number=1).original)
    later = decided(same_original, first.histories, received=NOW.replace(day=25))
    assert later.histories["user@example.com"].soft == 1
