"""Wake the workers at their times, and clean up once a day.

The jobs live in memory and are made anew from the config.  A job only says "now"; the worker does the work,
so a slow server never holds up the clock.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from watcher.config.mailbox import Mailbox
from watcher.service.sweep import utc_now
from watcher.service.worker import Worker


log = logging.getLogger(__name__)

_TROUBLES = {EVENT_JOB_ERROR: "failed", EVENT_JOB_MISSED: "missed", EVENT_JOB_MAX_INSTANCES: "still_running"}
_MOST_JITTER = 30.0  # seconds
_FIRST_PURGE = timedelta(minutes=5)


class Schedule:
    """The clock of the daemon."""

    def __init__(self, workers: Iterable[Worker], daily: Callable[[], None]) -> None:
        # A wake-up that comes late is still wanted, and one of several that are late is enough.
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_listener(
            _log_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        )
        for worker in workers:
            trigger = make_trigger(worker.mailbox)
            if trigger is not None:
                self._scheduler.add_job(worker.wake, trigger, id=f"mailbox:{worker.mailbox.name}")
        # Soon after the start, too: one that is restarted every day would never come to it.
        self._scheduler.add_job(
            daily,
            IntervalTrigger(days=1, jitter=3600, timezone="UTC"),
            id="daily",
            next_run_time=utc_now() + _FIRST_PURGE,
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """End, without waiting for a job under way."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def make_trigger(mailbox: Mailbox) -> BaseTrigger | None:
    """Give the times at which a mailbox is looked at; None where only IDLE tells."""
    if mailbox.cron is not None:
        cron: BaseTrigger = CronTrigger.from_crontab(mailbox.cron)  # in local time, as people write them
        return cron
    if mailbox.poll is None:
        return None
    seconds = mailbox.poll.total_seconds()
    return IntervalTrigger(seconds=seconds, jitter=min(seconds / 10, _MOST_JITTER), timezone="UTC")


def longest_gap(mailbox: Mailbox) -> timedelta | None:
    """Give the time between two looks at a mailbox, as of now."""
    if mailbox.cron is None:
        return mailbox.poll
    trigger = CronTrigger.from_crontab(mailbox.cron)
    first = trigger.get_next_fire_time(None, utc_now())
    second = None if first is None else trigger.get_next_fire_time(first, first + timedelta(seconds=1))
    return None if first is None or second is None else second - first


def _log_trouble(event: JobEvent) -> None:
    trouble = _TROUBLES[event.code]
    log.error("job_%s job=%s error=%s", trouble, event.job_id, getattr(event, "exception", None))
