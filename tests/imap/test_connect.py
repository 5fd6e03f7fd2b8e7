"""What a person reads when a server cannot be reached, trusted or signed in to."""

import datetime as dt
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from tests.imap.mailbox import mailbox_at, mailbox_of
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import Account
from tests.servers.ports import free_ports
from tests.servers.scripted_imap import GOODBYE, ScriptedImap, prelude
from watcher.config.units import Secret
from watcher.errors import ConnectError, SignInError, TlsError
from watcher.imap.session import Patience, Session


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def test_signs_in_and_out(account: Account) -> None:
    with Session.open(mailbox_of(account)) as session:
        assert {"IMAP4REV1", "IDLE", "UIDPLUS"} <= session.capabilities


@pytest.mark.failure(1)
def test_commands_leave_at_once_and_dead_connections_are_noticed(account: Account) -> None:
    with Session.open(mailbox_of(account)) as session:
        sock = session._wire.client.socket()
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 90_000
        assert sock.gettimeout() == Patience().answer


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_signs_in_with_the_authority_named(dovecot: Dovecot, tls: str) -> None:
    port = dovecot.imaps_port if tls == "implicit" else dovecot.imap_port
    mailbox = mailbox_at(port, host="localhost", tls=tls, ca_file=str(dovecot.ca_file))
    with Session.open(mailbox) as session:
        assert session.select().exists == 0


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_untrusted_certificate(dovecot: Dovecot, tls: str) -> None:
    port = dovecot.imaps_port if tls == "implicit" else dovecot.imap_port
    with pytest.raises(TlsError, match=r"^localhost:\d+: .*issuer is not trusted.*; set ca_file"):
        Session.open(mailbox_at(port, host="localhost", tls=tls))


def test_pin_trusts_one_certificate_alone(dovecot: Dovecot) -> None:
    mailbox = mailbox_at(dovecot.imaps_port, tls="implicit", pin="00" * 32)
    with pytest.raises(TlsError, match=r"pin: the certificate's sha256 is [0-9a-f]{64}; ") as refusal:
        Session.open(mailbox)
    found = str(refusal.value).split("sha256 is ")[1][:64]
    pin = ":".join(found[place : place + 2] for place in range(0, 64, 2)).upper()
    with Session.open(mailbox.model_copy(update={"pin": pin})) as session:
        assert session.select().exists == 0


def test_pin_does_not_replace_a_named_authority(dovecot: Dovecot, ca_file: str) -> None:
    with pytest.raises(TlsError, match="issuer is not trusted"):
        Session.open(mailbox_at(dovecot.imaps_port, tls="implicit", pin="00" * 32, ca_file=ca_file))


def test_expired_certificate(authority: trustme.CA, ca_file: str) -> None:
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    expired = authority.issue_cert("localhost", not_after=past, not_before=past - dt.timedelta(30))
    with (
        ScriptedImap(prelude(), context=server_context(expired)) as server,
        pytest.raises(TlsError, match=r"expired.*; renew it on the server"),
    ):
        Session.open(mailbox_at(server.port, host="localhost", tls="implicit", ca_file=ca_file))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_certificate_for_another_name(authority: trustme.CA, ca_file: str, host: str) -> None:
    other = server_context(authority.issue_cert("imap.example.org"))
    with (
        ScriptedImap(prelude(), context=other) as server,
        pytest.raises(TlsError, match=r"certificate is (not )?for .*; set host to the name"),
    ):
        Session.open(mailbox_at(server.port, host=host, tls="implicit", ca_file=ca_file))


