"""Remember how each mailbox fares, and tell the endpoints that asked for it when that changes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from watcher.config.webhook import Webhook
from watcher.events import make_mailbox_event
from watcher.service.addressing import outbox_rows
from watcher.store import Store


GRACE = 60.0  # seconds: servers restart, connections break; who is called at night wants to hear of more


class Alarm:
    """The health of the mailboxes, as the store and the endpoints hear of it.

    What fails for less than a minute is only written down.
    """

    def __init__(self, store: Store, webhooks: Sequence[Webhook], wake: Callable[[], None]) -> None:
        self._store = store
        self._webhooks = webhooks
        self._wake = wake

    def works(self, mailbox: str) -> None:
        """Remember that a mailbox was served."""
        self._note("mailbox.recovered", mailbox, None)

    def fails(self, mailbox: str, error: str) -> None:
        """Remember that a mailbox could not be served, and why."""
        self._note("mailbox.failing", mailbox, error)

    def _note(self, event_type: str, mailbox: str, error: str | None) -> None:
        now = datetime.now(UTC)
        with self._store.transaction():
            since = self._store.mark_mailbox(
                mailbox, ok=error is None, now=now, error=error, grace=timedelta(seconds=GRACE)
            )
            if since is not None:
                event = make_mailbox_event(event_type, mailbox, since, now, error)
                self._store.queue_events(outbox_rows([event], mailbox, self._webhooks, now), now)
        if since is not None:
            self._wake()
