"""Have a thread speak with the server while ours records what the server gave before."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar


T = TypeVar("T")


class Errands:
    """One errand after the other; to be closed, which waits for the last."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None  # few sweeps need it

    def __enter__(self) -> Self:
        """Give the errands themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the errand that is under way: two must not speak at a time."""
        if self._thread is not None:
            self._thread.shutdown()

    def start(self, errand: Callable[[], T], *, aside: bool) -> Future[T]:
        """Run an errand, at once or `aside`, in the thread; what it raises is in the future."""
        if aside:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "errand")
            return self._thread.submit(errand)
        done: Future[T] = Future()
        try:
            done.set_result(errand())
        except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
            done.set_exception(error)
        return done
