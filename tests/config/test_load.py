"""A good file means what it says, and what it leaves out stands at the default."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.config.conftest import SIGNING_SECRET, SMALLEST, Load
from watcher.config import find_config, load_config
from watcher.config.document import parse_document
from watcher.errors import ConfigError


MAILBOX = SMALLEST.partition("webhooks:")[0]


def test_smallest_config_works(load: Load) -> None:
    config = load(SMALLEST)
    mailbox, webhook = config.mailboxes[0], config.webhooks[0]
    assert (mailbox.name, mailbox.port, mailbox.tls) == ("bounces@example.com", 993, "implicit")
    assert mailbox.password.reveal() == "correct horse"
    assert mailbox.folders.target("bounce.hard") == "Bounces/Hard"
    assert mailbox.folders.target("ordinary") is None
    assert [secret.reveal() for secret in webhook.secret] == [SIGNING_SECRET]
    assert webhook.retry[2] == timedelta(minutes=5)
    assert config.http is not None


MEANINGS = [
    # Each case: what it shows, the lines added to the mailbox, the key, its value.
    ("port by tls", "tls: starttls", "port", 143),
    ("a port of one's own", "tls: starttls\nport: 1143", "port", 1143),
    ("octal digits are decimal", "port: 0993", "port", 993),
    ("yes is true", "mark_read: yes", "mark_read", True),
    ("off is false for a switch", "idle: off", "idle", False),
    ("a day stays a text", "since: 2026-01-31", "since", "2026-01-31"),
    ("days", "poll: 3d", "poll", timedelta(days=3)),
    ("only when the server tells", "poll: null", "poll", None),
    ("cron in place of poll", 'cron: "*/5 * * * *"', "poll", None),
    ("a size", "max_size: 512kB", "max_size", 512_000),
    ("a size in octets", "max_size: 100000", "max_size", 100_000),
    ("plaintext to this machine", "tls: none", "port", 143),
    ("a pin with colons", "pin: sha256:" + ":".join(["AB"] * 32), "pin", "ab" * 32),
    ("a later key at its default", "oauth2: null", "oauth2", None),
]


@pytest.mark.parametrize(
    ("lines", "key", "value"), [case[1:] for case in MEANINGS], ids=[case[0] for case in MEANINGS]
)
def test_mailbox_key(load: Load, lines: str, key: str, value: object) -> None:
    text = MAILBOX.replace("imap.example.com", "localhost")
    text += "".join(f"    {line}\n" for line in lines.splitlines())
    assert getattr(load(text).mailboxes[0], key) == value


def test_off_is_a_mode_and_no_boolean(load: Load) -> None:
    assert load(MAILBOX + "authenticity: {mode: off}\n").authenticity.mode == "off"


PASSWORDS = [
    ("digits stay as written", "0123", "0123"),
    ("a word that YAML takes for true", "yes", "yes"),
    ("a text that looks like a number", "1e5", "1e5"),
    ("a word that YAML takes for null, quoted", '"null"', "null"),
]


@pytest.mark.parametrize(
    ("written", "meant"), [case[1:] for case in PASSWORDS], ids=[case[0] for case in PASSWORDS]
)
def test_password_is_what_was_written(load: Load, written: str, meant: str) -> None:
    assert load(MAILBOX.replace("correct horse", written)).mailboxes[0].password.reveal() == meant


def test_secret_lies_in_a_file_the_environment_or_a_credential(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("from a file \r\n")
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "hook").write_text(SIGNING_SECRET + "\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    monkeypatch.setenv("OLD_SECRET", SIGNING_SECRET)
    config = load(
        SMALLEST.replace("correct horse", "{file: password}").replace(
            SIGNING_SECRET, "[{credential: hook}, {env: OLD_SECRET}]"
        )
    )
    assert config.mailboxes[0].password.reveal() == "from a file "
    assert [secret.reveal() for secret in config.webhooks[0].secret] == [SIGNING_SECRET] * 2


def test_credential_cannot_lead_out_of_its_directory(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(ConfigError, match="holds no path"):
        load(MAILBOX.replace("correct horse", "{credential: ../password}"))


def test_config_without_its_secrets_reads_none(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    text = SMALLEST.replace("correct horse", "{file: absent}").replace(SIGNING_SECRET, "{env: ABSENT}")
    path.write_text(text + "    basic_auth: {credential: absent}\nhttp: {token: {file: absent}}\n")
    with pytest.raises(ConfigError):
        load_config(path)
    config = load_config(path, secrets=False)
    (webhook,) = config.webhooks
    assert config.http is not None
    for secret in (config.mailboxes[0].password, *webhook.secret, webhook.basic_auth, config.http.token):
        assert secret is not None
        with pytest.raises(RuntimeError, match="without its secrets"):
            secret.reveal()


def test_config_without_its_secrets_is_checked_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(SMALLEST.replace("correct horse", "{fil: absent}"))
    with pytest.raises(ConfigError, match="password: not a form of secret"):
        load_config(path, secrets=False)


@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o640, False), (0o600, False)])
def test_secret_file_that_everybody_can_read_is_warned_of(
    load: Load, tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, warned: bool
) -> None:
    path = tmp_path / "password"
    path.write_text("hunter2\n")
    path.chmod(mode)
    load(MAILBOX.replace("correct horse", "{file: password}"))
    assert (f"chmod 600 {path}" in caplog.text) is warned
    assert "hunter2" not in caplog.text


def test_secret_never_shows_itself(load: Load) -> None:
    config = load(SMALLEST)
    assert "correct horse" not in f"{config!r} {config} {config.model_dump()}"


def test_same_file_gives_the_same_config(load: Load) -> None:
    assert load(SMALLEST) == load(SMALLEST)
    assert load(SMALLEST) != load(SMALLEST.replace("correct horse", "other"))


def test_paths_begin_at_the_config_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("")
    config = load(MAILBOX + "state: state.db\nresults: out/all.jsonl\nrules: [own.toml]\n")
    assert config.state == str(tmp_path / "state.db")
    assert config.results == str(tmp_path / "out/all.jsonl")
    assert config.rules == (str(tmp_path / "own.toml"),)


def test_merge_key_takes_over_what_stands_elsewhere(load: Load) -> None:
    config = load(
        "mailboxes:\n"
        "  - &first\n"
        "    host: imap.example.com\n"
        "    username: one@example.com\n"
        "    password: x\n"
        "  - <<: *first\n"
        "    username: two@example.com\n"
    )
    assert [(box.host, box.name) for box in config.mailboxes] == [
        ("imap.example.com", "one@example.com"),
        ("imap.example.com", "two@example.com"),
    ]


def test_http_can_be_switched_off(load: Load) -> None:
    assert load(MAILBOX + "http: null\n").http is None


def test_listening_beyond_loopback_takes_a_token(load: Load) -> None:
    config = load(MAILBOX + 'http: {listen: "0.0.0.0:8025", token: abc}\n')
    assert config.http is not None
    assert config.http.listen == "0.0.0.0:8025"


def test_file_is_searched_for_in_the_contracts_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given, named = Path("given.yaml"), {"BOUNCE_WATCHER_CONFIG": "named.yaml"}
    assert find_config(given, named) == given
    assert find_config(None, named) == Path("named.yaml")
    Path("config.yaml").write_text(SMALLEST)
    assert find_config(None, {}) == Path("config.yaml")


def test_no_file_at_all_tells_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("watcher.config.load.SEARCHED", (Path("config.yaml"), tmp_path / "system.yaml"))
    with pytest.raises(ConfigError, match="bounce-watcher init") as refusal:
        find_config(None, {})
    (told,) = refusal.value.problems
    assert told.startswith(f"config.yaml: no config here, nor at {tmp_path / 'system.yaml'}; ")
    with pytest.raises(ConfigError, match=r"absent\.yaml: no such file"):
        load_config(Path("absent.yaml"))


def test_file_of_no_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("#" * 1_100_000)
    with pytest.raises(ConfigError, match="1 MiB"):
        load_config(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=300) | st.text("[]{}:,-&*!|>'\"#%@ \n\tab<", max_size=60).map(str.encode))
def test_any_bytes_load_or_are_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert all(line.startswith(f"{path}:") for line in caught.value.problems)


SECRET_PLACES = ["password", "refresh_token", "secret", "basic_auth", "headers", "token", "keys"]


@pytest.mark.parametrize(
    "value",
    ["hunter2", "[hunter2]", "{hunter2: hunter2}", "{hunter2}", "!hunter2 x", "*hunter2", "&hunter2 hunter2",
     '"hunter2', "{file: {hunter2: x}}", "{a: hunter2, a: hunter2}", "hunter2: hunter2", "? hunter2"],
)  # fmt: skip
@pytest.mark.parametrize("place", SECRET_PLACES)
def test_error_shows_no_secret(load: Load, place: str, value: str) -> None:
    text = SMALLEST
    if place == "password":
        text = text.replace("password: correct horse", f"{place}: {value}")
    elif place == "refresh_token":
        text = text.replace(
            "password: correct horse", f"oauth2:\n      provider: google\n      {place}: {value}"
        )
    elif place == "headers":
        text += f"    headers:\n      X-A: {value}\n"
    elif place in {"secret", "basic_auth"}:
        text = text.replace(f"secret: {SIGNING_SECRET}", f"{place}: {value}")
    else:
        section = "http" if place == "token" else "return_path"
        text += f"{section}:\n  {place}: {value}\n"
    with pytest.raises(ConfigError) as caught:
        load(text + "unknown: 1\n")
    assert "hunter2" not in str(caught.value)


def test_document_knows_the_line_of_every_key() -> None:
    document = parse_document("a: 1\nb:\n  - c: 2\n    d:\n      - 3\n      - 4\n")
    places = {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 0, "c"): 3, ("b", 0, "d"): 4, ("b", 0, "d", 1): 6}
    assert {path: document.line(path) for path in places} == places
    assert document.line(("b", 0, "e")) == 3  # the section that lacks the key


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(SMALLEST)
    path.chmod(0)
    with pytest.raises(ConfigError, match="permission denied"):
        load_config(path)
