"""The form in which addresses are compared: ASCII in lower case, with the domain in ASCII."""

import unicodedata
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import Final

import idna


ASCII_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
_LONGEST_DOMAIN: Final = 255  # RFC 1035 section 2.3.4; a longer one is no domain


@lru_cache(maxsize=4_096)  # a batch asks for each of its addresses a dozen times
def address_key(address: str) -> str:
    """Give the form of an address under which its history is kept.

    The local part's case is folded although RFC 5321 section 2.4 lets it matter: no receiver of note minds
    it, and a bounce often comes back in another case.  Beyond ASCII nothing is folded (`weiß` is not
    `weiss`), only composed, as RFC 6532 section 3.1 asks.  The domain is compared in its A-label form.
    """
    local, at, domain = storable(address).rpartition("@")
    if not at:
        return lower_ascii(domain)
    return f"{lower_ascii(local)}@{domain_key(domain)}"


def lower_ascii(text: str) -> str:
    """Compose letters (NFC), and put those of ASCII in lower case."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).translate(ASCII_LOWER)


def domain_key(domain: str) -> str:
    """Give a domain in lower case and A-labels.

    By IDNA 2008 (RFC 5891, and UTS 46 without its transitional mapping): `faß.de` and `fass.de` have owners
    of their own.  Names that only IDNA 2003 allowed, such as pictures, are written in the same way, and what
    is no host name at all stays as it is: this compares names, and asks nobody for them.
    """
    domain = storable(domain)
    if domain.isascii() or len(domain) > _LONGEST_DOMAIN:
        return domain.lower()
    try:
        domain = idna.uts46_remap(domain)
    except idna.IDNAError:
        domain = unicodedata.normalize("NFC", domain.lower())
    return ".".join(map(_a_label, domain.split(".")))


def storable(text: str) -> str:
    """Give text that can be written anywhere: a lone surrogate, from bytes that are no UTF-8, becomes "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _a_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
