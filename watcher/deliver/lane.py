"""Deliver the events of one endpoint: take what is due, post it, write down what came of it, and again.

Each endpoint has a lane of its own, so that one which fails or hangs holds up no other.  A lane never ends by
itself: where the store cannot be used it waits and goes on, and what it had sent is then sent again under the
same id.
"""

import asyncio
import functools
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watcher.config.webhook import Webhook
from watcher.deliver.circuit import Circuit
from watcher.deliver.client import LINGER, Client
from watcher.deliver.ledger import Ledger, Mark, State, Turn, Wanted
from watcher.deliver.outcome import Outcome, Result
from watcher.deliver.schedule import next_wait
from watcher.errors import StoreError
from watcher.store.records import Delivery


log = logging.getLogger(__name__)

BOUND = 16  # events on their way to one endpoint at once
LOOK_AGAIN = 30.0  # seconds; other processes queue events too
AFTER_TROUBLE = 10.0  # seconds before the store or a missing file is tried again


@dataclass(frozen=True, slots=True)
class Chance:
    """What the world decides: the wall clock, and how much of the jitter to take (0 to 1)."""

    now: Callable[[], datetime]
    jitter: Callable[[], float]


class Lane:
    """One endpoint's events; lives in the deliverer's event loop."""

    def __init__(self, webhook: Webhook, ledger: Ledger, chance: Chance) -> None:
        self.webhook = webhook
        self._trouble: str | None = None  # of our own: the store, a file
        self._refusal: str | None = None  # of the endpoint
        self._ledger = ledger
        self._chance = chance
        self._circuit = Circuit()
        self._changed = asyncio.Event()
        self._stopping = False
        self._client: Client | None = None
        self._posts: dict[int, asyncio.Task[None]] = {}  # by outbox row
        self._held: deque[Delivery] = deque()  # taken, and sent as soon as a post ends
        self._marks: list[Mark] = []
        self._waiters: list[asyncio.Future[None]] = []
        # A lease outlasts the longest try and the wait for it, so that nothing is taken twice.
        self._lease = 2 * (webhook.timeout + timedelta(seconds=LINGER)) + timedelta(seconds=30)

    @property
    def problem(self) -> str | None:
        """Say why events of this endpoint wait, if they do."""
        return self._trouble or self._refusal

    def wake(self) -> None:
        """Look for due events now."""
        self._changed.set()

    def finish(self) -> None:
        """Take no more; end once what is on its way has been written down."""
        self._stopping = True
        self._changed.set()

    async def drained(self) -> None:
        """Wait until nothing is on its way, and nothing due can be sent now."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._changed.set()
        await waiter

    async def run(self) -> None:
        """Deliver until told to finish."""
        self._client = await self._open()
        if self._client is None:
            return
        try:
            while not (self._stopping and not self._posts and not self._marks):
                await self._step()
        finally:
            await self._abandon()
            await self._client.close()

    async def _open(self) -> Client | None:
        while not self._stopping:
            self._changed.clear()
            self._release(len(self._waiters))
            try:
                return Client(self.webhook, BOUND)
            except ValueError as error:
                self._report("webhook_unusable", str(error))
                await self._rest(AFTER_TROUBLE)
        return None

    async def _step(self) -> None:
        self._changed.clear()
        waiting = len(self._waiters)
        try:
            turn, more = await self._turn()
        except StoreError as error:
            self._report("outbox_unusable", str(error))
            self._release(waiting)
            await self._rest(AFTER_TROUBLE)
            return
        # After a jump of the clock a lease is over before its try is.
        here = self._posts.keys() | {delivery.id for delivery in self._held}
        self._held.extend(delivery for delivery in turn.taken if delivery.id not in here)
        self._send()
        if not (self._posts or self._marks):
            self._release(waiting)
        await self._rest(self._pause(turn, more - len(turn.taken)))

    async def _turn(self) -> tuple[Turn, int]:
        marks = list(self._marks)
        slots = self._slots()
        # As many again are held, so that nobody waits for the store; of a single try that is to tell whether
        # the endpoint is back, none are.
        more = max((2 * slots if slots > 1 else slots) - len(self._posts) - len(self._held), 0)
        wanted = Wanted(self.webhook.name, more, self._lease)
        turn = await self._ledger.turn(marks, wanted, self._chance.now())
        del self._marks[: len(marks)]
        self._trouble = None
        return turn, more

    def _slots(self) -> int:
        """Say how many events may be on their way now; at none, those held come back by their lease."""
        slots = 0 if self._stopping else self._circuit.slots(self._seconds(), BOUND)
        if slots == 0:
            self._held.clear()
        return slots

    def _send(self) -> None:
        slots = self._slots()
        while self._held and len(self._posts) < slots:
            self._post(self._held.popleft())

    def _pause(self, turn: Turn, more: int) -> float:
        """Say how long to wait if nothing happens before."""
        if self._marks or (self._stopping and not self._posts):
            return 0.0
        if more <= 0:  # a post that ends wakes us; or the circuit closes
            until = self._circuit.paused_until - self._seconds()
            return until if until > 0 and not self._posts else LOOK_AGAIN
        if turn.next_due is None:
            return LOOK_AGAIN
        return min(max((turn.next_due - self._chance.now()).total_seconds(), 0.0), LOOK_AGAIN)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _post(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._try(delivery))
        self._posts[delivery.id] = task
        task.add_done_callback(functools.partial(self._posted, delivery.id))

    def _posted(self, row_id: int, task: asyncio.Task[None]) -> None:
        del self._posts[row_id]
        self._changed.set()
        self._send()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its lease brings the event back.
            log.error("delivery_broken endpoint=%s", self.webhook.name, exc_info=error)

    async def _try(self, delivery: Delivery) -> None:
        assert self._client is not None
        outcome = await self._client.post(delivery.event_id, delivery.body, self._chance.now())
        self._circuit = self._circuit.after(outcome, self._seconds())
        mark = self._mark(delivery, outcome)
        self._marks.append(mark)
        self._tell(delivery, outcome, mark)

    def _mark(self, delivery: Delivery, outcome: Outcome) -> Mark:
        now = self._chance.now()
        if outcome.result is Result.DELIVERED:
            return Mark(delivery.id, State.DELIVERED, now)
        if outcome.result is Result.GONE:  # the endpoint is paused, the event stays due
            return Mark(delivery.id, State.DUE, now, outcome.last_error)
        wait = next_wait(self.webhook.retry, delivery.attempts + 1, self._chance.jitter(), outcome.after)
        if wait is None:
            return Mark(delivery.id, State.DEAD, now, outcome.last_error)
        return Mark(delivery.id, State.DUE, now + wait, outcome.last_error)

    def _tell(self, delivery: Delivery, outcome: Outcome, mark: Mark) -> None:
        fields = (delivery.event_id, delivery.type, self.webhook.name, delivery.attempts + 1)
        if outcome.result is Result.DELIVERED:
            self._refusal = None
            log.info("event_delivered event=%s type=%s endpoint=%s try=%d", *fields)
            return
        paused = self._circuit.slots(self._seconds(), BOUND) == 0
        self._refusal = outcome.error if paused else None
        if mark.state is State.DEAD:
            log.error("event_dead event=%s type=%s endpoint=%s try=%d error=%s", *fields, outcome.error)
            return
        next_try = mark.at.astimezone(UTC).isoformat(timespec="seconds")
        log.warning(
            "delivery_failed event=%s type=%s endpoint=%s try=%d next=%s paused=%s error=%s",
            *fields, next_try, "yes" if paused else "no", outcome.error,
        )  # fmt: skip

    def _report(self, event: str, error: str) -> None:
        self._trouble = error
        log.error(f"{event} endpoint=%s error=%s", self.webhook.name, error)  # noqa: G004

    async def _abandon(self) -> None:
        self._held.clear()
        posts = tuple(self._posts.values())
        for post in posts:
            post.cancel()
        await asyncio.gather(*posts, return_exceptions=True)
        self._release(len(self._waiters))

    def _release(self, count: int) -> None:
        """Let those go on that have waited longest."""
        for waiter in self._waiters[:count]:
            if not waiter.done():
                waiter.set_result(None)
        del self._waiters[:count]

    @staticmethod
    def _seconds() -> float:
        return asyncio.get_running_loop().time()
