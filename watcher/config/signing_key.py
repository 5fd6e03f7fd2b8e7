"""Check a key that other services' webhooks are signed with."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key


WAY_OUT = "make one with: openssl ecparam -name prime256v1 -genkey -noout"


def parse_ecdsa_key(text: str) -> EllipticCurvePrivateKey:
    """Read a private key on P-256 in PEM; ValueError never quotes it."""
    try:
        key = load_pem_private_key(text.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(f"signing_key: no private key in PEM; {WAY_OUT}") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError(  # noqa: TRY004 - a fault of the text
            f"signing_key: no key on P-256; {WAY_OUT}"
        )
    return key


def check_ecdsa_key(text: str) -> None:
    """Raise ValueError where a text is no such key."""
    parse_ecdsa_key(text)
