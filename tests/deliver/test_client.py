"""What one POST to an endpoint comes to, over real HTTP on this machine."""

import asyncio
import contextlib
import gzip
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import trustme
from standardwebhooks import Webhook as Library

from tests.deliver.receiver import Answer, RawServer, Receiver
from tests.deliver.samples import OTHER_SECRET, SECRET, webhook
from watcher import __version__
from watcher.config.webhook import Webhook
from watcher.deliver import client
from watcher.deliver.client import Client
from watcher.deliver.faults import client_fault, place_of
from watcher.deliver.outcome import DELIVERED, Outcome, Result
from watcher.deliver.parcel import parcel_of


BODY = '{"type":"bounce.hard","data":{"subject":"Grüße"}}'.encode()

PARCEL = parcel_of("event-1", "bounce.hard", "standard", BODY)


def post(endpoint: Webhook, times: int = 1) -> Outcome:
    async def run() -> Outcome:
        session = Client(endpoint, 4)
        try:
            for _ in range(times):
                outcome = await session.post(
                    parcel_of("event-1", "bounce.hard", "standard", BODY), datetime.now(UTC)
                )
            return outcome
        finally:
            await session.close()

    return asyncio.run(run())


def test_a_library_verifies_what_arrives() -> None:
    with Receiver() as receiver:
        assert post(webhook(receiver.url)) == DELIVERED
    (received,) = receiver.received
    assert received.body == BODY
    assert Library(SECRET).verify(received.body, received.headers)["type"] == "bounce.hard"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"] == f"bounce-watcher/{__version__}"
    assert received.path == "/hooks?key=in-the-url"


def test_all_secrets_sign() -> None:
    with Receiver() as receiver:
        post(webhook(receiver.url, secret=[OTHER_SECRET, SECRET]))
    headers = receiver.received[0].headers
    for secret in (SECRET, OTHER_SECRET):
        Library(secret).verify(BODY, headers)


def test_the_config_s_headers_and_basic_auth_are_sent() -> None:
    with Receiver() as receiver:
        post(webhook(receiver.url, headers={"X-Tenant": "tenant-7"}, basic_auth="hook:päss"))
    headers = receiver.received[0].headers
    assert headers["x-tenant"] == "tenant-7"
    assert headers["authorization"] == "Basic aG9vazpww6Rzcw=="


def test_cookies_are_not_kept() -> None:
    with Receiver(Answer(headers=(("Set-Cookie", "session=1; Path=/"),))) as receiver:
        post(webhook(receiver.url), times=2)
    assert [received.headers.get("cookie") for received in receiver.received] == [None, None]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_2xx_is_delivered(status: int) -> None:
    with Receiver(Answer(status)) as receiver:
        assert post(webhook(receiver.url)) == DELIVERED


STATUSES = [
    (301, Result.FAILED, "answered 301; redirects are not followed; put the final address into url"),
    (304, Result.FAILED, "answered 304; redirects are not followed"),
    (400, Result.FAILED, "answered 400; the application does not take this event"),
    (401, Result.FAILED, "answered 401; the application refuses the signature or credentials"),
    (404, Result.FAILED, "answered 404; nothing is there; check the path of url"),
    (410, Result.GONE, "answered 410; the application wants no more events; paused"),
    (418, Result.FAILED, "answered 418; the application refuses this event"),
    (429, Result.RETRY, "answered 429; the application asks us to slow down"),
    (500, Result.FAILED, "answered 500; the application or a proxy before it is in trouble"),
    (503, Result.FAILED, "answered 503; the application or a proxy before it is in trouble"),
]


@pytest.mark.parametrize(("status", "result", "error"), STATUSES)
def test_other_statuses_are_not(status: int, result: Result, error: str) -> None:
    elsewhere = (("Location", "/elsewhere"),)
    with Receiver([Answer(status, elsewhere), Answer(200)]) as receiver:
        outcome = post(webhook(receiver.url))
    assert outcome.result is result
    assert outcome.error is not None
    assert outcome.error.startswith(f"webhook app: http://localhost:{receiver.port}: {error}")
    assert len(receiver.received) == 1


