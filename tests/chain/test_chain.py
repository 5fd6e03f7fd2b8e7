"""The real chain: Postfix is refused, its reports reach Dovecot, and the application hears of dead addresses.

Nothing here is ours but the command: real mail servers, a real process, the published verifier.
"""

import base64
import json
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chain.receiver import Application
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import skip_without
from tests.servers.ports import free_ports
from tests.servers.postfix import Postfix, is_usable
from tests.servers.remote import Remote, Reply


RETURN_DOMAIN = "lists.example.org"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
HARD = {
    "gone@example.com": "550 5.1.1 <gone@example.com>: Recipient address rejected: User unknown",
    "nobody@example.net": "550 5.1.1 The email account that you tried to reach does not exist",
    "closed@example.com": "550 5.2.1 The email account that you tried to reach is disabled",
}
OTHERS = {
    "full@example.com": "552 5.2.2 Mailbox full",
    "listed@example.net": "554 5.7.1 Client host [192.0.2.25] blocked using bl.example.net",
}
LATER = {"busy@example.com": "450 4.2.1 This mailbox is receiving mail too fast, try again later"}
FOLDERS = {
    "Bounces/Hard": set(HARD),
    "Bounces/Soft": {"full@example.com"},
    "Bounces/Block": {"listed@example.net"},
    "Delays": set(LATER),
}

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """Give a Postfix whose remote refuses by the tables above."""
    skip_without("postfix", is_usable())
    (port,) = free_ports(1)
    replies = {to: Reply(text) for to, text in (HARD | OTHERS | LATER).items()}
    with (
        Remote(replies, port=port),
        Postfix(return_domain=RETURN_DOMAIN, lmtp_port=dovecot.lmtp_port, remote_port=port) as server,
    ):
        yield server


def send(postfix: Postfix, user: str, to: str) -> None:
    """Send a mail whose return-path leads to the mailbox of `user`."""
    head = f"From: weekly@example.org\r\nTo: {to}\r\nMessage-ID: <{user}.{to}>\r\nSubject: Issue 47\r\n"
    with smtplib.SMTP("127.0.0.1", postfix.smtp_port, timeout=20) as smtp:
        smtp.sendmail(f"{user}+{to.replace('@', '=')}@{RETURN_DOMAIN}", [to], f"{head}\r\nHello\r\n")


def wait_for_reports(dovecot: Dovecot, user: str, number: int) -> None:
    deadline = time.monotonic() + 60
    while len(dovecot.mails(user)["INBOX"]) < number:
        assert time.monotonic() < deadline, dovecot.mails(user)
        time.sleep(0.2)


def write_config(folder: Path, dovecot: Dovecot, user: str, url: str) -> Path:
    config = folder / "config.yaml"
    config.write_text(f"""
state: {folder}/state.db
mailboxes:
  - host: localhost
    port: {dovecot.imaps_port}
    ca_file: {dovecot.ca_file}
    username: {user}@{RETURN_DOMAIN}
    password: {dovecot.password}
webhooks:
  - name: app
    url: {url}
    secret: {SECRET}
""")
    config.chmod(0o600)
    return config


def watch_once(config: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "watcher", "once", "-c", str(config), *flags]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, env=environ)


def recipients_in(mails: list[bytes]) -> set[str]:
    """Read the recipients of genuine reports off their return-path."""
    found = set()
    for mail in mails:
        line = next(x for x in mail.decode("latin-1").splitlines() if x.startswith("To: "))
        found.add(line.partition("+")[2].partition("@")[0].replace("=", "@"))
    return found


def test_refused_mail_becomes_verified_events(postfix: Postfix, dovecot: Dovecot, tmp_path: Path) -> None:
    """Each report lies in the folder of its verdict, and the application knows exactly the dead addresses."""
    everybody = [*HARD, *OTHERS, *LATER]
    for to in everybody:
        send(postfix, "chain", to)
    wait_for_reports(dovecot, "chain", len(everybody))
    with Application(SECRET) as application:
        done = watch_once(write_config(tmp_path, dovecot, "chain", application.url))
        assert done.returncode == 0, done.stderr
    folders = dovecot.mails("chain")
    assert {name: recipients_in(mails) for name, mails in folders.items() if mails} == FOLDERS
    assert application.refused == []
    dead = [event["data"]["recipient"] for event in application.events if event["type"] == "bounce.hard"]
    assert sorted(recipient["address"] for recipient in dead) == sorted(HARD)
    assert {recipient["class"] for recipient in dead} == {"hard"}
    others = {event["type"] for event in application.events} - {"bounce.hard"}
    assert others <= {"suppression.added"}


def test_a_second_pass_sends_nothing_again(postfix: Postfix, dovecot: Dovecot, tmp_path: Path) -> None:
    send(postfix, "chain2", "gone@example.com")
    wait_for_reports(dovecot, "chain2", 1)
    with Application(SECRET) as application:
        config = write_config(tmp_path, dovecot, "chain2", application.url)
        assert watch_once(config).returncode == 0
        sent = len(application.events)
        assert sent > 0
        assert watch_once(config).returncode == 0
        assert len(application.events) == sent


def test_a_dry_run_changes_nothing(postfix: Postfix, dovecot: Dovecot, tmp_path: Path) -> None:
    send(postfix, "chain3", "gone@example.com")
    wait_for_reports(dovecot, "chain3", 1)
    before = dovecot.mails("chain3")
    with Application(SECRET) as application:
        config = write_config(tmp_path, dovecot, "chain3", application.url)
        done = watch_once(config, "--dry-run")
    assert done.returncode == 0, done.stderr
    would = [json.loads(line)["would"] for line in done.stdout.splitlines()]
    assert [one["folder"] for one in would] == ["Bounces/Hard"]
    assert dovecot.mails("chain3") == before
    assert dovecot.flags("chain3") == [set()]
    assert application.events == []
    assert not (tmp_path / "state.db").exists()
