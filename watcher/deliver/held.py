"""Hold what was taken from the outbox until it can be sent: as much as is sent in a short while, and no more.

Nobody then waits for the store, and a fast endpoint does not cost a transaction for every few events.  What
was held for so long that its lease might end within a try is let go; its lease brings it back.
"""

from collections import deque
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from watcher.store.delivery_records import Delivery


MOST = 512  # events held for one endpoint
AHEAD = 0.3  # seconds of work that are held


class Held:
    """Events that were taken and are not yet on their way; times are seconds of a clock that never jumps."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._queue: deque[tuple[float, Delivery]] = deque()
        self._flow = 0.0  # events a second of late
        self._learnt = 0.0
        self._low = 1

    def __len__(self) -> int:
        """Count them."""
        return len(self._queue)

    @property
    def is_rich(self) -> bool:
        """Tell whether there is enough to go on with."""
        return len(self._queue) > self._low

    def add(self, taken: Sequence[Delivery], under_way: AbstractSet[int], now: float) -> None:
        """Hold what was taken, unless it is here already."""
        here = under_way | {delivery.id for _, delivery in self._queue}
        self._queue.extend((now, delivery) for delivery in taken if delivery.id not in here)

    def pop(self, now: float, most: int) -> list[Delivery]:
        """Give the next to be sent together: those of one form, and one that failed before alone."""
        found: list[Delivery] = []
        while self._queue and len(found) < most:
            taken_at, delivery = self._queue[0]
            if now - taken_at > self._longest:
                self._queue.popleft()
                continue
            if found and (delivery.attempts or delivery.format != found[0].format):
                break
            self._queue.popleft()
            found.append(delivery)
            if delivery.attempts:
                break
        return found

    def clear(self) -> list[int]:
        """Let all go; give their rows."""
        rows = [delivery.id for _, delivery in self._queue]
        self._queue.clear()
        return rows

    def learn(self, ended: int, now: float) -> None:
        """Remember how many were sent since it was last told."""
        past = max(now - self._learnt, 1e-3)
        if past >= AHEAD / 10:
            self._flow = 0.5 * self._flow + 0.5 * ended / past
            self._learnt = now

    def room(self, slots: int, under_way: int, rate: float | None) -> int:
        """Say how many more to take for so many slots: one for a single try that tells how things are."""
        wanted = slots if slots == 1 else max(2 * slots, min(MOST, int(self._flow * AHEAD)))
        if rate is not None:
            wanted = min(wanted, max(int(rate * 10), 1))
        self._low = wanted // 2 if slots > 1 else 0
        return max(wanted - len(self._queue) - (under_way if wanted <= 2 * slots else 0), 0)
