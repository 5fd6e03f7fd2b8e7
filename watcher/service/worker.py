"""Serve one mailbox for years, in a thread of its own: sweep, wait for new mail, sweep again.

No server and no full disk ends it: it says so once, waits, and tries again from the store's rows.  A folder
that takes no mail holds up nothing but that mail.  A connection on which a step takes too long is cut from
outside, by the clock.
"""

import logging
import threading
import time
from collections.abc import Iterable

from watcher.config.mailbox import Mailbox
from watcher.errors import ConnectError, FilingError, ServerError, StoreError, WatcherError
from watcher.imap.session import Memory, Session
from watcher.service import alarm
from watcher.service.backoff import Backoff
from watcher.service.copy_marks import CopyMarks
from watcher.service.sweep import Sweep
from watcher.service.tools import Tools


log = logging.getLogger(__name__)

IDLE_SECONDS = 1500.0  # without a schedule to wake us; servers may hang up after 30 minutes, RFC 2177
QUIET = 60.0  # seconds: a connection that ends after so long an IDLE was hung up on, and is no fault
DEADLINE = 600.0  # seconds that a step may take before its connection is cut
LOOK = 0.5  # seconds between two looks whether to go on waiting
PATIENCE = 900.0  # seconds that a step may take before the thread counts as stuck


