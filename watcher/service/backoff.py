"""How long to wait before a server is tried again: ever longer, never long, never all at the same moment."""

import random


class Backoff:
    """Waits that double from `first` seconds to `longest`, each a fifth more or less."""

    def __init__(self, first: float = 5.0, longest: float = 300.0) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def seconds(self, *, hopeful: bool = True, asked: float | None = None) -> float:
        """Give the next wait; the longest at once where trying again can hardly help."""
        wait = self._next if hopeful else self._longest
        self._next = min(self._next * 2, self._longest)
        # No secret hangs on these numbers.
        return max(wait * random.uniform(0.8, 1.2), asked or 0.0)  # noqa: S311

    def reset(self) -> None:
        """Begin anew, after a success."""
        self._next = self._first
