"""`check` names in plain words what is missing at Google or Microsoft."""

import base64
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.tokens import TokenServer


CONFIG = """\
state: state.db
http: null
mailboxes:
  - host: 127.0.0.1
    port: {port}
    tls: none
    username: bounces@lists.example.org
    oauth2: {{{keys}, token_url: "{url}", client_id: app, client_secret: hunter2}}
"""
MICROSOFT = "provider: microsoft, tenant: t"
GOOGLE = "provider: google, refresh_token: hunter2"
SHOWN = """\
C: AUTHENTICATE XOAUTH2
S: +
D: *
S: + eyJzdGF0dXMiOiI0MDAifQ==
D: *
S: {tag} NO AUTHENTICATE failed.
"""
OFFER = "S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=XOAUTH2\nS: {tag} OK done\n"


def claims(**said: object) -> str:
    part = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return "e30." + part + ".{}"


def checked(run: Run, folder: Path, issuer: TokenServer, keys: str) -> str:
    with ScriptedImap(OFFER + SHOWN + SHOWN) as server:
        text = CONFIG.format(port=server.port, keys=keys, url=issuer.url)
        (folder / "config.yaml").write_text(text)
        done = run("check", "--log-level", "debug")
        server.surprises.clear()  # it ends where it ends
    assert done.returncode == 3, done.stdout + done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    return next(line for line in done.stdout.splitlines() if line.startswith("FAIL"))


TOKEN = [
    # Each case: what it shows, keys of oauth2, code and words of the refusal, what is told.
    ("no consent", MICROSOFT, ("invalid_grant", "AADSTS65001: …"), "Grant admin consent"),
    (
        "a refresh token that ended",
        GOOGLE,
        ("invalid_grant", "Token has been expired or revoked."),
        "press Publish app",
    ),
]


@pytest.mark.parametrize(("keys", "refusal", "told"), [case[1:] for case in TOKEN], ids=[c[0] for c in TOKEN])
def test_refused_token_is_explained(
    run: Run, tmp_path: Path, keys: str, refusal: tuple[str, str], told: str
) -> None:
    with TokenServer() as issuer:
        issuer.refuse(*refusal)
        line = checked(run, tmp_path, issuer, keys)
    assert f"no token: {refusal[0]}: " in line
    assert told in line


OUTLOOK = "https://outlook.office365.com"
SIGN_IN = [
    # Each case: what it shows, keys of oauth2, how the tokens read, what is told.
    ("no role", MICROSOFT, claims(aud=OUTLOOK), "the token lacks IMAP.AccessAsApp: add it"),
    (
        "no right to the mailbox",
        MICROSOFT,
        claims(aud=OUTLOOK, roles=["IMAP.AccessAsApp"]),
        "Add-MailboxPermission gave it FullAccess",
    ),
    (
        "a scope too small",
        GOOGLE,
        "token-{}",
        "its scope must be https://mail.google.com/",
    ),
]


@pytest.mark.parametrize(
    ("keys", "makes", "told"), [case[1:] for case in SIGN_IN], ids=[c[0] for c in SIGN_IN]
)
def test_refused_sign_in_is_explained(run: Run, tmp_path: Path, keys: str, makes: str, told: str) -> None:
    with TokenServer() as issuer:
        issuer.makes = makes
        line = checked(run, tmp_path, issuer, keys)
        assert len(issuer.requests) == 2  # one forced renewal, and no more
    assert "sign-in refused: AUTHENTICATE failed (status 400); " in line
    assert told in line