def test_client_certificate_is_shown(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    ours = tmp_path / "client.pem"
    authority.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(ours)
    context = server_context(authority.issue_cert("localhost"))
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    with ScriptedImap(prelude("IDLE"), context=context) as server:
        mailbox = mailbox_at(
            server.port, host="localhost", tls="implicit", ca_file=ca_file, client_cert=str(ours)
        )
        Session.open(mailbox).close()
        assert any(command.startswith("LOGIN") for command in server.commands)
        server.surprises.clear()  # the script goes on to SELECT


def test_client_certificate_that_is_demanded(authority: trustme.CA, ca_file: str) -> None:
    context = server_context(authority.issue_cert("localhost"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # so that the handshake, not the first answer, fails
    with (
        ScriptedImap(prelude(), context=context) as server,
        pytest.raises(TlsError, match=r"refuses our side of TLS: .*; check client_cert"),
    ):
        Session.open(mailbox_at(server.port, host="localhost", tls="implicit", ca_file=ca_file))


def test_connection_that_ends_within_the_handshake() -> None:
    offer = "C: CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: {tag} OK done\n"
    script = f"S: * OK hi\n{offer}C: STARTTLS\nS: {{tag}} OK go on\nD: *\n"
    with (
        ScriptedImap(script) as server,
        pytest.raises(ConnectError, match=f"^127.0.0.1:{server.port}: the server hung up"),
    ):
        Session.open(mailbox_at(server.port, tls="starttls"))


@pytest.mark.parametrize("key", ["ca_file", "client_cert"])
def test_certificate_file_that_went_bad(key: str, authority: trustme.CA, tmp_path: Path) -> None:
    path = tmp_path / "none.pem"
    authority.cert_pem.write_to_path(path)
    mailbox = mailbox_at(993, tls="implicit", **{key: str(path)})
    path.write_text("nothing\n")
    with pytest.raises(TlsError, match=f"{key}: .*none.pem: not a PEM file; name"):
        Session.open(mailbox)
    path.unlink()
    with pytest.raises(TlsError, match=f"{key}: .*none.pem: no such file or directory; name a PEM file"):
        Session.open(mailbox)


def test_server_without_starttls() -> None:
    script = "S: * OK ready\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: {tag} OK done\nHANG"
    with (
        ScriptedImap(script) as server,
        pytest.raises(TlsError, match=r"offers no STARTTLS; set tls: implicit"),
    ):
        Session.open(mailbox_at(server.port, tls="starttls"))


def test_starttls_is_not_waived_for_a_session_that_claims_to_be_signed_in() -> None:
    """A man in the middle may say PREAUTH, after which STARTTLS cannot be asked for."""
    offer = "C: CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: {tag} OK done\n"
    script = f"S: * PREAUTH welcome\n{offer}{offer}HANG"
    with ScriptedImap(script) as server, pytest.raises(TlsError, match="STARTTLS refused"):
        Session.open(mailbox_at(server.port, tls="starttls"))


def test_port_that_does_not_begin_with_tls(dovecot: Dovecot) -> None:
    with pytest.raises(TlsError, match="does not begin with TLS; set tls: starttls"):
        Session.open(mailbox_at(dovecot.imap_port, tls="implicit"))


def test_port_that_begins_with_tls(dovecot: Dovecot) -> None:
    with pytest.raises(ConnectError, match=r"no answer in time; check host, port and tls|hung up"):
        Session.open(mailbox_at(dovecot.imaps_port), Patience(connect=1, answer=1))


@pytest.mark.parametrize(("tls", "host"), [("starttls", "127.0.0.93"), ("none", "127.0.0.94")])
@pytest.mark.failure(12)
def test_silent_port_of_implicit_tls(tls: str, host: str) -> None:
    try:
        listener = socket.create_server((host, 993))
    except OSError as error:
        pytest.skip(f"993 cannot be listened on: {error}")
    with listener, pytest.raises(ConnectError, match="in time; 993 usually wants tls: implicit"):
        Session.open(mailbox_at(993, host=host, tls=tls), Patience(connect=0.3, answer=0.3))


def own_address() -> str | None:
    """Find an address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        found: str = probe.getsockname()[0]
    return None if found.startswith("127.") else found


@pytest.fixture
def address() -> str:
    found = own_address()
    if found is None:
        pytest.skip("this machine has no address but loopback")
    return found


def test_no_password_in_plain_text_beyond_loopback(address: str) -> None:
    script = "S: * OK ready\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: {tag} OK done\nHANG"
    with ScriptedImap(script, host=address) as server:
        with pytest.raises(TlsError, match=r"would show the password.*; set tls to implicit or starttls"):
            Session.open(mailbox_at(server.port, host=address))
        assert server.commands == ["CAPABILITY"]


def test_plain_text_where_it_is_allowed(address: str) -> None:
    with ScriptedImap(prelude() + GOODBYE, host=address) as server:
        mailbox = mailbox_at(server.port, host=address, allow_plaintext=True)
        with Session.open(mailbox) as session:
            session.select()


def test_wrong_password(account: Account) -> None:
    secret = "wrong-Kennwort"
    with pytest.raises(
        SignInError, match=f"mailbox {mailbox_of(account).name}: sign-in refused: .*; check "
    ) as refusal:
        Session.open(mailbox_of(account, password=Secret(secret)))
    assert secret not in str(refusal.value)
    assert not refusal.value.retry


def test_user_and_password_of_any_letters(dovecot: Dovecot) -> None:
    mailbox = mailbox_at(dovecot.imap_port, username='a "b\\ c', password=Secret("pässword"))
    with pytest.raises(SignInError, match="sign-in refused"):
        Session.open(mailbox)


def test_line_end_in_a_password_is_not_sent(dovecot: Dovecot) -> None:
    mailbox = mailbox_at(dovecot.imap_port, password=Secret("secret\r\na1 DELETE x"))
    with pytest.raises(SignInError, match="a line end"):
        Session.open(mailbox)


@pytest.mark.parametrize(
    ("caps", "answer"),
    [("", "{tag} NO I do not know secret-4711"), ("AUTH=PLAIN", "{tag} NO AGJvdW5jZXMAc2VjcmV0LTQ3MTE=")],
    ids=["LOGIN", "AUTHENTICATE"],
)
def test_server_that_repeats_the_password(caps: str, answer: str) -> None:
    sign_in = "C: AUTHENTICATE PLAIN\nS: +\nD: *\nS: " if caps else "C: LOGIN *\nS: "
    script = (
        f"S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 {caps}\nS: {{tag}} OK done\n{sign_in}{answer}"
    )
    with ScriptedImap(script) as server:
        with pytest.raises(SignInError, match="refused") as refusal:
            Session.open(mailbox_at(server.port, password=Secret("secret-4711")))
        assert "secret-4711" not in str(refusal.value)
        assert "AGJv" not in str(refusal.value)


REPEATED = [
    # Each case: what it shows, username, password, the server's words, what is told.
    ("the user", "b@lists.example.org", "secret-4711", "b@lists.example.org is unknown", "… is unknown"),
    ("another address", "bounces", "secret-4711", "<Post@example.net> is locked", "<…> is locked"),
    ("a password like an address", "bounces", "it@is,so@so", "no it@is,so@so", "no …"),
    ("a password after many words", "bounces", "secret-4711", "x" * 195 + " secret-4711", "x" * 195 + " …"),
]


@pytest.mark.parametrize(
    ("user", "password", "words", "told"), [case[1:] for case in REPEATED], ids=[case[0] for case in REPEATED]
)
def test_no_fault_repeats_an_address_or_a_part_of_the_password(
    user: str, password: str, words: str, told: str
) -> None:
    script = (
        "S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: {tag} OK done\nC: LOGIN *\nS: {tag} NO "
    )
    with ScriptedImap(script + words) as server, pytest.raises(SignInError) as refusal:
        Session.open(mailbox_at(server.port, username=user, password=Secret(password)))
    expected = f"mailbox bounces: sign-in refused: {told}; check username and password"
    assert str(refusal.value).partition(f":{server.port}: ")[2] == expected


def test_server_that_takes_no_password_in_plain_text() -> None:
    script = "S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 LOGINDISABLED\nS: {tag} OK done\nHANG"
    with ScriptedImap(script) as server, pytest.raises(SignInError, match="set tls to starttls"):
        Session.open(mailbox_at(server.port))


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ("NO [UNAVAILABLE] user database is down", 60),
        ("NO [ALERT] Too many simultaneous connections. (Failure)", 300),
        ("BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", 92.415),
        ("NO [LIMIT] one at a time", 300),
    ],
)
@pytest.mark.failure(17, 18)
def test_busy_server_is_no_wrong_password(answer: str, seconds: float) -> None:
    script = (
        "S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: {tag} OK done\nC: LOGIN *\nS: {tag} "
        + answer
    )
    with ScriptedImap(script) as server, pytest.raises(ConnectError, match="not now: ") as refusal:
        Session.open(mailbox_at(server.port))
    assert refusal.value.retry
    assert refusal.value.retry_after == seconds


@pytest.mark.parametrize("caps", ["", "AUTH=PLAIN"], ids=["LOGIN", "AUTHENTICATE"])
def test_server_that_hangs_up_at_the_password_is_no_wrong_password(caps: str) -> None:
    sign_in = "C: AUTHENTICATE PLAIN\nS: +\nC: *" if caps else "C: LOGIN *"
    script = f"S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 {caps}\nS: {{tag}} OK done\n{sign_in}"
    with ScriptedImap(script) as server, pytest.raises(ConnectError, match="the server hung up") as fault:
        Session.open(mailbox_at(server.port))
    assert fault.value.retry


DIAL = [
    # Each case: what it shows, the script of the server, what the error says.
    ("turned away at the door", "S: * BYE too many connections", "turned away: BYE too many connections"),
    ("no IMAP server", "S: 220 mx.example.org ESMTP", "no IMAP server; check port"),
    ("hung up at once", "", "the server hung up"),
]


@pytest.mark.parametrize(("script", "text"), [case[1:] for case in DIAL], ids=[case[0] for case in DIAL])
def test_greeting_that_is_none(script: str, text: str) -> None:
    with ScriptedImap(script) as server, pytest.raises(ConnectError, match=text) as refusal:
        Session.open(mailbox_at(server.port))
    assert str(refusal.value).startswith(f"127.0.0.1:{server.port}: ")


@pytest.mark.failure(12)
def test_silent_server() -> None:
    with ScriptedImap("HANG") as server, pytest.raises(ConnectError, match="no answer in time"):
        Session.open(mailbox_at(server.port), Patience(connect=0.2, answer=0.2))


def test_refused_connection() -> None:
    (port,) = free_ports(1)
    with pytest.raises(ConnectError, match=f"^127.0.0.1:{port}: connection refused; check host and port"):
        Session.open(mailbox_at(port))


def test_unknown_host() -> None:
    with pytest.raises(ConnectError, match=r"^no-such-host.invalid:143: .*host.*; check (host|the DNS)"):
        Session.open(mailbox_at(143, host="no-such-host.invalid"))
