"""Know the lines on which a reply goes on with the address that it is about.

QUIRK: Postfix folds replies: `<a@b>: host x said: 550 5.1.1`, and below, indented, `<a@b>: Recipient …`.
"""

from typing import Protocol, TypeVar


class _Named(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def address(self) -> str: ...
    @property
    def rest(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def drop_repeated(found: list[_T], lines: tuple[str, ...]) -> list[_T]:
    """Return the places that name recipients without those that only go on with the reply above."""
    return [each for at, each in enumerate(found) if at == 0 or not _goes_on(found[at - 1], each, lines)]


def _goes_on(before: _Named, each: _Named, lines: tuple[str, ...]) -> bool:
    if before.line != each.line - 1 or before.address.lower() != each.address.lower():
        return False
    told = bool(before.rest.strip(" :"))
    return told and lines[each.line][:1].isspace() and not lines[before.line][:1].isspace()
