"""The surroundings of one test: a mailbox, an endpoint, a config, and passes in processes of their own."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.deliver.receiver import Receiver
from tests.deliver.samples import SECRET
from tests.servers.fixtures import Account


ROOT = Path(__file__).parents[2]

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

    @property
    def config(self) -> Path:
        path = self.directory / "config.yaml"
        path.write_text(
            CONFIG.format(
                directory=self.directory,
                imap_port=self.account.server.imap_port,
                user=self.account.user,
                password=self.account.server.password,
                url=self.receiver.url,
                secret=SECRET,
            )
        )
        return path

    def run(self, *point: str, spare_pages: int | None = None) -> "subprocess.CompletedProcess[str]":
        """Make one pass, ended at a point where one is named."""
        command = [sys.executable, "-m", "tests.crash.run", str(self.config), *point]
        surroundings = dict(os.environ)
        if spare_pages is not None:
            surroundings["SPARE_PAGES"] = str(spare_pages)
        ended = subprocess.run(
            command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=60, check=False
        )
        # Shown with the test where it fails, whichever of its passes went wrong.
        sys.stderr.write(
            f"{' '.join(point) or 'a whole pass'}: ended with {ended.returncode}\n{ended.stderr}"
        )
        return ended

    def run_for(self, seconds: float) -> int:
        """Make one pass, ended after so long wherever it is; 0 where it was quicker."""
        command = [sys.executable, "-m", "tests.crash.run", str(self.config)]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

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
