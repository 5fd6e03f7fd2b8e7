"""Read a DKIM key as it stands in DNS or in the config, and check a signature by it.

RFC 6376 section 3.6.1, RFC 8463; bare base64 and PEM are taken too, for keys that stand in the config.
"""

import base64
import binascii
import re

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import load_der_public_key


_PEM = re.compile(r"-----[A-Z ]{1,40}-----")
LONGEST = 10_000  # letters of a record
SMALLEST_RSA = 1024  # bits, RFC 8301 section 3.2

PublicKey = RSAPublicKey | Ed25519PublicKey


def read_key(record: str, kind: str | None = None) -> PublicKey | None:
    """Read the key of a record, of the kind `rsa` or `ed25519`; None where it holds none of use."""
    if len(record) > LONGEST:
        return None
    tags = _tags(record)
    stated = tags.get("k", "rsa").lower()
    if kind is not None and "k" in tags and stated != kind:
        return None
    # RFC 6376 section 3.6.1: h= names the hashes that may be used, s= the services.
    if "sha256" not in tags.get("h", "sha256").lower() or tags.get("s", "*") not in {"*", "email"}:
        return None
    try:
        octets = base64.b64decode(tags.get("p", ""), validate=True)
        return _load(octets)
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return None


def is_signed_by(key: PublicKey, signature: bytes, signed: bytes) -> bool:
    """Tell whether a signature is right."""
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, signed, PKCS1v15(), SHA256())
        else:  # RFC 8463 section 3: what is signed is the hash
            digest = Hash(SHA256())
            digest.update(signed)
            key.verify(signature, digest.finalize())
    except InvalidSignature:
        return False
    return True


def _tags(record: str) -> dict[str, str]:
    text = "".join(_PEM.sub("", record).split())
    if not re.match(r"[a-z]{1,4}=", text):
        return {"p": text}
    parts = (part.partition("=") for part in text.split(";"))
    return {name: value for name, _, value in parts if name}


def _load(octets: bytes) -> PublicKey | None:
    if len(octets) == 32:
        return Ed25519PublicKey.from_public_bytes(octets)
    key = load_der_public_key(octets) if octets else None
    if isinstance(key, RSAPublicKey):
        return key if key.key_size >= SMALLEST_RSA else None
    return key if isinstance(key, Ed25519PublicKey) else None