RETRY_AFTER = [
    ("429 without a time: a minute", 429, None, timedelta(minutes=1)),
    ("429 with seconds", 429, "120", timedelta(minutes=2)),
    ("503 with seconds", 503, "3600", timedelta(hours=1)),
    ("500 with too little", 500, "1", timedelta(minutes=1)),
    ("503 with a year", 503, str(365 * 86_400), timedelta(days=1)),
]


@pytest.mark.parametrize(
    ("status", "field", "after"), [case[1:] for case in RETRY_AFTER], ids=[case[0] for case in RETRY_AFTER]
)
def test_retry_after_is_obeyed(status: int, field: str | None, after: timedelta) -> None:
    headers = () if field is None else (("Retry-After", field),)
    with Receiver(Answer(status, headers)) as receiver:
        outcome = post(webhook(receiver.url))
    assert (outcome.result, outcome.after) == (Result.RETRY, after)


def test_an_answer_is_kept_short_on_one_line_and_without_our_secrets() -> None:
    text = f"denied:\n\x1b[31m {SECRET} tenant-7 hook:pass \u202e" + "x" * 5_000
    with Receiver(Answer(403, text=text)) as receiver:
        outcome = post(webhook(receiver.url, headers={"X-Tenant": "tenant-7"}, basic_auth="hook:pass"))
    assert outcome.answer.startswith("denied: [31m *** *** *** xxx")
    assert len(outcome.answer) == 1_000
    assert outcome.error is not None
    assert "denied" not in outcome.error
    assert outcome.last_error == f"{outcome.error} — {outcome.answer}"


def test_an_endless_answer_is_read_to_20_kb_and_no_further() -> None:
    with RawServer(b"HTTP/1.1 500 Oops\r\n\r\n", endless=True) as server:
        outcome = post(webhook(server.url))
    assert outcome.result is Result.FAILED
    assert outcome.answer == "x" * 1_000
    assert server.sent < 20_000_000  # what the sockets buffer, and no flood


def test_the_status_alone_counts_whatever_the_body_does() -> None:
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal"
    with RawServer(begun, hold=True) as server:
        started = time.monotonic()
        assert post(webhook(server.url)) == DELIVERED
        assert time.monotonic() - started < 4
    with RawServer(begun) as server:
        assert post(webhook(server.url)) == DELIVERED


def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)
    head = f"HTTP/1.1 500 Oops\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with RawServer(head + bomb) as server:
        outcome = post(webhook(server.url))
    assert outcome.error is not None
    assert "answered 500" in outcome.error


RAW = [
    ("closed without an answer", b"", "closed the connection without an answer"),
    ("no HTTP", b"220 mx.example.com ESMTP\r\n", "the answer is not HTTP; check host and port of url"),
    ("endless header", b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000, "the answer is not HTTP"),
]


@pytest.mark.parametrize(("reply", "error"), [case[1:] for case in RAW], ids=[case[0] for case in RAW])
def test_answers_that_are_none(reply: bytes, error: str) -> None:
    with RawServer(reply) as server:
        outcome = post(webhook(server.url))
    assert outcome.result is Result.FAILED
    assert outcome.error is not None
    assert error in outcome.error


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nX-Half: "], ids=["silence", "half a header"])
def test_one_that_hangs_is_given_up_at_the_timeout(reply: bytes) -> None:
    with RawServer(reply, hold=True) as server:
        started = time.monotonic()
        outcome = post(webhook(server.url, timeout="1s"))
        assert 0.9 < time.monotonic() - started < 3
    assert outcome.error == (
        f"webhook app: http://127.0.0.1:{server.port}: no answer within 1 s; answer 2xx first and work later"
    )


def test_a_refused_connection_says_so() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, and nobody listens
        outcome = post(webhook(f"http://127.0.0.1:{held.getsockname()[1]}/"))
    assert outcome.error is not None
    assert "connection refused; is the application running" in outcome.error


