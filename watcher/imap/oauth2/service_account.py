"""Sign, with the key of a Google service account, that it acts for a user of the domain.

RFC 7523: a JSON Web Token, signed with RS256 (RFC 7518 section 3.3).
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key


GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
LIFETIME = 3600  # seconds; Google takes no longer ones
_LATE = 30  # seconds that our clock may be ahead of theirs


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What a service account's JSON key holds."""

    client_email: str
    private_key: str = field(repr=False)  # PEM
    key_id: str = ""
    token_uri: str = GOOGLE_TOKENS


def parse_account(text: str) -> ServiceAccount:
    """Read the JSON key as Google gives it out; ValueError has the fault and the way out."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("type") != "service_account":
        raise ValueError("service_account: not the JSON key of a service account; download a new key as JSON")
    texts = {key: found.get(key) for key in ("client_email", "private_key")}
    for key, value in texts.items():
        if not isinstance(value, str) or not value:
            raise ValueError(f"service_account: the JSON key lacks {key}; download a new key as JSON")
    token_uri = found.get("token_uri")
    return ServiceAccount(
        client_email=str(texts["client_email"]),
        private_key=str(texts["private_key"]),
        key_id=str(found.get("private_key_id") or ""),
        token_uri=token_uri
        if isinstance(token_uri, str) and token_uri.startswith("https://")
        else GOOGLE_TOKENS,
    )


def sign_assertion(account: ServiceAccount, user: str, scope: str, audience: str, now: float) -> str:
    """Give the signed word that the account acts for `user`; ValueError where the key cannot sign."""
    began = int(now) - _LATE
    head = {"alg": "RS256", "typ": "JWT", **({"kid": account.key_id} if account.key_id else {})}
    claims = {
        "iss": account.client_email, "sub": user, "scope": scope, "aud": audience,
        "iat": began, "exp": began + LIFETIME,
    }  # fmt: skip
    signed = f"{_encode(_json(head))}.{_encode(_json(claims))}"
    return f"{signed}.{_encode(_sign(account.private_key, signed.encode()))}"


def _sign(pem: str, octets: bytes) -> bytes:
    try:
        key = load_pem_private_key(pem.encode(), None)
        assert isinstance(key, RSAPrivateKey)
    except (ValueError, TypeError, AssertionError):
        text = "service_account: private_key is no RSA key in PEM; download a new key as JSON"
        raise ValueError(text) from None
    return key.sign(octets, PKCS1v15(), SHA256())


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(octets: bytes) -> str:
    # RFC 7515 section 2: base64url without padding.
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
