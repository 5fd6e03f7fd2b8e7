"""Carry what is held to one endpoint: as many parcels at once, and as many events a second, as it bears.

A courier sends one parcel after the other while there is one and a slot for it.  What came of a try goes to
the marks; nothing here waits for the store.
"""

import asyncio
import logging
from collections.abc import Callable

from watcher.config.webhook import Webhook
from watcher.deliver.alarms import Alarms
from watcher.deliver.carrier import Carrier, most_at_once
from watcher.deliver.chance import Chance
from watcher.deliver.circuit import WIDEST, Circuit
from watcher.deliver.deadlines import happens
from watcher.deliver.faults import place_of_endpoint
from watcher.deliver.held import Held
from watcher.deliver.marks import Marks, mark_of
from watcher.deliver.outcome import Outcome, Result, loggable
from watcher.deliver.pace import Pace, slower
from watcher.deliver.parcel import Parcel, batch_of, parcel_of
from watcher.store.delivery_records import Delivery


log = logging.getLogger(__name__)

MOST_UNDER_WAY = 2_000  # events, where lists of them are sent


class Couriers:
    """Those who are on their way to one endpoint, and how it has been doing; lives in one event loop."""

    def __init__(
        self, webhook: Webhook, chance: Chance, held: Held, marks: Marks, called: Callable[[], None]
    ) -> None:
        self.bound = min(WIDEST, most_at_once(webhook), max(MOST_UNDER_WAY // webhook.batch, 1))
        self.under_way: set[int] = set()  # outbox rows
        self.gone: str | None = None  # the endpoint wants no more
        self._webhook = webhook
        self._chance = chance
        self._held = held
        self._marks = marks
        self._called = called  # there is something to write or to take
        self._batch = webhook.batch
        self._alarms = Alarms(webhook)
        self._circuit = Circuit()
        self._pace = Pace()
        self._ended = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._carrier: Carrier | None = None

    def __len__(self) -> int:
        """Count them."""
        return len(self._tasks)

    @property
    def refusal(self) -> str | None:
        """Say why the endpoint takes nothing, if it does not."""
        return self.gone or self._alarms.refusal

    def open(self, carrier: Carrier) -> None:
        """Have something to send with."""
        self._carrier = carrier

    def finish(self) -> None:
        """Begin no more."""
        self._ended.set()

    async def abandon(self) -> None:
        """Drop what is on its way."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._carrier is not None:
            await self._carrier.close()

    def slots(self, now: float) -> int:
        """Say how many parcels may be on their way now."""
        if self.gone is not None or self._ended.is_set():
            return 0
        return self._circuit.slots(now, self.bound)

    def at_once(self) -> int:
        """Say how many events may go into one parcel."""
        return 1 if self._circuit.is_open else self._batch

    def rate(self, now: float) -> float | None:
        """Say how many events a second may be sent; None: as many as it takes."""
        return slower(self._webhook.rate, self._circuit.rate(now))

    def paused_for(self, now: float) -> float:
        """Give the seconds for which the endpoint is left alone."""
        return self._circuit.paused_until - now

    def send(self, now: float) -> None:
        """Have as many couriers as there are slots and events."""
        wanted = min(self.slots(now), len(self._tasks) + len(self._held))
        while len(self._tasks) < wanted:
            task = asyncio.create_task(self._carry())
            self._tasks.add(task)
            task.add_done_callback(self._courier_ended)

    def _courier_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._called()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its lease brings the event back.
            log.error("delivery_broken endpoint=%s", self._webhook.name, exc_info=error)

    async def _carry(self) -> None:
        held, clock = self._held, asyncio.get_running_loop().time
        while held:
            now = clock()
            if len(self._tasks) > self.slots(now):
                return
            most = self.at_once()
            if wait := self._pace.wait(now, self.rate(now), min(most, len(held))):
                await happens(self._ended, wait)
                continue
            deliveries = held.pop(now, most)
            if not deliveries:
                continue  # they were held for too long, and come back by their lease
            rows = [delivery.id for delivery in deliveries]
            self.under_way.update(rows)
            try:
                await self._try(deliveries, clock)
            finally:
                self.under_way.difference_update(rows)
            if len(self._tasks) < self.bound:
                self.send(clock())
            if not held.is_rich:
                self._called()

    async def _try(self, deliveries: list[Delivery], clock: Callable[[], float]) -> None:
        """Send what goes into one parcel; a list that is refused is halved until what is wrong is alone."""
        outcome = await self._post(deliveries)
        if len(deliveries) > 1 and outcome.blames_the_event:
            middle = len(deliveries) // 2
            await self._try(deliveries[:middle], clock)
            if self.slots(clock()) == 0:  # it has had enough of us
                self._marks.given_back += [delivery.id for delivery in deliveries[middle:]]
            else:
                await self._try(deliveries[middle:], clock)
            return
        self._note(deliveries, outcome, clock())

    async def _post(self, deliveries: list[Delivery]) -> Outcome:
        """Send one parcel; what breaks in our own code is a failed try too, or it would be tried for ever."""
        assert self._carrier is not None
        try:
            return await self._carrier.post(self._parcel(deliveries), self._chance.now())
        except Exception as error:
            log.exception("delivery_broken endpoint=%s", self._webhook.name)
            place = place_of_endpoint(self._webhook)
            return Outcome(Result.FAILED, f"{place}: {type(error).__name__} in our own code; report it")

    def _parcel(self, deliveries: list[Delivery]) -> Parcel:
        parts = [parcel_of(each.event_id, each.type, each.format, each.body) for each in deliveries]
        return batch_of(parts) if self._batch > 1 and parts[0].format != "template" else parts[0]

    def _note(self, deliveries: list[Delivery], outcome: Outcome, now: float) -> None:
        self._circuit = self._circuit.after(outcome, now)
        ended = self._chance.now()
        for delivery in deliveries:
            if outcome.result is Result.DELIVERED:
                self._marks.delivered[delivery.id] = ended
                self._alarms.delivered(delivery)
                continue
            mark = mark_of(delivery, outcome, self._webhook.retry, ended, self._chance.jitter())
            if mark.gone:
                self.gone = loggable(mark.error)
            self._marks.failed.append(mark)
            paused = self.gone is not None or self._circuit.slots(now, self.bound) == 0
            self._alarms.failed(delivery, outcome, mark, paused=paused)
