"""Deliver the events of one endpoint: take what is due, send it, write down what came of it, and again.

Each endpoint has a lane of its own, so that one which fails or hangs holds up no other.  A lane never ends by
itself: where the store cannot be used it waits and goes on, and what it had sent is then sent again under the
same id.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from watcher.config.webhook import Webhook
from watcher.deliver.carrier import Carrier, open_carrier
from watcher.deliver.chance import Chance
from watcher.deliver.client import LINGER
from watcher.deliver.couriers import Couriers
from watcher.deliver.deadlines import happens
from watcher.deliver.held import Held
from watcher.deliver.ledger import Ledger, Turn, Wanted
from watcher.deliver.marks import Marks
from watcher.errors import StoreError


log = logging.getLogger(__name__)

LOOK_AGAIN = 30.0  # seconds; other processes queue events too
AFTER_TROUBLE = 10.0  # seconds before the store or a missing file is tried again
GATHER = 0.05  # seconds for which outcomes are gathered while there is more to send


class Lane:
    """One endpoint's events; lives in the deliverer's event loop."""

    def __init__(
        self,
        webhook: Webhook,
        ledger: Ledger,
        chance: Chance,
        reach: Callable[[Webhook, int], Carrier] = open_carrier,
    ) -> None:
        self.webhook = webhook
        self._trouble: str | None = None  # of our own: the store, a file
        self._ledger = ledger
        self._chance = chance
        self._reach = reach
        # A lease outlasts the longest try and the wait for it, so that nothing is taken twice.
        try_takes = webhook.timeout.total_seconds() + LINGER
        self._lease = timedelta(seconds=3 * try_takes + 60)
        self._held = Held(self._lease.total_seconds() - try_takes - 5)
        self._marks = Marks()
        self._couriers = Couriers(webhook, chance, self._held, self._marks, self.wake)
        self._changed = asyncio.Event()
        self._ended = False
        self._waiters: list[asyncio.Future[None]] = []
        self._target = webhook.target

    @property
    def problem(self) -> str | None:
        """Say why events of this endpoint wait, if they do."""
        return self._trouble or self._couriers.refusal

    def wake(self) -> None:
        """Look for due events now."""
        self._changed.set()

    def finish(self) -> None:
        """Take no more; end once what is on its way has been written down."""
        self._ended = True
        self._couriers.finish()
        self._changed.set()

    async def drained(self) -> None:
        """Wait until nothing is on its way, and nothing due can be sent now."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._changed.set()
        await waiter

    async def run(self) -> None:
        """Deliver until told to finish."""
        if not await self._open():
            return
        try:
            while not (self._ended and self._is_still()):
                await self._step()
        finally:
            self._held.clear()
            await self._couriers.abandon()
            self._release(len(self._waiters))

    def _is_still(self) -> bool:
        return not (self._couriers or self._marks)

    async def _open(self) -> bool:
        while not self._ended:
            self._changed.clear()
            self._release(len(self._waiters))
            try:
                self._couriers.open(self._reach(self.webhook, self._couriers.bound))
            except ValueError as error:
                self._report("webhook_unusable", str(error))
                await happens(self._changed, AFTER_TROUBLE)
            else:
                return True
        return False

    async def _step(self) -> None:
        self._changed.clear()
        waiting = len(self._waiters)
        try:
            turn, more = await self._turn()
        except StoreError as error:
            self._report("outbox_unusable", str(error))
            self._release(waiting)
            await happens(self._changed, AFTER_TROUBLE)
            return
        now = self._seconds()
        # After a jump of the clock a lease is over before its try is, or before that is written down.
        self._held.add(turn.taken, self._couriers.under_way | self._marks.rows(), now)
        self._couriers.send(now)
        if self._is_still() and not self._held:
            self._release(waiting)
        await happens(self._changed, self._pause(turn, more))
        if self._couriers and self._held.is_rich and not self._ended:
            self._changed.clear()  # it is set again once what is held runs low
            await happens(self._changed, GATHER)

    async def _turn(self) -> tuple[Turn, int]:
        more = self._room()
        marks = self._marks.cut()
        wanted = Wanted(self.webhook.name, more, self._lease, self._target)
        try:
            turn = await self._ledger.turn(marks, wanted, self._chance.now())
        except BaseException:
            self._marks.put_back(marks)
            raise
        self._held.learn(marks.tries(), self._seconds())
        self._trouble = None
        self._couriers.gone = turn.paused or self._marks.gone()  # said during the turn
        return turn, more

    def _room(self) -> int:
        """Say how many more to take; where none may be sent, those held are given back."""
        now = self._seconds()
        slots = self._couriers.slots(now)
        if slots == 0:
            self._marks.given_back += self._held.clear()
            return 0
        wanted = slots * self._couriers.at_once()
        return self._held.room(wanted, len(self._couriers.under_way), self._couriers.rate(now))

    def _pause(self, turn: Turn, more: int) -> float:
        """Say how long to wait if nothing happens before."""
        if self._marks or (self._ended and not self._couriers):
            return 0.0
        if self._couriers.gone is not None:
            return LOOK_AGAIN
        if more <= 0 or self._couriers:  # a courier wakes us; or the circuit closes
            until = self._couriers.paused_for(self._seconds())
            return until if until > 0 and not self._couriers else LOOK_AGAIN
        if turn.next_due is None:
            return LOOK_AGAIN
        return min(max((turn.next_due - self._chance.now()).total_seconds(), 0.0), LOOK_AGAIN)

    def _report(self, event: str, error: str) -> None:
        self._trouble = error
        log.error(f"{event} endpoint=%s error=%s", self.webhook.name, error)  # noqa: G004

    def _release(self, count: int) -> None:
        """Let those go on that have waited longest."""
        for waiter in self._waiters[:count]:
            if not waiter.done():
                waiter.set_result(None)
        del self._waiters[:count]

    @staticmethod
    def _seconds() -> float:
        return asyncio.get_running_loop().time()
