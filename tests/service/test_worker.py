"""A worker ends when it is told to, in whatever moment that is."""

import threading

from tests.service.house import House
from watcher.service.tools import make_tools
from watcher.service.worker import Worker


class StopsAfterTheLook(threading.Event):
    """Is set just after the worker looked, at its second look: the one before a sweep."""

    def __init__(self) -> None:
        super().__init__()
        self.worker: Worker | None = None
        self._looks = 0

    def is_set(self) -> bool:
        found = super().is_set()
        self._looks += 1
        if self._looks == 2 and self.worker is not None:
            self.set()
            self.worker.wake()
        return found


def test_a_stop_just_before_a_sweep_is_not_forgotten_by_it(dovecot_house: House) -> None:
    stop = StopsAfterTheLook()
    with dovecot_house.store() as store:
        config = dovecot_house.config()
        stop.worker = worker = Worker(
            config.mailboxes[0], make_tools(config, store, dovecot_house.rules, lambda: None), stop
        )
        worker.start()
        worker._thread.join(10)
        ended = not worker._thread.is_alive()
        assert worker.join(10)
    assert ended
