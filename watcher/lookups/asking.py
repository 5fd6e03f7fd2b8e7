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
REST = 1.0  # seconds after a fault in which nothing is asked, doubled with each further one
LONGEST_REST = 30.0
SENT_TRIES = 2  # a send log that answered the last time is asked again at once: its database may be cold

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Answers by question, each for a while; safe from any thread."""

    def __init__(self, ask: Callable[[K], V | None], clock: Callable[[], float]) -> None:
        self._ask = ask
        self._clock = clock
        self._known: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, question: K) -> V | None:
        """Give the answer where it is remembered, without asking."""
        with self._lock:
            found = self._known.get(question)
        return found[1] if found is not None and self._clock() < found[0] else None

    def __call__(self, question: K) -> V | None:
        """Give the answer, asked for where it is not known; None where there is none, which is not kept."""
        found = self.known(question)
        if found is not None:
            return found
        now = self._clock()
        answer = self._ask(question)
        if answer is None:
            return None
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
        self._faults: dict[str, tuple[int, float]] = {}  # in a row, and when to ask again

    def answer(self, questions: Questions) -> Answers:
        """Ask what can be asked; what fails is left out, and said in the log."""
        return Answers(
            self._all(self._dkim, questions.dkim, "dkim_key_not_known"),
            None if self._sent is None else self._all(self._sent, questions.sent, "send_log_failing"),
        )

    def _all(self, ask: Remembered[K, V] | None, questions: Iterable[K], event: str) -> dict[K, V]:
        """Ask one after the other; after a fault nobody is asked for a moment, each would wait in vain."""
        found: dict[K, V] = {}
        if ask is None:
            return found
        for question in questions:
            answer = self._one(ask, question, event)
            if answer is not None:
                found[question] = answer
        return found

    def _one(self, ask: Remembered[K, V], question: K, event: str) -> V | None:
        faults, again = self._faults.get(event, (0, 0.0))
        if self._clock() < again:
            return ask.known(question)
        tries = SENT_TRIES if event == "send_log_failing" and not faults else 1
        for left in reversed(range(tries)):
            try:
                answer = ask(question)
            except LookupFailedError as error:
                if not left:
                    rest = min(REST * 2 ** min(faults, 10), LONGEST_REST)
                    self._faults[event] = (faults + 1, self._clock() + rest)
                    log.warning(f"{event} rest=%d error=%s", rest, error)  # noqa: G004
            else:
                self._faults.pop(event, None)
                return answer
        return None
