"""The form in which addresses are compared: folded, with the domain in ASCII."""


def address_key(address: str) -> str:
    """Give the form of an address under which its history is kept.

    The local part is folded although RFC 5321 section 2.4 lets it be case-sensitive: no receiver of note
    is, and a bounce often comes back in another case.  The domain is compared in its A-label form (RFC 5890).
    """
    local, at, domain = storable(address).rpartition("@")
    if not at:
        return domain.casefold()
    return f"{local.casefold()}@{_ascii(domain.lower())}"


def storable(text: str) -> str:
    """Give text that can be written anywhere: a lone surrogate, from bytes that are no UTF-8, becomes "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:  # no host name at all: compared as it stands
        return domain
