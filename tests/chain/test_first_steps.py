"""What the README has a newcomer do, on a Dovecot mailbox: init, check, once; and webhooks come in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chain.receiver import Application
from tests.servers.dovecot import Dovecot
from watcher.demo.samples import load_samples


USER = "newcomer"
BOUNCES = [sample.raw for sample in load_samples() if sample.name.startswith("bounce/postfix")]
DEAD = {"anna.berg@example.com", "office@corp.test", "u.schmidt@kanzlei.test", "closed@bank.test"}

pytestmark = pytest.mark.servers


def bounce_watcher(folder: Path, *words: str) -> str:
    """Run one command as the README has it, and give what it wrote."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environ.pop("BOUNCE_WATCHER_CONFIG", None)
    done = subprocess.run(
        [sys.executable, "-m", "watcher", *words],
        cwd=folder, capture_output=True, text=True, timeout=100, check=False, env=environ,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_newcomer_gets_webhooks(dovecot: Dovecot, tmp_path: Path) -> None:
    """From an empty folder, with the password in a file, to verified events."""
    dovecot.append(USER, BOUNCES)
    password = tmp_path / "imap-password"
    password.write_text(dovecot.password + "\n")
    password.chmod(0o600)
    url = "https://app.example.com/hooks/bounces"
    wanted = ("--host", "localhost", "--username", USER, "--password-file", "imap-password")
    bounce_watcher(tmp_path, "init", *wanted, "--webhook-url", url)
    with Application((tmp_path / "webhook-secret").read_text().strip()) as application:
        edit(tmp_path / "config.yaml", {url: application.url}, dovecot)
        bounce_watcher(tmp_path, "check", "--send-test")
        assert [event["type"] for event in application.events] == ["webhook.test"]
        assert len(bounce_watcher(tmp_path, "once", "--dry-run").splitlines()) == len(BOUNCES)
        bounce_watcher(tmp_path, "once")
    assert application.refused == []
    hard = [event["data"]["recipient"] for event in application.events if event["type"] == "bounce.hard"]
    assert {recipient["address"] for recipient in hard} >= DEAD
    assert dovecot.mails(USER)["INBOX"] == []
    assert '"due": 0' in bounce_watcher(tmp_path, "status")


def edit(config: Path, changes: dict[str, str], dovecot: Dovecot) -> None:
    """Put in what only a test server has: its port, its own authority, a receiver on this machine."""
    text = config.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    host = '  - host: "localhost"\n'
    assert host in text
    more = f"    port: {dovecot.imaps_port}\n    ca_file: {dovecot.ca_file}\n"
    config.write_text(text.replace(host, host + more))
