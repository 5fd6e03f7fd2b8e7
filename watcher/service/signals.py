"""Take SIGTERM, SIGINT and SIGHUP from the first moment on, before anything runs that could hear of them.

A signal that came while the config was being read or the store upgraded is obeyed once the daemon looks.
"""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """What was asked for by signals; takes them from `with` on, in the main thread."""

    def __init__(self) -> None:
        self.ends_with: int | None = None  # the exit code, where an end was asked for
        self._reload_asked = False
        self._came = threading.Event()
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Take the signals from here."""
        self._before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give them back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def wait(self, seconds: float) -> None:
        """Wait until a signal comes, or for so long."""
        self._came.wait(seconds)
        self._came.clear()

    def take_reload(self) -> bool:
        """Tell whether SIGHUP came since this was last asked."""
        asked, self._reload_asked = self._reload_asked, False
        return asked

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._reload_asked = True
        else:
            self.ends_with = 130 if number == signal.SIGINT else 0
        self._came.set()
