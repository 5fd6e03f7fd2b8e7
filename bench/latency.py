"""Measure how soon the webhook comes: from the server's untagged EXISTS, and from the mail's arrival.

    python -m bench.latency [--mails N]

Dovecot, the watcher as `bounce-watcher run` in a process of its own, and a receiver on this machine.  A proxy
before Dovecot notes when it sees the EXISTS go by; a mail arrives by APPEND, one at a time.  Needs Dovecot
and the development install.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.crash.mails import failure
from tests.deliver.receiver import OK, Answer, Received, Receiver
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy


CONFIG = """\
state: {folder}/state.db
mailboxes:
  - {{name: bounces, host: 127.0.0.1, port: {port}, tls: none, username: bounces, password: secret}}
webhooks:
  - {{url: "{url}", secret: "whsec_c2FtcGxlIHNlY3JldCBvZiB0aGlydHktdHdvIGJ5dGU=", events: [bounce.hard]}}
authenticity: {{domains: [lists.example.org]}}
http: null
"""


class Times:
    """When the latest EXISTS and the latest webhook came by."""

    def __init__(self) -> None:
        self.exists = self.hook = 0.0
        self._came = threading.Event()

    def line(self, line: bytes) -> bool:
        """Look at a line of the server; never cut the connection."""
        if line.startswith(b"* ") and line.rstrip().endswith(b" EXISTS") and not self.exists:
            self.exists = time.monotonic()
        return False

    def take(self, _: Received) -> Answer:
        """Note a webhook."""
        self.hook = time.monotonic()
        self._came.set()
        return OK

    def of(self, arrive: Callable[[], None]) -> tuple[float, float]:
        """Let a mail arrive; give the seconds from EXISTS and from the arrival to its webhook."""
        self.exists = 0.0
        self._came.clear()
        began = time.monotonic()
        arrive()
        if not self._came.wait(30):
            sys.exit("no webhook within 30 s")
        return self.hook - self.exists, self.hook - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mails", type=int, default=200)
    count = parser.parse_args().mails
    times = Times()
    with (
        tempfile.TemporaryDirectory() as folder,
        Dovecot(extra="mail_fsync = optimized") as server,
        Proxy(server.imap_port, cut_after=times.line) as proxy,
        Receiver(times.take) as receiver,
    ):
        path = Path(folder) / "config.yaml"
        path.write_text(CONFIG.format(folder=folder, port=proxy.port, url=receiver.url))
        command = [sys.executable, "-m", "watcher", "run", "-c", str(path), "--log-level", "error"]
        watcher = subprocess.Popen(command, cwd=Path(__file__).parents[1], env=dict(os.environ))
        try:
            measure(server, times, count)
        finally:
            watcher.send_signal(signal.SIGTERM)
            watcher.wait(30)


def measure(server: Dovecot, times: Times, count: int) -> None:
    """Let mails arrive, and print what was found."""
    seen, whole = [], []
    with server.client("bounces") as client:
        for number in range(count + 1):
            mail = failure(
                f"user{number}@dept{number % 97}.example.com", "550 5.1.1 user unknown", number=number
            )
            found = times.of(lambda mail=mail: client.append("INBOX", mail))  # type: ignore[misc]
            if number:  # the first one waits for the watcher to start
                seen.append(found[0])
                whole.append(found[1])
            time.sleep(0.1)  # until the watcher waits again
    for name, values in (("EXISTS to webhook", seen), ("arrival to webhook", whole)):
        print(
            f"{name:18} median {statistics.median(values) * 1000:6.1f} ms, "
            f"19 of 20 within {sorted(values)[int(len(values) * 0.95)] * 1000:6.1f} ms, "
            f"worst of {len(values)} {max(values) * 1000:6.1f} ms"
        )


if __name__ == "__main__":
    main()
