"""Make one pass over every mailbox and every due delivery."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from watcher.config.mailbox import Mailbox
from watcher.config.shape import Config
from watcher.deliver.outbox import Deliverer
from watcher.deliver.outcome import loggable
from watcher.deliver.schedule import longest_wait
from watcher.errors import ServerError, StoreError
from watcher.imap.session import Memory, Session
from watcher.reader.ruleset import Rules
from watcher.service.copy_marks import CopyMarks
from watcher.service.dry import dry_run
from watcher.service.policy import policy_of
from watcher.service.releases import release_lapsed
from watcher.service.sweep import Sweep, utc_now
from watcher.service.tools import Tools, keep, make_tools
from watcher.store import Store
from watcher.store.records import Done


__all__ = ["dry_run", "run_once"]

log = logging.getLogger(__name__)

_AT_ONCE = 8  # mailboxes
LONGEST = timedelta(hours=1)  # that the deliveries may take in all


def run_once(config: Config, store: Store, rules: Rules) -> int:
    """Serve all that can be served, then give the exit code: 3 if any server failed.

    StoreError where the store cannot be used; what was done until then is done.
    """
    store.claim()
    began = utc_now()
    store.pull_back(began, longest_wait(config.webhooks))
    release_lapsed(store, config.webhooks, policy_of(config, rules.taxonomy), began)
    deliverer = Deliverer(store, config.webhooks)
    tools = make_tools(config, store, rules, deliverer.wake)
    deliverer.start()
    try:
        with ThreadPoolExecutor(_AT_ONCE, "mailbox") as executor:
            served = list(executor.map(lambda mailbox: _serve(mailbox, tools), config.mailboxes))
        deliverer.drain(utc_now() + LONGEST)
    finally:
        deliverer.stop()
    store.purge(keep(config), utc_now())
    known = {hook.name for hook in config.webhooks}
    failures = {endpoint: error for endpoint, error in store.failures(began).items() if endpoint in known}
    for endpoint, error in failures.items():
        log.error("endpoint_failing endpoint=%s error=%s", endpoint, loggable(error))
    failed = served.count(False) + len(failures)
    _sum_up(store.done_since(began), failed)
    return ServerError.exit_code if failed else 0


def _sum_up(done: Done, failed: int) -> None:
    log.info(
        "pass_done read=%d filed=%d delivered=%d due=%d failed=%d",
        done.read, done.filed, done.delivered, done.due, failed,
    )  # fmt: skip


def _serve(mailbox: Mailbox, tools: Tools) -> bool:
    """Sweep one mailbox; tell whether its server served."""
    try:
        memory = Memory(marks=CopyMarks(tools.store, mailbox), tokens=tools.tokens)
        with Session.open(mailbox, memory=memory) as session:
            Sweep(mailbox, tools).run(session)
    except ServerError as error:
        log.error("mailbox_failing mailbox=%s error=%s", mailbox.name, error)  # noqa: TRY400
        tools.alarm.fails(mailbox.name, str(error))
        return False
    except StoreError:
        raise
    except Exception:
        log.exception("mailbox_broken mailbox=%s", mailbox.name)
        tools.alarm.fails(mailbox.name, f"{mailbox.name}: a fault of our own; see the log")
        return False
    tools.alarm.works(mailbox.name)
    return True