class Worker:
    """The thread of one mailbox."""

    def __init__(self, mailbox: Mailbox, tools: Tools, stop: threading.Event) -> None:
        self.mailbox = mailbox
        self.drained = threading.Event()  # the last sweep found no fault, and left nothing
        self.last_success: float | None = None  # by the monotonic clock
        self.problem: str | None = None
        self.cuts = 0  # connections that took too long
        self._sweep = Sweep(mailbox, tools, stopping=self._stopping)
        self._store = tools.store
        self._alarm = tools.alarm
        self._memory = Memory(marks=CopyMarks(tools.store, mailbox), tokens=tools.tokens)
        self._session: Session | None = None
        self._stop = stop
        self._wanted = threading.Event()
        self._backoff = Backoff()
        self._left: tuple[Worker, ...] = ()
        self._batches = 0  # fetched in this sweep
        self._failing_since: float | None = None  # by the monotonic clock
        self._told = False
        self._back_by = time.monotonic() + PATIENCE
        self._waits_since: float | None = None  # in IDLE, by the monotonic clock
        self._thread = threading.Thread(target=self._run, name=f"mailbox-{mailbox.name}", daemon=True)

    def start(self, left: Iterable["Worker"] = ()) -> None:
        """Begin, once those of `left` that still serve the same mailbox have ended."""
        self._left = tuple(other for other in left if other.serves(self.mailbox))
        self._thread.start()

    def serves(self, mailbox: Mailbox) -> bool:
        """Tell whether this is, by its name or by where it lies, the mailbox that is served."""
        ours = self.mailbox
        places = {(each.host, each.username, each.folder) for each in (ours, mailbox)}
        return ours.name == mailbox.name or len(places) == 1

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

    def check(self) -> None:
        """Cut a connection on which a step takes too long; the clock calls this from its own thread."""
        session = self._session
        if session is not None and time.monotonic() > self._back_by - PATIENCE + DEADLINE:
            self.cuts += 1
            log.warning("connection_cut mailbox=%s seconds=%d", self.mailbox.name, DEADLINE)
            self.cut()

    def cut(self) -> None:
        """Cut the connection, whatever is under way: all of it is done again by the next start."""
        session = self._session
        if session is not None:
            session.abort()

    def _run(self) -> None:
        self._await_the_others()
        while not self._stop.is_set():
            try:
                self._visit()
            except Exception:
                log.exception("mailbox_broken mailbox=%s", self.mailbox.name)
                self._stop.wait(self._backoff.seconds())

    def _await_the_others(self) -> None:
        """Wait for workers of an earlier config: two on one mailbox would record its mail twice.

        One that never ends makes us stuck, too, and whoever watches over us starts us anew.
        """
        for other in self._left:
            while not (self._stop.is_set() or other.join(LOOK)):
                self.problem = "waits for the work of the config before to end"

    def _visit(self) -> None:
        """Serve the mailbox over one connection, and wait where that came to an end by a fault."""
        try:
            with Session.open(self.mailbox, memory=self._memory) as session:
                self._session = session
                self._serve(session)
        except ConnectError as error:
            if not self._was_quiet():
                self._failed(error)
        except (ServerError, StoreError) as error:
            self._failed(error)
        except Exception:
            log.exception("mailbox_broken mailbox=%s", self.mailbox.name)
            self._failed(ServerError(f"{self.mailbox.name}: a fault of our own; see the log"))
        finally:
            self._session = None

    def _serve(self, session: Session) -> None:
        """Sweep whenever there is reason to; returns to hang up where the server has no IDLE."""
        idle = self.mailbox.idle and "IDLE" in session.capabilities
        while not self._stop.is_set():
            again = self._sweep_once(session)
            if self._stop.is_set():  # a wake-up that came before the sweep was forgotten by it
                return
            if not idle:
                session.close()
                self._pause(self._wanted, again)
                return
            self._expect(IDLE_SECONDS + PATIENCE)
            self._waits_since = time.monotonic()
            session.wait(again or IDLE_SECONDS, self._wanted)
            self._waits_since = None
            self.drained.clear()

    def _sweep_once(self, session: Session) -> float | None:
        """Sweep; give the seconds after which mail that could not be filed is to be tried again."""
        self._wanted.clear()
        self._batches = 0
        self._expect(PATIENCE)
        # Nothing is fetched that could not be recorded: the mailbox is the queue.
        self._store.check_writable()
        try:
            self._sweep.run(session)
        except FilingError as error:
            self.last_success = time.monotonic()  # the mailbox itself was served
            self._note(error)
            wait = self._backoff.seconds(asked=error.retry_after)
            return min(wait, IDLE_SECONDS)
        self._succeeded()
        return None

    def _stopping(self) -> bool:
        """Tell whether to stop; asked before each batch, it is the sign that the sweep goes on."""
        self._batches += 1
        if self._batches > 1:  # the one before was recorded
            self._backoff.reset()
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
        if self._told:
            log.info("mailbox_recovered mailbox=%s", self.mailbox.name)
        self.problem, self._failing_since, self._told = None, None, False
        self.drained.set()

    def _failed(self, error: WatcherError) -> None:
        """Note that the mailbox fails, then wait."""
        if self._stop.is_set():
            return
        for_long = self._note(error)
        hopeful = error.retry if isinstance(error, ServerError) else True
        asked = error.retry_after if isinstance(error, ServerError) else None
        # Until it has failed for long it is tried more often: what is told then should be true.
        wait = self._backoff.seconds(hopeful=hopeful or not for_long, asked=asked)
        self._pause(self._stop, wait)

    def _note(self, error: WatcherError) -> bool:
        """Say once that the mailbox fails, when it has for some time; tell whether it has."""
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
            log.warning("mailbox_interrupted mailbox=%s error=%s", self.mailbox.name, error)
        for_long = now - self._failing_since >= alarm.GRACE
        if for_long and not self._told:
            self._told = True
            log.error("mailbox_failing mailbox=%s error=%s", self.mailbox.name, error)
        self.drained.clear()
        self.problem = str(error)
        try:
            self._alarm.fails(self.mailbox.name, str(error))
        except StoreError:
            log.debug("health_not_recorded mailbox=%s", self.mailbox.name)
        return for_long

    def _pause(self, until: threading.Event, seconds: float | None) -> None:
        self._expect(None if seconds is None else seconds + PATIENCE)
        until.wait(seconds)
        self._expect(PATIENCE)

    def _expect(self, seconds: float | None) -> None:
        """Set the time by which the thread is to be heard of again; None: it waits to be woken."""
        self._back_by = float("inf") if seconds is None else time.monotonic() + seconds