def test_an_unknown_host_says_so() -> None:
    outcome = post(webhook("https://hooks.nowhere.invalid/", timeout="3s"))
    assert outcome.result is Result.FAILED
    assert outcome.error is not None
    assert outcome.error.startswith("webhook app: https://hooks.nowhere.invalid: no ")


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_tls(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def test_a_ca_of_one_s_own_is_trusted_where_it_is_named(authority: trustme.CA, ca_file: str) -> None:
    with Receiver(tls=server_tls(authority)) as receiver:
        assert post(webhook(receiver.url, ca_file=ca_file)) == DELIVERED


def test_an_unknown_ca_is_not(authority: trustme.CA) -> None:
    with Receiver(tls=server_tls(authority)) as receiver:
        outcome = post(webhook(receiver.url))
    assert receiver.received == []
    assert outcome.error is not None
    assert "the certificate is not accepted (" in outcome.error
    assert outcome.error.endswith("; name its CA in ca_file")


def test_nor_a_certificate_for_another_name(authority: trustme.CA, ca_file: str) -> None:
    with Receiver(tls=server_tls(authority, "elsewhere.example")) as receiver:
        outcome = post(webhook(receiver.url, ca_file=ca_file))
    assert receiver.received == []
    assert outcome.error is not None
    assert "the certificate is not accepted (hostname mismatch" in outcome.error


def test_tls_to_a_port_that_speaks_none() -> None:
    with Receiver() as receiver:
        outcome = post(webhook(receiver.url.replace("http:", "https:")))
    assert outcome.error is not None
    assert "TLS was refused (" in outcome.error


def test_a_client_certificate_is_shown_to_a_server_that_wants_one(
    authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    tls = server_tls(authority)
    tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(tls)
    client_cert = tmp_path / "client.pem"
    authority.issue_cert("watcher.example").private_key_and_cert_chain_pem.write_to_path(str(client_cert))
    with Receiver(tls=tls) as receiver:
        without = post(webhook(receiver.url, ca_file=ca_file))
        assert post(webhook(receiver.url, ca_file=ca_file, client_cert=str(client_cert))) == DELIVERED
    assert without.result is Result.FAILED
    assert len(receiver.received) == 1


def test_a_file_that_has_gone_is_named(ca_file: str) -> None:
    endpoint = webhook("https://localhost/", ca_file=ca_file)
    Path(ca_file).unlink()
    with pytest.raises(ValueError, match=r"webhook app: ca_file: .*ca.pem: no such file or directory; name"):
        post(endpoint)


def test_a_client_certificate_without_its_key_is_named(ca_file: str) -> None:
    with pytest.raises(
        ValueError, match=r"webhook app: client_cert: .*ca.pem: holds no PEM certificate that"
    ):
        post(webhook("https://localhost/", client_cert=ca_file))


# Proxy


def test_a_proxy_is_used_where_the_config_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy:
        outcome = post(webhook("http://localhost:9/hooks", proxy=f"http://127.0.0.1:{proxy.port}"))
    assert outcome == DELIVERED
    assert proxy.received[0].headers["host"] == "localhost:9"


def test_the_proxies_of_the_environment_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as receiver, Receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(webhook(receiver.url)) == DELIVERED
    assert proxy.received == []


def test_a_proxy_that_is_down_or_refuses_is_named() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        down = post(webhook("https://localhost/", proxy=f"http://127.0.0.1:{held.getsockname()[1]}"))
    with RawServer(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as server:
        refuses = post(webhook("https://localhost/", proxy=server.url))
    assert down.error == "webhook app: https://localhost: the proxy cannot be reached; check proxy"
    assert refuses.error == "webhook app: https://localhost: the proxy answered 407; check proxy"


def test_a_host_that_never_answers_at_all_is_given_up_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CONNECT_TIMEOUT", 0.3)
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):  # a full queue: further connections get no answer
            filler = waiting.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        started = time.monotonic()
        outcome = post(webhook(f"http://127.0.0.1:{listener.getsockname()[1]}/"))
        assert time.monotonic() - started < 3
    assert outcome.error is not None
    assert outcome.error.endswith("no connection in time; check host, port and firewall")


FAULTS = [
    ("not a URL at all", "hooks", aiohttp.InvalidURL("hooks"), "webhook app: url: not a URL; write url as"),
    ("a network that is down", "https://a.example/x", OSError(101, "Network is unreachable"),
     "webhook app: https://a.example: no connection (network is unreachable); check host, port and network"),
    ("anything else", "https://a.example/x", ValueError("secret"),
     "webhook app: https://a.example: could not be sent (ValueError); check url, headers and proxy"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "error", "line"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_faults_that_need_a_broken_network(url: str, error: Exception, line: str) -> None:
    assert client_fault(place_of("app", url), error).startswith(line)
