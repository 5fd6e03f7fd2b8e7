"""Make what goes out in one try from the bodies that were queued: lists, envelopes, and what signs them.

The bodies stay as they were frozen; what a try adds is the time and the signatures over it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from watcher.config.webhook import Webhook
from watcher.config.webhook_secret import parse_secret
from watcher.deliver.signature import sign_with


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request: an event, or several of one form where the endpoint takes lists."""

    ids: tuple[str, ...]
    type: str  # of the events; "batch" where there are several
    format: str
    bodies: tuple[bytes, ...]
    batched: bool = False  # a list, also of one

    @property
    def id(self) -> str:
        """The id that a receiver knows it by: the event's, or for a list one made of theirs."""
        if not self.batched:
            return self.ids[0]
        return hashlib.sha256("\n".join(self.ids).encode()).hexdigest()


_TYPES = {"cloudevents": "application/cloudevents+json; charset=utf-8"}
_BATCH_TYPES = {"cloudevents": "application/cloudevents-batch+json; charset=utf-8"}
JSON = "application/json"


class Packer:
    """Packs for one endpoint; its secrets are read once.  ValueError where the signing key cannot be used."""

    def __init__(self, webhook: Webhook) -> None:
        self._keys = [parse_secret(secret.reveal()) for secret in webhook.secret]
        self._content_type = webhook.content_type or JSON
        key = None if webhook.signing_key is None else webhook.signing_key.reveal()
        self._mailgun_key = key.strip().encode() if key is not None and webhook.format == "mailgun" else b""
        self._ecdsa = _ecdsa_signer(key) if key is not None and webhook.format == "sendgrid" else None

    def pack(self, parcel: Parcel, timestamp: int) -> tuple[bytes, dict[str, str]]:
        """Give the bytes of a parcel sent at `timestamp` (Unix seconds), and the headers of them."""
        content = self.content(parcel, timestamp)
        headers = sign_with(self._keys, parcel.id, timestamp, content)
        if parcel.format != "standard":
            headers["Content-Type"] = self._type(parcel)
            if parcel.format == "sendgrid" and self._ecdsa is not None:
                headers |= self._ecdsa(timestamp, content)
        return content, headers

    def content(self, parcel: Parcel, timestamp: int) -> bytes:
        """Give the bytes alone."""
        if parcel.batched or parcel.format == "sendgrid":
            return b"[" + b",".join(parcel.bodies) + b"]"
        if parcel.format == "mailgun":
            return self._mailgun(parcel, timestamp)
        return parcel.bodies[0]

    def _type(self, parcel: Parcel) -> str:
        if parcel.format == "template":
            return self._content_type
        return (_BATCH_TYPES if parcel.batched else _TYPES).get(parcel.format, JSON)

    def _mailgun(self, parcel: Parcel, timestamp: int) -> bytes:
        # The token is the event's own: a receiver that keeps tokens recognises what it had before.
        token, moment = parcel.ids[0][:50].ljust(50, "0"), str(timestamp)
        signature = hmac.new(self._mailgun_key, f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
        head = json.dumps({"timestamp": moment, "token": token, "signature": signature})
        return b'{"signature":' + head.encode() + b',"event-data":' + parcel.bodies[0] + b"}"


def _ecdsa_signer(pem: str) -> Callable[[int, bytes], dict[str, str]]:
    """SendGrid's signature: ECDSA on P-256 with SHA-256 over timestamp and body, DER in base64."""
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA  # noqa: PLC0415 - seldom used
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    from watcher.config.signing_key import parse_ecdsa_key  # noqa: PLC0415

    key = parse_ecdsa_key(pem)

    def sign(timestamp: int, content: bytes) -> dict[str, str]:
        signature = key.sign(str(timestamp).encode() + content, ECDSA(SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": str(timestamp),
        }

    return sign


def parcel_of(event_id: str, event_type: str, form: str, body: bytes) -> Parcel:
    """Give the parcel of one event."""
    return Parcel((event_id,), event_type, form, (body,))


def batch_of(parts: Sequence[Parcel]) -> Parcel:
    """Give a list of events of one form."""
    ids = tuple(event_id for part in parts for event_id in part.ids)
    bodies = tuple(body for part in parts for body in part.bodies)
    return Parcel(ids, parts[0].type if len(parts) == 1 else "batch", parts[0].format, bodies, batched=True)
