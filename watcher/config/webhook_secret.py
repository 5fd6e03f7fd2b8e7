"""Read a webhook's signing secret: `whsec_` and 24 to 64 random bytes in base64.

Standard Webhooks 1.0.0, "Signature scheme".  Any other text is refused rather than used as it is: the
libraries that receivers verify with would make other bytes of it, or refuse it, and no delivery would pass.
"""

import base64
import binascii


PREFIX = "whsec_"
LEAST, MOST = 24, 64  # bytes of the key itself

WAY_OUT = "make one with: echo whsec_$(openssl rand -base64 32)"


def parse_secret(text: str) -> bytes:
    """Give the key in a secret; raise ValueError with `fault; way out`, which never quotes the secret."""
    form = text.strip()
    if not form.startswith(PREFIX):
        raise ValueError(f"does not begin with {PREFIX}; {WAY_OUT}")
    try:
        key = base64.b64decode(form.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"is not base64 after {PREFIX}; {WAY_OUT}") from None
    if not LEAST <= len(key) <= MOST:
        raise ValueError(f"holds {len(key)} bytes, not {LEAST} to {MOST}; {WAY_OUT}")
    return key
