"""Wait for new mail: IDLE (RFC 2177) where the server offers it, else a question at the end.

QUIRK: the library's own `idle_check` takes a closed connection for silence, does not see what came together
with the server's "idling", and loses a line that came in two segments; so the answers are read here.  A wait
ends within moments of `stop`, and an IDLE within ten minutes, before servers and routers forget it.
"""

import threading
import time

from watcher.imap.faults import speaking
from watcher.imap.wire import Wire


SLICE = 0.4  # seconds between looks at `stop`
RENEWAL = 540.0  # seconds an IDLE lasts at most; RFC 2177 says 29 minutes, routers know less


def wait(wire: Wire, seconds: float, stop: threading.Event, *, idle: bool) -> bool:
    """Tell whether new mail may have arrived; at once where it was announced since the last search."""
    end = time.monotonic() + seconds
    with speaking(wire.place):
        while not wire.has_announced():
            left = min(end - time.monotonic(), RENEWAL)
            if left <= 0 or stop.is_set():
                return False
            if idle:
                _idle(wire, left, stop)
            elif not stop.wait(left):
                wire.client.noop()
    return True


def _idle(wire: Wire, seconds: float, stop: threading.Event) -> None:
    end = time.monotonic() + seconds
    wire.client.noop()  # not every server tells at the start of an IDLE what came before it
    if wire.has_announced():
        return
    wire.begin_idle()
    while not (wire.has_announced() or stop.is_set()) and (left := end - time.monotonic()) > 0:
        if wire.has_input(min(left, SLICE)):
            wire.read_answer()
    wire.end_idle()
