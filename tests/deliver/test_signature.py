"""Our signatures and those of the `standardwebhooks` library are one and the same."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from tests.deliver.samples import OTHER_SECRET, SECRET
from watcher.config.webhook_secret import parse_secret
from watcher.deliver.signature import find_fault, sign, verify


BODY = '{"type":"bounce.hard","data":{"subject":"Grüße"}}'.encode()


def seconds_now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_the_library_verifies_ours() -> None:
    headers = sign([SECRET], "event-1", seconds_now(), BODY)
    assert Webhook(SECRET).verify(BODY, headers) == {"type": "bounce.hard", "data": {"subject": "Grüße"}}


def test_ours_verifies_the_library() -> None:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "event-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("event-1", now, BODY.decode()),
    }
    assert verify([SECRET], headers, BODY, now.timestamp())


@pytest.mark.parametrize("held", [SECRET, OTHER_SECRET])
def test_while_rotating_a_receiver_may_hold_either_secret(held: str) -> None:
    headers = sign([SECRET, OTHER_SECRET], "event-1", seconds_now(), BODY)
    assert headers["webhook-signature"].count("v1,") == 2
    Webhook(held).verify(BODY, headers)
    assert verify([held], headers, BODY, seconds_now())


FAULTS = [
    # Each case: what it shows, headers changed, the body, seconds on the clock, and the fault.
    ("another body", {}, BODY + b" ", 1000, "webhook-signature: made with another secret"),
    ("another id", {"webhook-id": "event-2"}, BODY, 1000, "webhook-signature: made with another secret"),
    (
        "another time",
        {"webhook-timestamp": "1001"},
        BODY,
        1000,
        "webhook-signature: made with another secret",
    ),
    (
        "a signature of another kind",
        {"webhook-signature": "v1a,AAAA v2,BBBB"},
        BODY,
        1000,
        "webhook-signature",
    ),
    ("no signature", {"webhook-signature": ""}, BODY, 1000, "webhook-signature: header is missing"),
    ("letters beyond ASCII", {"webhook-signature": "v1,ü\udcff"}, BODY, 1000, "webhook-signature: made"),
    ("no number", {"webhook-timestamp": "soon"}, BODY, 1000, "webhook-timestamp: not a number"),
    (
        "digits of another script",
        {"webhook-timestamp": "١٠٠٠"},
        BODY,
        1000,
        "webhook-timestamp: not a number",
    ),
    ("sent again later", {}, BODY, 1301, "webhook-timestamp: more than 300 seconds away"),
    ("from the future", {}, BODY, 699, "webhook-timestamp: more than 300 seconds away"),
]


@pytest.mark.parametrize(
    ("changed", "body", "now", "fault"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_what_is_refused(changed: dict[str, str], body: bytes, now: int, fault: str) -> None:
    headers = sign([SECRET], "event-1", 1000, BODY) | changed
    assert (find_fault([SECRET], headers, body, now) or "").startswith(fault)
    assert not verify([SECRET], headers, body, now)


def test_header_names_are_compared_without_case() -> None:
    headers = {name.title(): value for name, value in sign([SECRET], "event-1", 1000, BODY).items()}
    assert verify([SECRET], headers, BODY, 1300)


def test_a_library_with_another_secret_refuses() -> None:
    headers = sign([SECRET], "event-1", seconds_now(), BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER_SECRET).verify(BODY, headers)


@given(st.text(), st.text(), st.text())
def test_any_headers_are_taken(event_id: str, timestamp: str, signature: str) -> None:
    headers = {"webhook-id": event_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    assert not verify([SECRET], headers, BODY, 1000)


SECRETS = [
    ("plain text", "correct horse battery staple", "does not begin with whsec_"),
    ("no base64", "whsec_not base64!", "is not base64"),
    ("base64 without its padding", "whsec_" + "QUFB" * 8 + "QQ", "is not base64"),
    ("too short", "whsec_QUFBQQ==", "holds 4 bytes, not 24 to 64"),
    ("too long", "whsec_" + "QUFB" * 22, "holds 66 bytes, not 24 to 64"),
    ("beyond ASCII", "whsec_ü", "is not base64"),
]


@pytest.mark.parametrize(("text", "fault"), [case[1:] for case in SECRETS], ids=[case[0] for case in SECRETS])
def test_other_secrets_are_refused_with_a_way_out_and_never_quoted(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match="make one with: echo whsec_") as error:
        parse_secret(text)
    assert str(error.value).startswith(fault)
    assert text.removeprefix("whsec_") not in str(error.value)


def test_a_secret_may_end_with_a_line_end_from_its_file() -> None:
    assert parse_secret(SECRET + "\n") == b"sample secret of thirty-two byte"
