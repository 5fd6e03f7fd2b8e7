"""Play the demo: servers, the real daemon on a state file of its own, and the story on standard output."""

import base64
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from watcher.config.mailbox import Mailbox
from watcher.config.shape import Config
from watcher.config.units import Secret
from watcher.config.webhook import Webhook
from watcher.demo.mail_server import MailServer
from watcher.demo.page import Page
from watcher.demo.receiver import Receiver
from watcher.demo.samples import load_samples, make_mails
from watcher.demo.story import Outcome, tell_end, tell_event, tell_next, tell_opening
from watcher.rules import load_rules
from watcher.service.daemon import Daemon
from watcher.store import Store


PATIENCE = 55.0  # seconds for a mailbox of the usual size
PER_MAIL = 0.1  # and for each mail of it
DRIP = timedelta(seconds=7)  # between two mails that come in later


def play(mails: int, *, exit_when_idle: bool) -> int:
    """Give the exit code: 0 where all came out, 1 where something did not, 130 where a person ended it."""
    signal.signal(signal.SIGTERM, _leave)  # so that nothing is left behind then either
    page = Page()
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    mailbox, receiver = MailServer(), Receiver(secret, lambda event: tell_event(page, event))
    mailbox.start()
    receiver.start()
    try:
        mailbox.add(make_mails(mails, datetime.now(UTC)))
        tell_opening(page, mails, mailbox.username, mailbox.port, receiver.url)
        with tempfile.TemporaryDirectory(prefix="bounce-watcher-demo-") as folder:
            config = make_config(Path(folder), mailbox, receiver, secret)
            with Store.open(config.state) as store:
                return _watch(page, config, store, (mailbox, receiver, mails), exit_when_idle=exit_when_idle)
    finally:
        receiver.stop()
        mailbox.stop()


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def make_config(folder: Path, mailbox: MailServer, receiver: Receiver, secret: str) -> Config:
    """Give the config: what a file would say, and all events instead of the few that one acts on."""
    return Config(
        state=str(folder / "state.db"),
        mailboxes=(
            Mailbox(
                name="demo", host="127.0.0.1", port=mailbox.port, tls="none",
                username=mailbox.username, password=Secret(mailbox.password),
                idle=False, poll=timedelta(seconds=3),  # QUIRK: pymap 0.36 now and then never ends an IDLE
            ),
        ),
        webhooks=(Webhook(name="app", url=receiver.url, secret=(Secret(secret),), events=("*",)),),
        http=None,
    )  # fmt: skip


def _watch(
    page: Page,
    config: Config,
    store: Store,
    scene: tuple[MailServer, Receiver, int],
    *,
    exit_when_idle: bool,
) -> int:
    mailbox, receiver, mails = scene
    daemon = Daemon(config, store, load_rules())
    started = time.monotonic()
    daemon.start()
    try:
        idle = _wait(daemon.idle, started + PATIENCE + PER_MAIL * mails)
        overview = store.overview(datetime.now(UTC))
        outcome = Outcome(overview, mailbox.folders(), receiver.received, time.monotonic() - started)
        tell_end(page, outcome)
        fault = find_fault(outcome, mails, idle=idle)
        if fault is not None:
            click.echo(f"bounce-watcher: demo: {fault}", err=True)
            return 1
        tell_next(page)
        if exit_when_idle:
            return 0
        _drip(page, mailbox, mails)
    except KeyboardInterrupt:
        return 130
    finally:
        daemon.stop()


def find_fault(outcome: Outcome, mails: int, *, idle: bool) -> str | None:
    """Say what did not come out as it must."""
    filed = sum(number for _, number in outcome.folders)
    if filed != mails:
        return f"{mails} mails came in, {filed} lie in the folders"
    if not idle or outcome.overview.due:
        due = outcome.overview.due
        late = f"{due} events were not delivered" if due else "the mailbox was not read to its end"
        return f"{late} in time"
    if outcome.overview.dead:
        return f"{outcome.overview.dead} events were given up"
    if outcome.received.refused:
        return f"{len(outcome.received.refused)} signatures were refused: {outcome.received.refused[0]}"
    if mails >= len(load_samples()) and not outcome.received.events:
        return "no event came out"
    return None


def _wait(until: Callable[[], bool], deadline: float) -> bool:
    """Wait for what may pass again at once; tell whether it came."""
    while not (came := until()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return came


def _drip(page: Page, mailbox: MailServer, already: int) -> NoReturn:
    """Let a mail arrive now and then, until a person has seen enough."""
    page.heading("A mail arrives every few seconds from now on; Ctrl-C ends the demo")
    number = already
    while True:
        time.sleep(DRIP.total_seconds())
        number += 1
        mailbox.add(islice(make_mails(number, datetime.now(UTC)), number - 1, None))
