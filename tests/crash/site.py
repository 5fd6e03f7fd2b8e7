"""The surroundings of one test: a mailbox, an endpoint, a config, and passes in processes of their own."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.deliver.receiver import Receiver
from tests.deliver.samples import SECRET
from tests.processes.prepared import Prepared
from tests.servers.fixtures import Account


CONFIG = """\
state: {directory}/state.db
results: {directory}/results.jsonl
mailboxes:
  - name: bounces
    host: 127.0.0.1
    port: {imap_port}
    tls: none
    username: {user}
    password: {password}
    order: {order}
webhooks:
  - name: app
    url: {url}
    secret: {secret}
    events: ["*"]
    retry: [0s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s]
authenticity: {{domains: [lists.example.org]}}
http: null
"""


@dataclass(frozen=True)
class Site:
    account: Account
    directory: Path
    receiver: Receiver
    prepared: Prepared
    order: str = "oldest"

    @property
    def config(self) -> Path:
        path = self.directory / "config.yaml"
        path.write_text(
            CONFIG.format(
                directory=self.directory,
                imap_port=self.account.server.imap_port,
                user=self.account.user,
                password=self.account.server.password,
                order=self.order,
                url=self.receiver.url,
                secret=SECRET,
            )
        )
        return path

    def run(self, *point: str, spare_pages: int | None = None) -> "subprocess.CompletedProcess[str]":
        """Make one pass, ended at a point where one is named."""
        ended = self._start(*point, spare_pages=spare_pages)
        # Shown with the test where it fails, whichever of its passes went wrong.
        sys.stderr.write(
            f"{' '.join(point) or 'a whole pass'}: ended with {ended.returncode}\n{ended.stderr}"
        )
        return ended

    def run_for(self, seconds: float, *, spare_pages: int | None = None, outage: float | None = None) -> int:
        """Make one pass, killed after so long wherever it is; its exit code where it was quicker."""
        try:
            return self._start(seconds=seconds, spare_pages=spare_pages, outage=outage).returncode
        except subprocess.TimeoutExpired:
            return -signal.SIGKILL

    def _start(
        self,
        *point: str,
        seconds: float = 60.0,
        spare_pages: int | None = None,
        outage: float | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        told = {"SPARE_PAGES": spare_pages, "OUTAGE": outage}
        env = os.environ | {name: str(value) for name, value in told.items() if value is not None}
        return self.prepared.run("tests.crash.run", [str(self.config), *point], env=env, seconds=seconds)

    def folders(self) -> dict[str, Counter[bytes]]:
        """Tell which folder holds which mails, and how often each."""
        return {name: Counter(mails) for name, mails in self.account.mails().items() if mails}

    def events(self) -> dict[str, str]:
        """Give the events that came, id to type."""
        return {hook.id: json.loads(hook.body)["type"] for hook in self.receiver.received}

    def results(self) -> list[dict[str, object]]:
        """Give the lines of the results file."""
        path = self.directory / "results.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]
