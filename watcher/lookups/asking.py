"""Answer the questions of one report, and remember the answers for a while."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from watcher.authenticity import Answers, Questions
from watcher.config.trust import SendLog
from watcher.errors import LookupFailedError
from watcher.lookups.dns import Resolver
from watcher.lookups.send_log import open_send_log


log = logging.getLogger(__name__)

KNOWN = 600.0  # seconds that an answer is remembered
EMPTY = 30.0  # and one that there is nothing
MOST = 10_000  # answers
REST = 30.0  # seconds after a fault in which nothing is asked

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Answers by question, each for a while; safe from any thread."""

    def __init__(self, ask: Callable[[K], V], clock: Callable[[], float]) -> None:
        self._ask = ask
        self._clock = clock
        self._known: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, question: K) -> V | None:
        """Give the answer where it is remembered, without asking."""
        with self._lock:
            found = self._known.get(question)
        return found[1] if found is not None and self._clock() < found[0] else None

    def __call__(self, question: K) -> V:
        """Give the answer, asked for where it is not known."""
        found = self.known(question)
        if found is not None:
            return found
        now = self._clock()
        answer = self._ask(question)
        with self._lock:
            self._known[question] = (now + (KNOWN if answer else EMPTY), answer)
            self._known.move_to_end(question)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        return answer


class Lookups:
    """All that is asked outside for the sake of one config's reports."""

    def __init__(
        self,
        send_log: SendLog | None,
        resolver: Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dkim = Remembered((resolver or Resolver()).record, clock)
        self._sent = None if send_log is None else Remembered(open_send_log(send_log), clock)
        self._clock = clock
        self._again: dict[str, float] = {}  # when to ask again after a fault

    def answer(self, questions: Questions) -> Answers:
        """Ask what can be asked; what fails is left out, and said in the log."""
        return Answers(
            self._all(self._dkim, questions.dkim, "dkim_key_not_known"),
            self._all(self._sent, questions.sent, "send_log_failing"),
        )

    def _all(self, ask: Remembered[K, V] | None, questions: Iterable[K], event: str) -> dict[K, V]:
        """Ask one after the other; after a fault nobody is asked for a while, each would wait in vain."""
        found: dict[K, V] = {}
        if ask is None:
            return found
        for question in questions:
            answer = self._one(ask, question, event)
            if answer is not None:
                found[question] = answer
        return found

    def _one(self, ask: Remembered[K, V], question: K, event: str) -> V | None:
        if self._clock() < self._again.get(event, 0.0):
            return ask.known(question)
        try:
            return ask(question)
        except LookupFailedError as error:
            self._again[event] = self._clock() + REST
            log.warning(f"{event} error=%s", error)  # noqa: G004
        return None
