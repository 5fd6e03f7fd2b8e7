"""Tell the log what became of each try, and raise the voice where a person has to act.

At the first answer that waiting does not mend (4xx other than 408, 425 and 429: a wrong secret, a wrong
form), and when half, 70 and 90 per cent of an event's tries are used up; each once, until the endpoint
takes an event again.
"""

import logging
from datetime import UTC

from watcher.config.webhook import Webhook
from watcher.deliver.marks import Mark, State
from watcher.deliver.outcome import Outcome, Result
from watcher.store.delivery_records import Delivery


log = logging.getLogger(__name__)

BUDGET = (50, 70, 90)  # per cent of the tries


class Alarms:
    """What was said about one endpoint, so that it is not said again."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook
        self._raised: set[int] = set()  # thresholds; 0 for a refusal
        self.refusal: str | None = None  # why its events wait

    def delivered(self, delivery: Delivery) -> None:
        """Log a try that went well."""
        self.refusal = None
        self._raised.clear()
        fields = (delivery.event_id, delivery.type, self._webhook.name, delivery.attempts + 1)
        log.info("event_delivered event=%s type=%s endpoint=%s try=%d", *fields)

    def failed(self, delivery: Delivery, outcome: Outcome, mark: Mark, *, paused: bool) -> None:
        """Log a try that failed."""
        name, tries = self._webhook.name, delivery.attempts + 1
        fields = (delivery.event_id, delivery.type, name, tries)
        self.refusal = outcome.error if paused else None
        if mark.state is State.DEAD:
            log.error("event_dead event=%s type=%s endpoint=%s try=%d error=%s", *fields, outcome.error)
            return
        next_try = mark.at.astimezone(UTC).isoformat(timespec="seconds")
        log.warning(
            "delivery_failed event=%s type=%s endpoint=%s try=%d next=%s paused=%s error=%s",
            *fields, next_try, "yes" if paused else "no", outcome.error,
        )  # fmt: skip
        self._raise(outcome, tries)

    def _raise(self, outcome: Outcome, tries: int) -> None:
        name = self._webhook.name
        if mark_gone := outcome.result is Result.GONE:
            self._once(0, f"endpoint_gone endpoint={name} kept=yes error={outcome.error}")
        if outcome.refuses and not mark_gone:
            self._once(0, f"endpoint_refuses endpoint={name} error={outcome.error}")
        used = 100 * tries // len(self._webhook.retry)
        reached = [threshold for threshold in BUDGET if used >= threshold]
        if tries > 1 and reached and reached[-1] not in self._raised:
            self._raised.update(reached)
            log.error("tries_used_up endpoint=%s percent=%d error=%s", name, reached[-1], outcome.error)

    def _once(self, key: int, text: str) -> None:
        if key not in self._raised:
            self._raised.add(key)
            log.error("%s", text)
