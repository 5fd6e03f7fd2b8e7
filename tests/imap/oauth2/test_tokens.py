"""How tokens are asked for, kept and renewed, and what is told where there is none."""

import base64
import json
import re
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.imap.mailbox import mailbox_at
from tests.servers.ports import free_ports
from tests.servers.tokens import TokenServer
from watcher.config.mailbox import Mailbox
from watcher.config.oauth2 import OAuth2
from watcher.config.units import Secret
from watcher.errors import ConnectError, SignInError
from watcher.imap.oauth2 import Tokens
from watcher.imap.oauth2.endpoint import Refusal, parse_answer
from watcher.imap.oauth2.grant import endpoint_of, make_request
from watcher.imap.oauth2.hints import find_lack, find_row, hints


@pytest.fixture
def issuer() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


def box(**keys: Any) -> Mailbox:
    keys = {"client_id": "watcher", **keys}
    return mailbox_at(143, password=None, oauth2=OAuth2.model_validate(keys), username="b@lists.example.org")


def other(issuer: TokenServer, **keys: Any) -> Mailbox:
    secret = {} if "client_secret" in keys else {"client_secret": Secret("hunter2")}
    return box(provider="other", token_url=issuer.url, **secret, **keys)


MICROSOFT = {"provider": "microsoft", "tenant": "lists.example.org"}
FORMS = [
    # Each case: what it shows, keys of oauth2, the endpoint, the form that is sent.
    (
        "Microsoft, by the app itself",
        {**MICROSOFT, "client_secret": Secret("hunter2")},
        "https://login.microsoftonline.com/lists.example.org/oauth2/v2.0/token",
        {
            "grant_type": "client_credentials",
            "scope": "https://outlook.office365.com/.default",
            "client_id": "watcher",
            "client_secret": "hunter2",
        },
    ),
    (
        "Microsoft, for a user",
        {"provider": "microsoft", "refresh_token": Secret("r1")},
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        {
            "grant_type": "refresh_token",
            "refresh_token": "r1",
            "scope": "https://outlook.office365.com/IMAP.AccessAsUser.All offline_access",
            "client_id": "watcher",
        },
    ),
    (
        "Google, for a user",
        {"provider": "google", "client_secret": Secret("hunter2"), "refresh_token": Secret("r1")},
        "https://oauth2.googleapis.com/token",
        {
            "grant_type": "refresh_token",
            "refresh_token": "r1",
            "client_id": "watcher",
            "client_secret": "hunter2",
        },
    ),
    (
        "another provider, by the client itself",
        {
            "provider": "other",
            "token_url": "https://id.example.com/token",
            "client_secret": Secret("hunter2"),
            "scope": "imap",
        },
        "https://id.example.com/token",
        {
            "grant_type": "client_credentials",
            "scope": "imap",
            "client_id": "watcher",
            "client_secret": "hunter2",
        },
    ),
]


@pytest.mark.parametrize(("keys", "url", "form"), [case[1:] for case in FORMS], ids=[c[0] for c in FORMS])
def test_request(keys: dict[str, Any], url: str, form: dict[str, str]) -> None:
    mailbox = box(**keys)
    assert mailbox.oauth2 is not None
    newest = mailbox.oauth2.refresh_token
    request = make_request(mailbox, newest.reveal() if newest else None, 0)
    assert (request.url, request.form) == (url, form)
    assert endpoint_of(mailbox.oauth2) == url
    assert "hunter2" not in repr(request)
    assert "r1" not in repr(request)


