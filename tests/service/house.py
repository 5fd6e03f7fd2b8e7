"""A watcher's surroundings in this process: a mailbox, an endpoint, a config and a store."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.deliver.receiver import Receiver
from tests.deliver.samples import SECRET
from tests.reader.rulebook import RULES
from tests.servers.fixtures import Account
from watcher.config import load_config
from watcher.config.shape import Config
from watcher.reader.ruleset import Rules
from watcher.store import Store


@dataclass
class House:
    account: Account
    directory: Path
    receiver: Receiver
    mailbox: dict[str, Any] = field(default_factory=dict)
    webhook: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)
    rules: Rules = RULES

    @property
    def state(self) -> Path:
        return self.directory / "state.db"

    def write_config(self) -> Path:
        mailbox = {
            "name": "bounces",
            "host": "127.0.0.1",
            "port": self.account.server.imap_port,
            "tls": "none",
            "username": self.account.user,
            "password": self.account.server.password,
        }
        webhook = {"name": "app", "url": self.receiver.url, "secret": SECRET, "events": ["*"]}
        path = self.directory / "config.yaml"
        values = {
            "state": str(self.state),
            "mailboxes": [mailbox | self.mailbox],
            "webhooks": [webhook | self.webhook],
            "authenticity": {"domains": ["lists.example.org"]},
            "http": None,
        }
        path.write_text(yaml.safe_dump(values | self.keys))
        return path

    def config(self) -> Config:
        return load_config(self.write_config())

    def store(self) -> Store:
        return Store.open(self.state)

    def counts(self) -> dict[str, int]:
        """Tell how many mails lie in each folder."""
        return {name: len(mails) for name, mails in self.account.mails().items() if mails}


def wait_until(true: Callable[[], bool], seconds: float = 40) -> None:
    """Return once something holds; fail if it does not come to."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.02)
