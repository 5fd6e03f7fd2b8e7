"""The form in which addresses are compared, for the rooms above; the reader's room holds it."""

from watcher.reader.parse.address import normalise_domain
from watcher.reader.parse.address_key import ASCII_LOWER, address_key, storable


__all__ = ["ASCII_LOWER", "address_key", "normalise_domain", "storable"]
