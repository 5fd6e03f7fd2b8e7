"""Choose how many mails to ask for at once, by how the server bore it before; kept when a session ends.

Groups grow while all goes well.  After a break, they are small until the mails that broke it are read.  A
mail that breaks the connection when it is asked for alone is asked for after all others, at length in part,
and given up when it has done so often: one mail must not hold back others, nor a bad network cost a mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


FIRST, MOST = 200, 1_000  # mails at once: to begin with, and where all goes well
SHRINK = 8  # a group that broke is cut to so small a part, so that the mail at fault is alone after two more
IN_PART, GIVEN_UP = 3, 6  # breaks over one mail, each after all others had come through
PART = 65_536  # octets of a mail that may be too large for the connection


@dataclass(slots=True)
class Pace:
    """How a mailbox is read: `size` mails at once."""

    size: int = FIRST
    _most: int = MOST
    _suspects: int = 0  # the last UID of the group that broke
    _breaks: dict[int, int] = field(default_factory=dict)

    def broke(self, group: Sequence[int]) -> None:
        """Learn that the connection broke while mails were being read."""
        self._suspects = max(group)
        self.size = max(1, min(self.size, len(group), FIRST) // SHRINK)
        if len(group) == 1:
            self._breaks[group[0]] = self._breaks.get(group[0], 0) + 1

    def balked(self, group: Sequence[int]) -> None:
        """Learn that the server refused mails together, and gave them in smaller groups."""
        self.size = max(1, len(group) // 2)

    def worked(self, group: Sequence[int]) -> None:
        """Learn that mails were read."""
        for uid in set(group) & self._breaks.keys():
            del self._breaks[uid]
        if max(group) >= self._suspects:
            self.size = min(self._most, self.size * 2)

    def came_whole(self, count: int, of: int) -> None:
        """Learn how many mails were small enough to be read together with so many others."""
        if count * 10 < of * 9:
            self._most = max(FIRST, self._most // 2)
            self.size = min(self._most, self.size)

    def part_of(self, uid: int, otherwise: int) -> int:
        """Give how many octets of a mail to ask for."""
        return min(PART, otherwise) if self._breaks.get(uid, 0) >= IN_PART else otherwise

    def is_suspect(self, uid: int) -> bool:
        """Tell whether the connection broke when a mail was asked for alone: others come first then."""
        return uid in self._breaks

    def has_given_up(self, uid: int) -> bool:
        """Tell whether a mail breaks the connection whatever is done."""
        return self._breaks.get(uid, 0) >= GIVEN_UP
