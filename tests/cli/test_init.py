"""`init` writes a config that loads, with a secret that nobody else can read."""

import subprocess
from pathlib import Path

import pytest
import trustme
import yaml

from tests.cli.conftest import Run
from watcher.config import load_config
from watcher.config.webhook_secret import parse_secret


ANSWERS = [
    "--host", "imap.example.com", "--username", "bounces@example.com", "--password-file", "imap-password",
    "--webhook-url", "https://app.example.com/hooks/bounces",
]  # fmt: skip


def test_written_config_loads(run: Run, tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("correct horse\n")
    done = run("init", *ANSWERS)
    assert done.returncode == 0
    assert "next: bounce-watcher check -c config.yaml" in done.stdout
    config = load_config(tmp_path / "config.yaml")
    assert config.mailboxes[0].password.reveal() == "correct horse"
    assert config.state == str(tmp_path / "state.db")
    secret = tmp_path / "webhook-secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(parse_secret(secret.read_text())) == 32


def test_password_that_is_not_there_yet_is_told(run: Run, tmp_path: Path) -> None:
    assert "put the password into imap-password" in run("init", *ANSWERS).stdout


def test_config_that_is_there_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("mine")
    done = run("init", *ANSWERS)
    assert (done.returncode, (tmp_path / "config.yaml").read_text()) == (2, "mine")
    assert "--force" in done.stderr


def test_force_writes_anew_and_keeps_the_secret(run: Run, tmp_path: Path) -> None:
    run("init", *ANSWERS)
    secret = (tmp_path / "webhook-secret").read_text()
    assert run("init", *ANSWERS, "--force", "--tls", "starttls").returncode == 0
    (tmp_path / "imap-password").write_text("x")
    assert load_config(tmp_path / "config.yaml").mailboxes[0].port == 143
    assert (tmp_path / "webhook-secret").read_text() == secret


def test_other_folder_leads_back_to_the_password(run: Run, tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("correct horse\n")
    assert run("init", *ANSWERS, "--output", "etc/watcher.yaml").returncode == 0
    config = load_config(tmp_path / "etc" / "watcher.yaml")
    assert config.mailboxes[0].password.reveal() == "correct horse"


def test_port_and_certificates_of_ones_own(run: Run, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    assert run("init", *ANSWERS, "--port", "10993", "--ca-file", "ca.pem").returncode == 0
    (mailbox,) = yaml.safe_load((tmp_path / "config.yaml").read_text())["mailboxes"]
    assert (mailbox["port"], mailbox["ca_file"]) == (10993, "ca.pem")


def test_a_port_that_is_no_number_is_called_so(run: Run) -> None:
    done = run("init", *ANSWERS, "--port", "x")
    assert (done.returncode, "'--port': 'x' is not a valid integer; " in done.stderr) == (2, True)


def test_domains_that_are_sent_from(run: Run, tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("x")
    assert run("init", *ANSWERS, "--domain", "example.com", "--domain", "news.example.org").returncode == 0
    assert load_config(tmp_path / "config.yaml").authenticity.domains == ("example.com", "news.example.org")


UNNAMED = [
    ("bounces@example.com", '"example.com", of the username, makes a report plausible, and proves none'),
    ("bounces", "bounces suppress nothing"),
]


@pytest.mark.parametrize(("username", "effect"), UNNAMED, ids=["an address", "a bare name"])
def test_what_follows_without_domains_is_told(run: Run, tmp_path: Path, username: str, effect: str) -> None:
    (tmp_path / "imap-password").write_text("x")
    told = run("init", *ANSWERS, "--username", username).stdout
    assert ("set authenticity.domains" in told) == ("@" not in username)
    assert load_config(tmp_path / "config.yaml").authenticity.domains == ()
    text = (tmp_path / "config.yaml").read_text()
    assert f"# While this is left out, {effect}.\n# authenticity:\n#   domains: [example.com]\n" in text


@pytest.mark.parametrize("username", ["bounces@lists.example.org", "bounces"])
def test_the_key_that_it_tells_how_to_make_signs(run: Run, tmp_path: Path, username: str) -> None:
    (tmp_path / "imap-password").write_text("x")
    run("init", *ANSWERS, "--username", username)
    path = tmp_path / "config.yaml"
    lines = path.read_text().splitlines()
    section = lines.index("# return_path:")
    subprocess.run(["sh", "-c", lines[section - 1].removeprefix("#")], cwd=tmp_path, check=True)
    assert (tmp_path / "return-path-key").stat().st_mode & 0o077 == 0
    with path.open("a") as config:
        config.writelines(f"{line.removeprefix('# ')}\n" for line in lines[section:])
    done = run("returnpath", "sign", "user@example.com")
    assert done.returncode == 0, done.stderr


WRONG = [
    ("a domain with a user", "--domain", "bounces@example.com"),
    ("a host with a scheme", "--host", "imaps://imap.example.com"),
    ("a URL in the clear", "--webhook-url", "http://app.example.com/"),
    ("a password in the clear", "--tls", "none"),
    ("certificates that are not there", "--ca-file", "absent.pem"),
    ("a state that is no file", "--state", "postgresql://db/watcher"),
]


@pytest.mark.parametrize(("flag", "value"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_wrong_answer_is_refused_before_anything_is_written(
    run: Run, tmp_path: Path, flag: str, value: str
) -> None:
    done = run("init", *ANSWERS, flag, value)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert done.stderr.startswith(f"{flag}: ")


def test_answer_with_quotes_stays_what_it_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "imap-password").write_text("x")
    odd = 'a"b: #c\\'
    run("init", *ANSWERS, "--username", odd)
    assert load_config(tmp_path / "config.yaml").mailboxes[0].username == odd
