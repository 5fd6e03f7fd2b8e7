"""Wake the workers at their times, cut what takes too long, and clean up once a day.

The jobs live in memory and are made anew from the config.  A job only says "now"; the worker does the work,
so a slow server never holds up the clock.  What goes wrong with a job is counted, and a problem of ours until
the job next succeeds.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
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
_CHECKS = 15.0  # seconds between two looks for connections that take too long
_FIRST_PURGE = timedelta(minutes=5)


class Schedule:
    """The clock of the daemon."""

    def __init__(self, workers: Iterable[Worker], daily: Callable[[], None]) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()  # job and trouble, such as `still_running`
        self._troubled: dict[str, str] = {}
        # A wake-up that comes late is still wanted, and one of several that are late is enough.
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_listener(
            self._note, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        )
        for worker in workers:
            check = IntervalTrigger(seconds=_CHECKS, timezone="UTC")
            self._scheduler.add_job(worker.check, check, id=f"check:{worker.mailbox.name}")
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

    def problems(self) -> list[str]:
        """Give the jobs that went wrong when they were last due, one line each."""
        return [f"schedule: {job}: {trouble}" for job, trouble in sorted(self._troubled.items())]

    def _note(self, event: JobEvent) -> None:
        if event.code == EVENT_JOB_EXECUTED:
            self._troubled.pop(event.job_id, None)
            return
        trouble, fault = _TROUBLES[event.code], getattr(event, "exception", None)
        self.counts[event.job_id, trouble] += 1
        self._troubled[event.job_id] = trouble.replace("_", " ")
        log.error("job_%s job=%s error=%s", trouble, event.job_id, fault)

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
