"""The body of an event: compact, in UTF-8, under 20 kB whatever the mail holds, and with every key."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.deliver.shapes.standard import LIMIT, encode
from watcher.events import Event


EVENT_ID = "5f" * 32


def event(text: str = "", count: int = 1) -> Event:
    """Give an event in which the mail wrote `text` wherever a mail may write, `count` times in lists."""
    evidence = [{"rule": "mailbox_full.over_quota", "matched": text, "where": "diagnostic-code"}] * count
    address = f"user{text[:300]}@example.com"
    data: dict[str, Any] = {
        "event_id": EVENT_ID,
        "mailbox": "bounces",
        "recipient": {
            "address": address, "original_address": address, "action": "failed", "status": "5.2.2",
            "reply_code": 552, "diagnostic": f"552 5.2.2 over quota {text}", "remote_mta": text,
            "class": "soft", "reason": "mailbox_full", "confidence": 0.99, "evidence": evidence,
        },
        "message": {"fingerprint": "sha256:ab", "message_id": f"<{text}@example.net>", "from": address,
                    "to": [address] * count, "subject": text, "date": None, "size": 4312},
        "original": {"message_id": f"<{text}@example.org>", "from": address, "to": [address] * count,
                     "subject": text, "list_id": text, "feedback_id": text,
                     "headers": {f"X-{number}-{text[:900]}": text for number in range(count)}},
        "return_path": None,
        "authenticity": {"level": "plausible", "checks": {}},
        "history": {"hard": 0, "soft": 1},
        "replay": False,
    }  # fmt: skip
    return Event(EVENT_ID, "bounce.soft", "2026-11-22T04:19:00Z", data)


def keys(value: Any, place: str = "") -> set[str]:
    """Give the path of every key, the headers of the original apart: the mail chose those."""
    if isinstance(value, dict) and not place.endswith(".headers"):
        return {place}.union(*(keys(item, f"{place}.{key}") for key, item in value.items()))
    return {place}


def test_an_ordinary_event_is_written_whole_and_compact() -> None:
    small = event("Grüße")
    body = encode(small)
    assert json.loads(body) == {"type": small.type, "timestamp": small.timestamp, "data": small.data}
    assert body.startswith(
        b'{"type":"bounce.soft","timestamp":"2026-11-22T04:19:00Z","data":{"event_id":"5f5f'
    )
    assert "Grüße".encode() in body


CASES = [
    ("a long reply", "x" * 40_000, 1),
    ("much evidence", "short", 2_000),
    ("long and many", "y" * 1_000, 300),
    ("wide letters", "\U0001f4ec" * 5_000, 50),
    ("control characters, six bytes each when escaped", "\x01" * 5_000, 50),
    ("half of a surrogate pair", "\udcff" * 3_000, 20),
]


@pytest.mark.parametrize(("text", "count"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_the_mail_holds_never_makes_it_too_large_nor_takes_a_key(text: str, count: int) -> None:
    large = event(text, count)
    body = encode(large)
    assert len(body) < LIMIT
    assert keys(json.loads(body)["data"]) == keys(large.data)


def test_what_an_application_acts_on_is_not_cut() -> None:
    large = event("z" * 40_000)
    found = json.loads(encode(large))["data"]
    assert found["recipient"]["address"] == large.data["recipient"]["address"]
    assert found["event_id"] == EVENT_ID
    assert found["recipient"]["diagnostic"].endswith("…")


@given(st.text(max_size=3_000), st.integers(0, 60))
def test_any_text_gives_a_body_that_parses(text: str, count: int) -> None:
    body = encode(event(text, count))
    assert len(body) < LIMIT
    assert json.loads(body)["type"] == "bounce.soft"


def test_the_same_event_gives_the_same_bytes() -> None:
    assert encode(event("over quota", 3)) == encode(event("over quota", 3))
