"""Sign a webhook, and check a signed one, as Standard Webhooks 1.0.0 has it.

The signature is HMAC-SHA256 over `id.timestamp.body` in base64, one `v1,` entry for each secret, so that a
receiver may hold the old or the new one while they are changed.  Receivers in other languages use a library
from standardwebhooks.com; in Python, `verify` here will do.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence

from watcher.config.webhook_secret import parse_secret


TOLERANCE = 300  # seconds between the sender's clock and the receiver's
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_MOST_ENTRIES = 20  # signatures looked at in one header


def sign(secrets: Sequence[str], event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Give the three headers for a body sent at `timestamp` (Unix seconds)."""
    return sign_with([parse_secret(secret) for secret in secrets], event_id, timestamp, body)


def sign_with(keys: Sequence[bytes], event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Give the three headers, by keys that are read already; without a key, the two that name the event."""
    if not keys:
        return {ID: event_id, TIMESTAMP: str(timestamp)}
    entries = [_entry(key, event_id, timestamp, body) for key in keys]
    return {ID: event_id, TIMESTAMP: str(timestamp), SIGNATURE: " ".join(entries)}


def verify(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: float, tolerance: int = TOLERANCE
) -> bool:
    """Say whether a received webhook was signed with one of the secrets, not longer than `tolerance` ago."""
    return find_fault(secrets, headers, body, now, tolerance) is None


def find_fault(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: float, tolerance: int = TOLERANCE
) -> str | None:
    """Say what is wrong with a received webhook, or None where it is genuine.  `now` is in Unix seconds."""
    given = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not given.get(name)]
    if missing:
        return f"{missing[0]}: header is missing"
    timestamp = given[TIMESTAMP]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return f"{TIMESTAMP}: not a number of seconds"
    if abs(now - int(timestamp)) > tolerance:
        return f"{TIMESTAMP}: more than {tolerance} seconds away from this machine's clock"
    expected = [_entry(parse_secret(secret), given[ID], int(timestamp), body) for secret in secrets]
    received = given[SIGNATURE].split(" ")[:_MOST_ENTRIES]
    pairs = [(ours, theirs) for ours in expected for theirs in received]
    if not any(
        hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace")) for ours, theirs in pairs
    ):
        return f"{SIGNATURE}: made with another secret, or the body was changed on its way"
    return None


def _entry(key: bytes, event_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
