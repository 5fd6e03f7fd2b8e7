"""Serve one mailbox for years, in a thread of its own: sweep, wait for new mail, sweep again.

No server and no full disk ends it: it says so once, waits, and tries again from the store's rows.
"""

import logging
import threading
import time

from watcher.config.mailbox import Mailbox
from watcher.errors import ConnectError, ServerError, StoreError, WatcherError
from watcher.imap.session import Session
from watcher.service.backoff import Backoff
from watcher.service.sweep import Sweep
from watcher.service.tools import Tools


log = logging.getLogger(__name__)

IDLE_SECONDS = 1500.0  # without a schedule to wake us; servers may hang up after 30 minutes, RFC 2177
QUIET = 60.0  # seconds: a connection that ends after so long an IDLE was hung up on, and is no fault
PATIENCE = 900.0  # seconds that a step may take before the thread counts as stuck


class Worker:
    """The thread of one mailbox."""

    def __init__(self, mailbox: Mailbox, tools: Tools, stop: threading.Event) -> None:
        self.mailbox = mailbox
        self.drained = threading.Event()  # the last sweep found no fault, and left nothing
        self.last_success: float | None = None  # by the monotonic clock
        self.problem: str | None = None
        self._sweep = Sweep(mailbox, tools, stopping=self._stopping)
        self._alarm = tools.alarm
        self._stop = stop
        self._wanted = threading.Event()
        self._backoff = Backoff()
        self._back_by = time.monotonic() + PATIENCE
        self._waits_since: float | None = None  # in IDLE, by the monotonic clock
        self._thread = threading.Thread(target=self._run, name=f"mailbox-{mailbox.name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Sweep now, or as soon as the sweep under way is done; a wait after a fault is not cut short."""
        self._wanted.set()

    def join(self, seconds: float) -> bool:
        """Wait for the end, which the common stop event asks for; tell whether it came."""
        self._wanted.set()
        if self._thread.ident is not None:  # it was started
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def beats(self) -> bool:
        """Tell whether the thread lives and is not stuck."""
        return self._thread.is_alive() and time.monotonic() < self._back_by

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with Session.open(self.mailbox) as session:
                    self._serve(session)
            except ConnectError as error:
                if not self._was_quiet():
                    self._failed(error)
            except (ServerError, StoreError) as error:
                self._failed(error)
            except Exception:
                log.exception("mailbox_broken mailbox=%s", self.mailbox.name)
                self._failed(ServerError(f"{self.mailbox.name}: a fault of our own; see the log"))

    def _serve(self, session: Session) -> None:
        """Sweep whenever there is reason to; returns to hang up where the server has no IDLE."""
        idle = self.mailbox.idle and "IDLE" in session.capabilities
        while not self._stop.is_set():
            self._wanted.clear()
            self._expect(PATIENCE)
            self._sweep.run(session)
            self._succeeded()
            if not idle:
                session.close()
                self._pause(self._wanted, None)
                return
            self._expect(IDLE_SECONDS + PATIENCE)
            self._waits_since = time.monotonic()
            session.wait(IDLE_SECONDS, self._wanted)
            self._waits_since = None
            self.drained.clear()

    def _stopping(self) -> bool:
        """Tell whether to stop; asked before each batch, it is the sign that the sweep goes on."""
        self._expect(PATIENCE)
        return self._stop.is_set()

    def _was_quiet(self) -> bool:
        """Tell whether the connection ended after a long IDLE, as servers and routers end them."""
        since, self._waits_since = self._waits_since, None
        if since is None or time.monotonic() - since < QUIET:
            return False
        log.debug("connection_renewed mailbox=%s", self.mailbox.name)
        return True

    def _succeeded(self) -> None:
        self.last_success = time.monotonic()
        self._backoff.reset()
        self._alarm.works(self.mailbox.name)
        if self.problem is not None:
            log.info("mailbox_recovered mailbox=%s", self.mailbox.name)
        self.problem = None
        self.drained.set()

    def _failed(self, error: WatcherError) -> None:
        """Say once that the mailbox fails, then wait."""
        if self._stop.is_set():
            return
        self.drained.clear()
        level = logging.DEBUG if self.problem is not None else logging.ERROR
        self.problem = str(error)
        log.log(level, "mailbox_failing mailbox=%s error=%s", self.mailbox.name, error)
        try:
            self._alarm.fails(self.mailbox.name, str(error))
        except StoreError:
            log.debug("health_not_recorded mailbox=%s", self.mailbox.name)
        hopeful = error.retry if isinstance(error, ServerError) else True
        asked = error.retry_after if isinstance(error, ServerError) else None
        self._pause(self._stop, self._backoff.seconds(hopeful=hopeful, asked=asked))

    def _pause(self, until: threading.Event, seconds: float | None) -> None:
        self._expect(None if seconds is None else seconds + PATIENCE)
        until.wait(seconds)
        self._expect(PATIENCE)

    def _expect(self, seconds: float | None) -> None:
        """Set the time by which the thread is to be heard of again; None: it waits to be woken."""
        self._back_by = float("inf") if seconds is None else time.monotonic() + seconds
