"""Say what keeps the watcher from its work, one line each: the answer behind `/readyz`."""

import time
from collections.abc import Sequence

from watcher.deliver.outbox import Deliverer
from watcher.errors import StoreError
from watcher.service.schedule import longest_gap
from watcher.service.worker import Worker
from watcher.store import Store


GRACE = 30.0  # seconds: what a slow sweep may take on top


def find_problems(store: Store, workers: Sequence[Worker], deliverer: Deliverer) -> list[str]:
    """Give what is wrong, or nothing: a mailbox long unreached, a store not writable, an endpoint down."""
    problems = [problem for worker in workers if (problem := _mailbox_problem(worker)) is not None]
    try:
        store.check_writable()
    except StoreError as error:
        problems.append(str(error))
    return [*problems, *deliverer.problems()]


def _mailbox_problem(worker: Worker) -> str | None:
    name = worker.mailbox.name
    if not worker.beats():
        return f"mailbox {name}: its thread is stuck or gone; restart, and report it"
    if worker.last_success is None:
        return f"mailbox {name}: {worker.problem or 'not reached yet'}"
    gap = longest_gap(worker.mailbox)
    if gap is None:  # only IDLE tells of mail, so nothing is expected at any time
        return None if worker.problem is None else f"mailbox {name}: {worker.problem}"
    if time.monotonic() - worker.last_success <= 2 * gap.total_seconds() + GRACE:
        return None
    return f"mailbox {name}: {worker.problem or 'no sweep for twice its interval'}"