def test_client_in_the_header(issuer: TokenServer) -> None:
    Tokens().source(other(issuer, client_auth="header")).token()
    assert "client_secret" not in issuer.requests[0]
    assert issuer.headers[0]["Authorization"] == "Basic " + base64.b64encode(b"watcher:hunter2").decode()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def account(key: rsa.RSAPrivateKey, **changes: Any) -> Secret:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    found = {
        "type": "service_account",
        "client_email": "watcher@project.example.com",
        "private_key_id": "k1",
        "private_key": pem.decode(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return Secret(json.dumps({**found, **changes}))


def decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_service_account_signs_for_the_user(issuer: TokenServer, key: rsa.RSAPrivateKey) -> None:
    mailbox = box(provider="google", service_account=account(key), token_url=issuer.url)
    assert Tokens().source(mailbox).token() == "token-1"
    form = issuer.requests[0]
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    head, claims, signature = form["assertion"].split(".")
    assert json.loads(decode(head)) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    said = json.loads(decode(claims))
    assert said["exp"] - said["iat"] == 3600
    del said["exp"], said["iat"]
    assert said == {
        "iss": "watcher@project.example.com",
        "sub": "b@lists.example.org",
        "scope": "https://mail.google.com/",
        "aud": issuer.url,
    }
    signed = f"{head}.{claims}".encode()
    key.public_key().verify(decode(signature), signed, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", "not the JSON key of a service account"),
        ("hunter2", "not the JSON key of a service account"),
        ('{"type": "service_account", "private_key": "x"}', "lacks client_email"),
        (
            '{"type": "service_account", "private_key": "hunter2", "client_email": "a@b"}',
            "private_key is no RSA key",
        ),
    ],
)
def test_service_account_that_is_none(text: str, told: str) -> None:
    source = Tokens().source(box(provider="google", service_account=Secret(text)))
    with pytest.raises(SignInError, match=f"service_account: .*{told}.*; download a new key") as fault:
        source.token()
    assert "hunter2" not in str(fault.value)


@pytest.mark.failure(14)
def test_token_is_kept_while_it_holds_and_renewed_before_its_end(issuer: TokenServer) -> None:
    now = [0.0]
    source = Tokens(clock=lambda: now[0]).source(other(issuer))
    assert source.token() == source.token() == "token-1"
    now[0] = 3600 - 301
    assert source.token() == "token-1"
    now[0] = 3600 - 299
    assert source.token() == "token-2"


def test_token_is_used_to_its_end_where_the_provider_is_away(issuer: TokenServer) -> None:
    now = [0.0]
    source = Tokens(clock=lambda: now[0]).source(other(issuer))
    source.token()
    for _ in range(2):
        issuer.refuse("temporarily_unavailable", status=503)
    now[0] = 3500
    assert source.token() == "token-1"
    now[0] = 3601
    with pytest.raises(ConnectError, match="no token now: temporarily_unavailable; it is tried again"):
        source.token()
    assert source.token() == "token-2"


def test_refused_token_is_not_given_again(issuer: TokenServer) -> None:
    source = Tokens().source(other(issuer))
    assert source.token(refused=source.token()) == "token-2"
    assert source.token(refused="token-1") == "token-2"  # somebody else renewed it meanwhile


def test_threads_ask_once(issuer: TokenServer) -> None:
    tokens, found = Tokens(), []
    threads = [
        threading.Thread(target=lambda: found.append(tokens.source(other(issuer)).token())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["token-1"] * 8
    assert len(issuer.requests) == 1


def test_service_accounts_token_is_for_one_user(issuer: TokenServer, key: rsa.RSAPrivateKey) -> None:
    tokens = Tokens()
    one = box(provider="google", service_account=account(key), token_url=issuer.url)
    two = one.model_copy(update={"username": "c@lists.example.org"})
    assert [tokens.source(box).token() for box in (one, two, one)] == ["token-1", "token-2", "token-1"]


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry_After": "120"}, 120),
        (503, {}, 60),
        (429, {"Retry_After": "9999999"}, 3600),
        (400, {}, 60),
    ],
)
def test_throttled_endpoint_is_asked_later(
    issuer: TokenServer, status: int, headers: dict[str, str], seconds: float
) -> None:
    issuer.refuse("slow_down", status=status, **headers)
    with pytest.raises(ConnectError, match="no token now: slow_down") as fault:
        Tokens().source(other(issuer)).token()
    assert fault.value.retry_after == seconds


def test_refusal_repeats_no_secret_and_no_address(
    issuer: TokenServer, caplog: pytest.LogCaptureFixture
) -> None:
    issuer.refuse("invalid_client", "hunter2 of b@lists.example.org is wrong", status=401)
    with caplog.at_level("DEBUG"), pytest.raises(SignInError) as fault:
        Tokens().source(other(issuer)).token()
    text = str(fault.value) + caplog.text
    assert "no token: invalid_client: … of … is wrong; " in text
    assert "hunter2" not in text
    assert "lists.example.org" not in text


def test_withdrawn_renewal_goes_back_to_the_configured_token(issuer: TokenServer, tmp_path: Path) -> None:
    issuer.rotates = True
    mailbox = other(issuer, refresh_token=Secret("first"))
    Tokens.beside(str(tmp_path / "state.db")).source(mailbox).token()
    issuer.refuse("invalid_grant")
    Tokens.beside(str(tmp_path / "state.db")).source(mailbox).token()
    assert [form["refresh_token"] for form in issuer.requests] == ["first", "refresh-1", "first"]


def test_authority_of_the_endpoint(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    with TokenServer(context=context) as issuer:
        assert Tokens().source(other(issuer, ca_file=str(path))).token() == "token-1"
        with pytest.raises(ConnectError, match=r"no token: the certificate is not accepted.*oauth2.ca_file"):
            Tokens().source(other(issuer)).token()


def test_endpoint_that_is_not_there() -> None:
    (port,) = free_ports(1)
    mailbox = box(provider="other", token_url=f"http://127.0.0.1:{port}/token", client_secret=Secret("x"))
    with pytest.raises(ConnectError, match=f"127.0.0.1:{port}: mailbox bounces: no token: cannot be reached"):
        Tokens().source(mailbox).token()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"access_token": 1}', b'{"access_token": "a\\u0001b"}', b"[" * 100_000]
)
def test_answer_that_is_none(body: bytes) -> None:
    assert parse_answer(200, body, None) == Refusal("HTTP status 200", "")


