"""Look up what costs when it is first asked for, and keep it."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar


Found = TypeVar("Found")


class once(Generic[Found]):  # noqa: N801 - a decorator, as `property` is
    """A property of an object with a `__dict__`: `functools.cached_property` without the lock of Python 3.11.

    That lock made up a hundredth of the reader's whole time; no object of the reader is shared by threads.
    """

    def __init__(self, look_up: Callable[[Any], Found]) -> None:
        """Take the method that looks it up."""
        self._look_up = look_up
        self._name = look_up.__name__
        self.__doc__ = look_up.__doc__

    def __get__(self, holder: object, owner: object = None) -> Found:
        """Look it up, and leave it where Python looks before it asks here again."""
        found = holder.__dict__[self._name] = self._look_up(holder)
        return found
