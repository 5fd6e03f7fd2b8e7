"""The real chain, signed: what a real server reports is verified, what a forger sends is not."""

import json
import smtplib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.chain.receiver import Application
from tests.chain.test_chain import (  # noqa: F401 - a fixture
    RETURN_DOMAIN,
    SECRET,
    postfix,
    wait_for_reports,
    watch_once,
    write_config,
)
from tests.forgery.letters import KEY, About, Report, letter
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from watcher.authenticity import sign_return_path


pytestmark = pytest.mark.servers

GONE = "gone@example.com"
VICTIM = "victim@example.com"


def test_genuine_reports_are_verified_and_forged_ones_wait(
    postfix: Postfix,  # noqa: F811 - the fixture
    dovecot: Dovecot,
    tmp_path: Path,
) -> None:
    last = datetime.now(UTC).date() + timedelta(days=3)
    sender = f"signed+{sign_return_path(GONE, KEY, RETURN_DOMAIN, last, 'c77')}"
    forged = Report(about=(About(VICTIM),), original=letter(VICTIM)).written().raw
    with smtplib.SMTP("127.0.0.1", postfix.smtp_port, timeout=20) as smtp:
        smtp.sendmail(sender, [GONE], f"From: weekly@{RETURN_DOMAIN}\r\nTo: {GONE}\r\n\r\nHello\r\n")
        smtp.sendmail("", [f"signed@{RETURN_DOMAIN}"], forged)
        wrong = sender.replace("gone=", "victim=")
        smtp.sendmail("", [wrong], forged.replace(b"To: bounces@lists.example.org", f"To: {wrong}".encode()))
    wait_for_reports(dovecot, "signed", 3)
    with Application(SECRET) as application:
        config = write_config(tmp_path, dovecot, "signed", application.url)
        config.write_text(
            config.read_text().replace(f"secret: {SECRET}", f"secret: {SECRET}\n    events: ['*']")
            + f"return_path: {{keys: [{{id: {KEY.id}, secret: {KEY.secret.decode()}}}]}}\n"
        )
        done = watch_once(config)
        assert done.returncode == 0, done.stderr
    told = {event["type"]: event["data"] for event in application.events}
    assert set(told) == {"bounce.hard", "suppression.added", "review.needed", "authenticity.rejected"}
    genuine = told["bounce.hard"]
    assert genuine["recipient"]["address"] == GONE
    assert genuine["authenticity"]["level"] == "verified"
    assert genuine["return_path"] == {"address": sender, "form": "token", "recipient": GONE, "id": "c77"}
    assert told["suppression.added"]["recipient"]["address"] == GONE
    assert told["review.needed"]["recipient"]["address"] == VICTIM
    folders = {name: len(mails) for name, mails in dovecot.mails("signed").items() if mails}
    assert folders == {"Bounces/Hard": 1, "Review": 1, "Suspicious": 1}, json.dumps(folders)
