"""`returnpath` signs what it verifies, and says no by its exit code."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import BOUNCE, Run


CONFIG = {
    "state": "state.db",
    "mailboxes": [{"host": "127.0.0.1", "username": "bounces@lists.example.org", "password": "x"}],
    "return_path": {"domain": "bounces.example.org", "keys": [{"id": "a", "secret": "0123456789abcdef"}]},
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return written(tmp_path)


def written(directory: Path, **return_path: object) -> Path:
    path = directory / "config.yaml"
    path.write_text(yaml.safe_dump(CONFIG | {"return_path": return_path or CONFIG["return_path"]}))
    return path


def test_what_is_signed_is_genuine(run: Run, config: Path) -> None:
    signed = run("returnpath", "sign", "user@example.com", "--id", "c77", "-c", config)
    assert signed.returncode == 0
    address = signed.stdout.strip()
    assert address.endswith(".c77-user=example.com@bounces.example.org")
    checked = run("returnpath", "verify", address, "--recipient", "User@example.com", "-c", config)
    assert checked.returncode == 0
    expires = (datetime.now(UTC) + timedelta(days=31)).strftime("%Y-%m-%dT00:00:00Z")
    assert json.loads(checked.stdout) == {
        "valid": True, "recipient": "User@example.com", "id": "c77", "key": "a", "expires": expires,
    }  # fmt: skip
    other = run("returnpath", "verify", address, "--recipient", "victim@example.com", "-c", config)
    assert (other.returncode, json.loads(other.stdout)["valid"]) == (1, False)
    assert other.stderr == "not valid: it was made for another recipient\n"
    forged = run("returnpath", "verify", address.replace("user", "victim"), "-c", config)
    assert (forged.returncode, json.loads(forged.stdout)["recipient"]) == (1, None)
    assert forged.stderr == "not valid: the signature is wrong\n"


def test_many_are_signed_at_once(run: Run, config: Path) -> None:
    signed = run("returnpath", "sign", "-", "-c", config, stdin="a@example.com\n\nb@example.com\n")
    assert [line.partition("@")[0][-13:] for line in signed.stdout.split()] == [
        "a=example.com",
        "b=example.com",
    ]


def test_a_line_that_cannot_be_signed_stops_no_other(run: Run, config: Path) -> None:
    given = "a@example.com\nnobody\nb@example.com\n"
    signed = run("returnpath", "sign", "-", "-c", config, stdin=given)
    assert (signed.returncode, len(signed.stdout.split())) == (1, 2)
    assert signed.stderr == "-:2: 'nobody' is no address; write one such as user@example.com; passed by\n"


def test_a_return_path_may_stand_in_angle_brackets(run: Run, config: Path) -> None:
    address = run("returnpath", "sign", "user@example.com", "-c", config).stdout.strip()
    checked = run("returnpath", "verify", f"<{address}>", "-c", config)
    assert (checked.returncode, json.loads(checked.stdout)["recipient"]) == (0, "user@example.com")


def test_domain_is_that_of_the_mailbox(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, keys=["0123456789abcdef"])
    assert run("returnpath", "sign", "a@example.com", "-c", path).stdout.endswith("@lists.example.org\n")


def test_without_a_key_nothing_is_signed(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, domain="bounces.example.org")
    (line,) = (n for n, text in enumerate(path.read_text().splitlines(), 1) if text == "return_path:")
    for words in (("sign", "a@example.com"), ("verify", "a@example.com")):
        done = run("returnpath", *words, "-c", path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(
            f"{path}:{line}: return_path.keys: no key is configured; write keys: [{{"
        )


def test_a_recipient_that_is_none_is_refused(run: Run, config: Path) -> None:
    done = run("returnpath", "sign", "nobody", "-c", config)
    assert (done.returncode, done.stderr) == (
        2, "'nobody' is no address; write one such as user@example.com\n",
    )  # fmt: skip


def test_classify_verifies_by_the_config_it_is_told(run: Run, config: Path, tmp_path: Path) -> None:
    address = run("returnpath", "sign", "user@example.com", "-c", config).stdout.strip()
    mail = tmp_path / "mail.eml"
    mail.write_text(BOUNCE.replace("To: bounces@lists.example.org", f"To: {address}", 1))
    answer = json.loads(run("classify", "-c", config, mail, "--format", "jsonl").stdout)
    assert answer["authenticity"]["level"] == "verified"
    assert answer["return_path"]["recipient"] == "user@example.com"
    assert (
        json.loads(run("classify", mail, "--format", "jsonl").stdout)["authenticity"]["level"] == "unverified"
    )


def test_classify_does_without_a_key_that_it_cannot_read(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, domain="bounces.example.org", keys=[{"id": "a", "secret": {"file": "absent"}}])
    (tmp_path / "mail.eml").write_text(BOUNCE)
    done = run("classify", "-c", path, tmp_path / "mail.eml")
    assert done.returncode == 0
    assert "return_path.keys: not every secret can be read; no return-path is verified" in done.stderr
