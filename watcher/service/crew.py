"""All that works under one config: started together, stopped together, replaced as a whole."""

import logging
import threading
import time
from collections.abc import Iterable

from watcher.config.shape import Config
from watcher.deliver.outbox import Deliverer
from watcher.deliver.schedule import longest_wait
from watcher.errors import StoreError
from watcher.reader.ruleset import Rules
from watcher.service.api import StateAnswers
from watcher.service.health import find_problems
from watcher.service.policy import policy_of
from watcher.service.releases import release_lapsed
from watcher.service.schedule import Schedule
from watcher.service.sweep import utc_now
from watcher.service.tools import keep, make_tools
from watcher.service.worker import Worker
from watcher.store import Store
from watcher.web.listener import Listener


log = logging.getLogger(__name__)

SECONDS_TO_END = 15.0  # for all workers together; what they leave is done again by the next start
SECONDS_TO_BREAK = 5.0  # for those whose connection was cut, since they had not ended by then


class Crew:
    """The workers, the deliverer, the clock and the listener."""

    def __init__(self, config: Config, store: Store, rules: Rules) -> None:
        self._store = store
        self._webhooks = config.webhooks
        self._endpoints = frozenset(hook.name for hook in config.webhooks)
        self._keep = keep(config)
        self._policy = policy_of(config, rules.taxonomy)
        self._stop = threading.Event()
        self._left: tuple[Worker, ...] = ()
        self._listens = False
        self._deliverer = Deliverer(store, config.webhooks)
        tools = make_tools(config, store, rules, self._deliverer.wake)
        self._workers = tuple(Worker(mailbox, tools, self._stop) for mailbox in config.mailboxes)
        self._schedule = Schedule(self._workers, self._clean_up)
        self._listener = (
            None
            if config.http is None
            else Listener(config.http, self.problems, StateAnswers(config, self._policy))
        )

    def listen(self) -> None:
        """Open the listener, the one part that can refuse; PortTakenError where its address is taken."""
        if self._listener is not None and not self._listens:
            self._listener.start()
            self._listens = True

    def start(self, left: Iterable[Worker] = ()) -> None:
        """Begin; PortTakenError where the listener's address cannot be had.

        `left` are workers of a crew before this one that have not ended: a mailbox of theirs waits for them.
        """
        self._left = tuple(left)
        self.listen()
        self._deliverer.start()
        for worker in self._workers:
            worker.start(self._left)
        self._schedule.start()

    def stop(self) -> tuple[Worker, ...]:
        """End all parts, and give the workers that are still at work; a part that never began is no fault."""
        self._stop.set()
        self._schedule.stop()
        late = _still_at_work(self._workers, SECONDS_TO_END)
        for worker in late:
            log.warning("connection_cut mailbox=%s seconds=%d", worker.mailbox.name, SECONDS_TO_END)
            worker.cut()
        late = _still_at_work(late, SECONDS_TO_BREAK)
        for worker in late:
            log.warning("worker_left_behind mailbox=%s", worker.mailbox.name)
        self._deliverer.stop()
        if self._listener is not None:
            self._listener.stop()
        return (*late, *_still_at_work(self._left, 0.0))

    @property
    def port(self) -> int | None:
        """The listener's port, where there is one."""
        return None if self._listener is None else self._listener.port

    def problems(self) -> list[str]:
        """Give what keeps the crew from its work, one line each."""
        return [
            *find_problems(self._store, self._workers, self._deliverer),
            *self._schedule.problems(),
        ]

    def idle(self) -> bool:
        """Tell whether every mailbox was read to its end, and no delivery waits that we could make."""
        drained = all(worker.drained.is_set() for worker in self._workers)
        return drained and not (self._endpoints & self._store.waiting().keys())

    def beats(self) -> bool:
        """Tell whether every worker lives and is not stuck."""
        return all(worker.beats() for worker in self._workers)

    def status(self) -> str:
        """Say in one line how things are."""
        failing = [worker.mailbox.name for worker in self._workers if worker.problem is not None]
        well = len(self._workers) - len(failing)
        told = f"; failing: {', '.join(failing)}" if failing else ""
        return f"watching {well} of {len(self._workers)} mailboxes{told}"

    def _clean_up(self) -> None:
        try:
            self._store.pull_back(utc_now(), longest_wait(self._webhooks))
            released = release_lapsed(self._store, self._webhooks, self._policy, utc_now())
            dropped = self._store.purge(self._keep, utc_now())
        except StoreError as error:
            log.error("purge_failed error=%s", error)  # noqa: TRY400
        else:
            log.info("purged rows=%d released=%d", dropped, released)
            self._deliverer.wake()


def _still_at_work(workers: Iterable[Worker], seconds: float) -> tuple[Worker, ...]:
    """Wait for the ends of workers, so long for all of them together; give those that have not come to it."""
    ends = time.monotonic() + seconds
    return tuple(worker for worker in workers if not worker.join(max(0.0, ends - time.monotonic())))
