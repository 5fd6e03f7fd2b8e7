"""The form in which addresses are compared, for the rooms above; the reader's room holds it."""

from functools import lru_cache

from watcher.reader.parse import address_key as room
from watcher.reader.parse.address_key import storable


__all__ = ["address_key", "storable"]


@lru_cache(maxsize=4096)  # a batch asks for each of its addresses a dozen times
def address_key(address: str) -> str:
    """Give the form of an address under which its history is kept."""
    return room.address_key(address)