@pytest.mark.parametrize(
    ("written", "seconds"), [("1800", 1800), (None, 300), ("soon", 300), (-5, 300), (1e300, 86_400)]
)
def test_lifetime(written: Any, seconds: float) -> None:
    body = json.dumps({"access_token": "a", "expires_in": written}).encode()
    found = parse_answer(200, body, None)
    assert not isinstance(found, Refusal)
    assert found.seconds == seconds


SAMPLES = [(row.id, row, sample) for row in hints() for sample in row.samples]


@pytest.mark.parametrize(("row", "sample"), [case[1:] for case in SAMPLES], ids=[case[0] for case in SAMPLES])
@pytest.mark.failure(15)
def test_each_hint_wins_its_samples(row: Any, sample: str) -> None:
    found = find_row(row.stage, row.provider or "other", sample)
    assert found is not None
    assert found.id == row.id


def test_hints_have_ids_of_their_own() -> None:
    assert len({row.id for row in hints()}) == len(hints())


def token(**claims: Any) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.c2ln"


OUTLOOK = "https://outlook.office365.com"
LACKS = [
    # Each case: what it shows, the token, for a user, what it lacks.
    ("all there, for the app", token(aud=OUTLOOK, roles=["IMAP.AccessAsApp"]), False, None),
    ("no role", token(aud=OUTLOOK), False, "lacks IMAP.AccessAsApp: .*application .*Grant admin consent"),
    ("another role", token(aud=OUTLOOK, roles=["Mail.Read"]), False, "lacks IMAP.AccessAsApp"),
    ("all there, for a user", token(aud=OUTLOOK, scp="IMAP.AccessAsUser.All openid"), True, None),
    ("no scope", token(aud=OUTLOOK, scp="openid"), True, "lacks IMAP.AccessAsUser.All: .*delegated"),
    ("for Graph", token(aud="https://graph.microsoft.com"), False, "wrong scope: .*graph.microsoft.com"),
    ("not to be read", "EwB4A8l6BAAU", True, None),
    ("odd", "a.b.c", False, None),
]


@pytest.mark.parametrize(("text", "of_a_user", "told"), [c[1:] for c in LACKS], ids=[c[0] for c in LACKS])
@pytest.mark.failure(16)
def test_token_tells_what_it_lacks(text: str, of_a_user: bool, told: str | None) -> None:
    found = find_lack(text, of_a_user=of_a_user)
    if told is None:
        assert found is None
    else:
        assert found is not None
        assert re.search(told, found)
