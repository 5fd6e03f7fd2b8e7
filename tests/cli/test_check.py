"""`check`, `once` and `status` against a real IMAP server and a real webhook endpoint."""

import json
import time
from pathlib import Path

import pytest
import trustme

from tests.cli.conftest import BOUNCE, ORDINARY, Run
from tests.config.conftest import SIGNING_SECRET
from tests.deliver.receiver import Answer, Receiver
from tests.servers.fixtures import Account
from watcher.deliver.signature import verify


CONFIG = """\
state: state.db
http: null
mailboxes:
  - {{host: 127.0.0.1, port: {port}, tls: none, username: {user}, password: {password}}}
webhooks:
  - {{url: "{url}", secret: {secret}}}
"""


def write_config(folder: Path, account: Account, url: str) -> None:
    server = account.server
    text = CONFIG.format(
        port=server.imap_port, user=account.user, password=server.password, url=url, secret=SIGNING_SECRET
    )
    (folder / "config.yaml").write_text(text)


def test_check_changes_nothing(run: Run, tmp_path: Path, account: Account) -> None:
    account.append(BOUNCE.encode(), ORDINARY.encode())
    before, flags = account.mails(), account.flags()
    with Receiver() as receiver:
        write_config(tmp_path, account, receiver.url)
        done = run("check")
        assert receiver.received == []
    assert done.returncode == 0, done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok"] * 9
    assert "authenticity: mode score: no domain of yours is known" in done.stdout
    assert "of the 2 newest messages 1 are reports: 1 " in done.stdout
    assert "1 unverified; name the domains you send from in authenticity.domains" in done.stdout
    assert "INBOX holds 2 messages" in done.stdout
    assert "folders that will be made: Bounces/Hard, Bounces/Soft" in done.stdout
    assert (account.mails(), account.flags()) == (before, flags)
    assert not (tmp_path / "state.db").exists()


def test_wrong_password_is_told_and_not_shown(run: Run, tmp_path: Path, account: Account) -> None:
    with Receiver() as receiver:
        write_config(tmp_path, account, receiver.url)
        path = tmp_path / "config.yaml"
        path.write_text(path.read_text().replace("password: secret", "password: hunter2"))
        done = run("check", "--log-level", "debug")
    assert done.returncode == 3
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("FAIL  mailbox")]
    assert line.count("mailbox") == 1
    assert "hunter2" not in done.stdout + done.stderr


def test_send_test_sends_one_signed_event(run: Run, tmp_path: Path, account: Account) -> None:
    with Receiver() as receiver:
        write_config(tmp_path, account, receiver.url)
        assert run("check", "--send-test").returncode == 0
        (received,) = receiver.received
    content = json.loads(received.body)
    assert content["type"] == "webhook.test"
    assert content["data"]["event_id"] == received.id
    assert verify([SIGNING_SECRET], received.headers, received.body, time.time())


def test_endpoint_that_refuses_the_test_fails_the_check(run: Run, tmp_path: Path, account: Account) -> None:
    with Receiver(Answer(status=401)) as receiver:
        write_config(tmp_path, account, receiver.url)
        done = run("check", "--send-test")
    assert done.returncode == 3
    assert "answered 401" in done.stdout


def test_of_a_page_that_was_answered_the_beginning_is_shown(
    run: Run, tmp_path: Path, account: Account
) -> None:
    page = "<html>\n\x1b[31m\u202e" + "<p>Not found.</p>\r\n" * 500
    with Receiver(Answer(status=404, text=page)) as receiver:
        write_config(tmp_path, account, receiver.url)
        done = run("check", "--send-test")
    (line,) = (line for line in done.stdout.splitlines() if "answered 404" in line)
    answer = line.partition(" — ")[2]
    assert answer.startswith("<html> [31m <p>Not found.</p> <p>")
    assert (len(answer), answer[-1]) == (201, "…")


def test_certificate_that_nobody_knows_fails_the_check(
    run: Run, tmp_path: Path, account: Account, tls_receiver: Receiver
) -> None:
    write_config(tmp_path, account, tls_receiver.url)
    done = run("check")
    assert done.returncode == 3
    assert "name its CA in ca_file" in done.stdout


@pytest.fixture
def tls_receiver() -> object:
    import ssl  # noqa: PLC0415

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with Receiver(tls=context) as receiver:
        yield receiver


def test_dry_run_tells_what_a_pass_then_does(run: Run, tmp_path: Path, account: Account) -> None:
    account.append(BOUNCE.encode(), ORDINARY.encode())
    before = account.mails()
    with Receiver() as receiver:
        write_config(tmp_path, account, receiver.url)
        dry = run("once", "--dry-run")
        assert (account.mails(), receiver.received) == (before, [])
        assert run("once").returncode == 0
        sent = [json.loads(received.body) for received in receiver.received]
    would = [json.loads(line)["would"] for line in dry.stdout.splitlines()]
    assert [entry["folder"] for entry in would] == ["Bounces/Hard", None]
    assert [event["type"] for event in sent] == ["bounce.hard"]
    assert sent[0]["data"]["recipient"]["address"] == "user@example.com"
    mails = account.mails()
    assert (len(mails["INBOX"]), len(mails["Bounces/Hard"])) == (1, 1)
    facts = json.loads(run("status").stdout)
    assert facts["week"] == {"bounce": 1, "ordinary": 1}
    assert facts["mailboxes"][0]["last_success"] is not None


def test_domains_that_are_named_are_not_asked_for(run: Run, tmp_path: Path, account: Account) -> None:
    account.append(BOUNCE.encode())
    with Receiver() as receiver:
        write_config(tmp_path, account, receiver.url)
        with (tmp_path / "config.yaml").open("a") as config:
            config.write("authenticity: {domains: [elsewhere.example]}\n")
        done = run("check")
    assert "1 unverified\n" in done.stdout
