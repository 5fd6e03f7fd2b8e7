"""Deliver the events of one endpoint: take what is due, send it, write down what came of it, and again.

Each endpoint has a lane of its own, so that one which fails or hangs holds up no other.  A lane never ends by
itself: where the store cannot be used it waits and goes on, and what it had sent is then sent again under the
same id.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.config.webhook import Webhook
from watcher.deliver.alarms import Alarms
from watcher.deliver.carrier import Carrier, most_at_once, open_carrier
from watcher.deliver.circuit import Circuit
from watcher.deliver.client import LINGER
from watcher.deliver.faults import place_of_endpoint
from watcher.deliver.held import Held
from watcher.deliver.ledger import Ledger, Mark, State, Turn, Wanted
from watcher.deliver.outcome import Outcome, Result, loggable
from watcher.deliver.pace import Pace, slower
from watcher.deliver.parcel import Parcel, batch_of, parcel_of
from watcher.deliver.schedule import next_wait
from watcher.errors import StoreError
from watcher.store.records import Delivery


log = logging.getLogger(__name__)

BOUND = 16  # parcels on their way to one endpoint at once
LOOK_AGAIN = 30.0  # seconds; other processes queue events too
AFTER_TROUBLE = 10.0  # seconds before the store or a missing file is tried again
GATHER = 0.05  # seconds for which outcomes are gathered while there is more to send


@dataclass(frozen=True, slots=True)
class Chance:
    """What the world decides: the wall clock, and how much of the jitter to take (0 to 1)."""

    now: Callable[[], datetime]
    jitter: Callable[[], float]


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
        self._gone: str | None = None  # the endpoint wants no more
        self._alarms = Alarms(webhook)
        self._ledger = ledger
        self._chance = chance
        self._reach = reach
        self._circuit = Circuit()
        self._bound = min(BOUND, most_at_once(webhook))
        self._pace = Pace()
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()
        self._carrier: Carrier | None = None
        self._couriers: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()  # outbox rows
        # A lease outlasts the longest try and the wait for it, so that nothing is taken twice.
        self._try_takes = webhook.timeout.total_seconds() + LINGER
        self._lease = timedelta(seconds=3 * self._try_takes + 60)
        self._held = Held(self._lease.total_seconds() - self._try_takes - 5)
        self._marks: list[Mark] = []
        self._given_back: list[int] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._target = webhook.target

    @property
    def problem(self) -> str | None:
        """Say why events of this endpoint wait, if they do."""
        return self._trouble or self._gone or self._alarms.refusal

    def wake(self) -> None:
        """Look for due events now."""
        self._changed.set()

    def finish(self) -> None:
        """Take no more; end once what is on its way has been written down."""
        self._ended.set()
        self._changed.set()

    async def drained(self) -> None:
        """Wait until nothing is on its way, and nothing due can be sent now."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._changed.set()
        await waiter

    async def run(self) -> None:
        """Deliver until told to finish."""
        self._carrier = await self._open()
        if self._carrier is None:
            return
        try:
            while not (self._ended.is_set() and self._is_still()):
                await self._step()
        finally:
            await self._abandon()
            await self._carrier.close()

    def _is_still(self) -> bool:
        return not (self._couriers or self._marks or self._given_back)

    async def _open(self) -> Carrier | None:
        while not self._ended.is_set():
            self._changed.clear()
            self._release(len(self._waiters))
            try:
                return self._reach(self.webhook, self._bound)
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
        self._held.add(turn.taken, self._under_way, self._seconds())
        self._send()
        if self._is_still() and not self._held:
            self._release(waiting)
        await self._rest(self._pause(turn, more))
        if self._couriers and self._held.is_rich and not self._ended.is_set():
            await asyncio.sleep(GATHER)

    async def _turn(self) -> tuple[Turn, int]:
        marks, given_back = list(self._marks), list(self._given_back)
        more = self._room()
        wanted = Wanted(self.webhook.name, more, self._lease, self._target)
        turn = await self._ledger.turn(marks, given_back, wanted, self._chance.now())
        del self._marks[: len(marks)], self._given_back[: len(given_back)]
        self._held.learn(len(marks), self._seconds())
        self._trouble, self._gone = None, turn.paused
        return turn, more

    def _room(self) -> int:
        """Say how many more to take; where none may be sent, those held are given back."""
        slots = self._slots()
        if slots == 0:
            self._given_back += self._held.clear()
            return 0
        at_once = 1 if self._circuit.is_open else self.webhook.batch
        return self._held.room(slots * at_once, len(self._under_way), self._rate())

    def _slots(self) -> int:
        """Say how many parcels may be on their way now."""
        if self._ended.is_set() or self._gone is not None:
            return 0
        return self._circuit.slots(self._seconds(), self._bound)

    def _rate(self) -> float | None:
        return slower(self.webhook.rate, self._circuit.rate(self._seconds()))

    def _send(self) -> None:
        """Have as many couriers as there are slots and events."""
        wanted = min(self._slots(), len(self._couriers) + len(self._held))
        while len(self._couriers) < wanted:
            task = asyncio.create_task(self._carry())
            self._couriers.add(task)
            task.add_done_callback(self._courier_ended)

    def _courier_ended(self, task: asyncio.Task[None]) -> None:
        self._couriers.discard(task)
        self._changed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its lease brings the event back.
            log.error("delivery_broken endpoint=%s", self.webhook.name, exc_info=error)

    async def _carry(self) -> None:
        """Send one parcel after the other while there is something to send and a slot for it."""
        while self._held and len(self._couriers) <= self._slots():
            most = 1 if self._circuit.is_open else self.webhook.batch
            if wait := self._pace.wait(self._seconds(), self._rate(), min(most, len(self._held))):
                await self._sleep(wait)
                continue
            deliveries = self._held.pop(self._seconds(), most)
            if not deliveries:
                continue  # they were held for too long, and come back by their lease
            rows = {delivery.id for delivery in deliveries}
            self._under_way |= rows
            try:
                await self._try(deliveries)
            finally:
                self._under_way -= rows
            if len(self._couriers) < self._slots():
                self._send()
            if not self._held.is_rich:
                self._changed.set()

    async def _try(self, deliveries: list[Delivery]) -> None:
        """Send what goes into one parcel; a list that is refused is halved until what is wrong is alone."""
        outcome = await self._post(deliveries)
        if len(deliveries) > 1 and outcome.blames_the_event:
            middle = len(deliveries) // 2
            await self._try(deliveries[:middle])
            if self._slots() == 0:  # it has had enough of us
                self._given_back += [delivery.id for delivery in deliveries[middle:]]
            else:
                await self._try(deliveries[middle:])
            return
        self._circuit = self._circuit.after(outcome, self._seconds())
        for delivery in deliveries:
            self._note(delivery, outcome)

    async def _post(self, deliveries: list[Delivery]) -> Outcome:
        """Send one parcel; what breaks in our own code is a failed try too, or it would be tried for ever."""
        assert self._carrier is not None
        try:
            parts = [parcel_of(each.event_id, each.type, each.format, each.body) for each in deliveries]
            return await self._carrier.post(self._parcel(parts), self._chance.now())
        except Exception as error:
            log.exception("delivery_broken endpoint=%s", self.webhook.name)
            place = place_of_endpoint(self.webhook)
            return Outcome(Result.FAILED, f"{place}: {type(error).__name__} in our own code; report it")

    def _parcel(self, parts: list[Parcel]) -> Parcel:
        return batch_of(parts) if self.webhook.batch > 1 and parts[0].format != "template" else parts[0]

    def _note(self, delivery: Delivery, outcome: Outcome) -> None:
        mark = self._mark(delivery, outcome)
        if mark.gone:
            self._gone = loggable(mark.error)
        self._marks.append(mark)
        paused = self._gone is not None or self._circuit.slots(self._seconds(), BOUND) == 0
        self._alarms.tell(delivery, outcome, mark, paused=paused)

    def _mark(self, delivery: Delivery, outcome: Outcome) -> Mark:
        now = self._chance.now()
        if outcome.result is Result.DELIVERED:
            return Mark(delivery.id, State.DELIVERED, now)
        if outcome.result is Result.GONE:  # the endpoint is paused, the event stays due
            return Mark(delivery.id, State.DUE, now, outcome.last_error, gone=True)
        wait = next_wait(self.webhook.retry, delivery.attempts + 1, self._chance.jitter(), outcome.after)
        if wait is None:
            return Mark(delivery.id, State.DEAD, now, outcome.last_error)
        return Mark(delivery.id, State.DUE, now + wait, outcome.last_error)

    def _pause(self, turn: Turn, more: int) -> float:
        """Say how long to wait if nothing happens before."""
        if self._marks or self._given_back or (self._ended.is_set() and not self._couriers):
            return 0.0
        if self._gone is not None:
            return LOOK_AGAIN
        if more <= 0 or self._couriers:  # a courier wakes us; or the circuit closes
            until = self._circuit.paused_until - self._seconds()
            return until if until > 0 and not self._couriers else LOOK_AGAIN
        if turn.next_due is None:
            return LOOK_AGAIN
        return min(max((turn.next_due - self._chance.now()).total_seconds(), 0.0), LOOK_AGAIN)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _sleep(self, seconds: float) -> None:
        """Wait, or be told to finish."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            pass

    def _report(self, event: str, error: str) -> None:
        self._trouble = error
        log.error(f"{event} endpoint=%s error=%s", self.webhook.name, error)  # noqa: G004

    async def _abandon(self) -> None:
        self._held.clear()
        couriers = tuple(self._couriers)
        for courier in couriers:
            courier.cancel()
        await asyncio.gather(*couriers, return_exceptions=True)
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
