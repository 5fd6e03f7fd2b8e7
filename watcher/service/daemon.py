"""Run for years, under signals and systemd.

SIGTERM ends with 0, SIGINT with 130; SIGHUP takes a changed config up, whole or not at all.
"""

import logging
from collections.abc import Callable

from watcher.config.shape import Config
from watcher.deliver.schedule import longest_wait
from watcher.errors import WatcherError
from watcher.reader.ruleset import Rules
from watcher.service.crew import Crew
from watcher.service.notify import Notifier
from watcher.service.signals import Signals
from watcher.service.sweep import utc_now
from watcher.service.worker import Worker
from watcher.store import Store


log = logging.getLogger(__name__)

_TICK = 10.0  # seconds between two looks at the crew, less where systemd wants to hear of us more often

Reload = Callable[[], tuple[Config, Rules]]


class Daemon:
    """The whole service; `reload` reads the config and rules anew."""

    def __init__(self, config: Config, store: Store, rules: Rules, *, reload: Reload | None = None) -> None:
        self._config = config
        self._rules = rules
        self._store = store
        self._reload = reload
        self._crew = Crew(config, store, rules)

    def start(self) -> None:
        """Begin to work; StoreError or PortTakenError where that cannot be."""
        self._store.claim()
        self._store.pull_back(utc_now(), longest_wait(self._config.webhooks))
        self._crew.start()

    def stop(self) -> None:
        """End; what is under way is finished, or done again by the next start."""
        self._crew.stop()

    def idle(self) -> bool:
        """Tell whether every mailbox is drained and no delivery waits."""
        return self._crew.idle()

    def problems(self) -> list[str]:
        """Give what keeps it from its work, one line each."""
        return self._crew.problems()

    @property
    def port(self) -> int | None:
        """The listener's port, where there is one."""
        return self._crew.port

    def run(self, signals: Signals | None = None) -> int:
        """Work until a signal says otherwise; give the exit code.

        `signals` are those that are taken already, so that none is lost while the config is read.
        """
        if signals is None:
            with Signals() as taken:
                return self.run(taken)
        if signals.ends_with is None:
            notifier = Notifier()
            self.start()
            notifier.ready()
            log.info(
                "started mailboxes=%d webhooks=%d", len(self._config.mailboxes), len(self._config.webhooks)
            )
            try:
                self._watch(notifier, signals)
            finally:
                notifier.stopping()
                self.stop()
        log.info("stopped")
        return signals.ends_with or 0

    def _watch(self, notifier: Notifier, signals: Signals) -> None:
        tick = min(_TICK, notifier.watchdog / 3) if notifier.watchdog else _TICK
        while signals.ends_with is None:
            notifier.status(self._crew.status())
            if self._crew.beats():
                notifier.alive()
            signals.wait(tick)
            if signals.take_reload() and signals.ends_with is None:
                self._take_up()

    def _take_up(self) -> None:
        """Work by the config as it now stands, or go on by the old one."""
        if self._reload is None:
            log.warning("reload_refused error=this run cannot read its config anew; restart it")
            return
        try:
            config, rules = self._reload()
        except WatcherError as error:
            log.error("reload_refused error=%s", error)  # noqa: TRY400
            return
        if config.state != self._config.state:
            log.error("reload_refused error=state: cannot change while running; restart")
            return
        self._replace(config, rules)

    def _replace(self, config: Config, rules: Rules) -> None:
        """Put a new crew in place of the old one, which goes on, or is made anew, where that cannot be."""
        try:
            crew = Crew(config, self._store, rules)
            if crew.port != self._crew.port:  # a port of its own can be had, or not, before the old one ends
                crew.listen()
        except WatcherError as error:
            log.error("reload_refused error=%s", error)  # noqa: TRY400
            return
        left = self._crew.stop()
        try:
            crew.start(left)
        except (WatcherError, RuntimeError) as error:  # RuntimeError: no thread can be had
            log.error("reload_refused error=%s", error)  # noqa: TRY400
            self._go_back(crew, left)
            return
        self._crew, self._config, self._rules = crew, config, rules
        log.info("reloaded mailboxes=%d webhooks=%d", len(config.mailboxes), len(config.webhooks))

    def _go_back(self, crew: Crew, left: tuple[Worker, ...]) -> None:
        """Work by the old config again; its error, where not even that can be, ends the service."""
        crew.stop()
        self._crew = Crew(self._config, self._store, self._rules)
        try:
            self._crew.start(left)
        except WatcherError as error:
            log.critical("ended error=the config before cannot be taken up again either: %s", error)
            raise
