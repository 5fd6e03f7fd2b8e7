"""Who is answered over HTTP, and what: met with plain HTTP on this machine."""

import asyncio
import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from watcher.config.shape import Http
from watcher.errors import ConfigError, PortTakenError
from watcher.web import health
from watcher.web.app import make_app
from watcher.web.listener import Listener


TOKEN = "token-of-this-test"


def well() -> Sequence[str]:
    return ()


@contextmanager
def listening(
    check: Callable[[], Sequence[str]] = well, listen: str = "127.0.0.1:0", token: str | None = None
) -> Iterator[Listener]:
    listener = Listener(Http.model_validate({"listen": listen, "token": token}), check)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


def ask(
    listener: Listener, path: str, *headers: tuple[str, str], method: str = "GET"
) -> tuple[int, Any, http.client.HTTPResponse]:
    """Send a request as it stands; `Host: localhost` unless the headers name one."""
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if not any(name == "Host" for name, _ in headers):
            connection.putheader("Host", "localhost")
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, json.loads(response.read() or "null"), response
    finally:
        connection.close()


def bearer(token: str) -> tuple[str, str]:
    return "Authorization", f"Bearer {token}"


def test_healthz_says_that_we_live() -> None:
    with listening() as listener:
        assert ask(listener, "/healthz")[:2] == (200, {"alive": True})


def test_readyz_says_that_all_is_well() -> None:
    with listening() as listener:
        assert ask(listener, "/readyz")[:2] == (200, {"ready": True, "problems": []})


def test_readyz_says_what_is_wrong() -> None:
    wrong = ["bounces: imap.example.com:993: connection refused; is the server running?"]
    with listening(lambda: wrong) as listener:
        assert ask(listener, "/readyz")[:2] == (503, {"ready": False, "problems": wrong})
        assert ask(listener, "/healthz")[0] == 200


def test_readyz_answers_where_the_check_itself_breaks(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Sequence[str]:
        raise RuntimeError("user@example.com")

    with listening(broken) as listener, caplog.at_level(logging.ERROR):
        status, answer, _ = ask(listener, "/readyz")
    assert (status, answer["ready"]) == (503, False)
    assert answer["problems"] == ["health: cannot be told; look at the log"]
    assert "health_broken" in caplog.messages


def test_readyz_asks_once_however_many_want_to_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH", 3600.0)
    asked: list[int] = []
    release = threading.Event()

    def slow() -> Sequence[str]:
        asked.append(1)
        release.wait(10)
        return [f"look {len(asked)}"]

    with listening(slow) as listener, ThreadPoolExecutor(8) as executor:
        answers = [executor.submit(ask, listener, "/readyz") for _ in range(8)]
        time.sleep(0.3)  # they all wait for the same look
        release.set()
        told = [answer.result()[1]["problems"] for answer in answers]
        assert told == [["look 1"]] * 8
        assert ask(listener, "/readyz")[1]["problems"] == ["look 1"]  # while it is fresh
    assert len(asked) == 1


def test_readyz_looks_again_once_the_answer_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH", 0.1)
    looks = iter([["down"], []])
    with listening(lambda: next(looks)) as listener:
        assert ask(listener, "/readyz")[:2] == (503, {"ready": False, "problems": ["down"]})
        time.sleep(0.2)
        assert ask(listener, "/readyz")[:2] == (200, {"ready": True, "problems": []})


def test_readyz_answers_where_the_check_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    release = threading.Event()
    with listening(lambda: [str(release.wait(10))]) as listener:
        status, answer, _ = ask(listener, "/readyz")
        assert ask(listener, "/healthz")[0] == 200
        release.set()
    assert (status, answer["problems"]) == (503, ["health: no answer within 0.2 s; look at the log"])


@pytest.mark.parametrize(
    "path", ["/", "/metrics", "/api/v1/suppressions/user@example.com", "/%2e%2e/etc/passwd"]
)
def test_other_pages_are_not_there(path: str) -> None:
    with listening() as listener:
        status, answer, _ = ask(listener, path)
    assert (status, answer) == (404, {"error": "no such page; see /api/v1/openapi.json"})


def test_other_methods_are_told_the_right_one() -> None:
    with listening() as listener:
        status, answer, response = ask(listener, "/healthz", method="POST")
    assert (status, answer) == (405, {"error": "not allowed here; use GET, HEAD"})
    assert response.headers["Allow"] == "GET, HEAD"


def test_answers_tell_nothing_of_the_program_and_are_not_kept() -> None:
    with listening() as listener:
        headers = ask(listener, "/healthz")[2].headers
    assert headers["Server"] == "bounce-watcher"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


# Without a token only this machine is answered.


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8025", "127.0.0.1", "127.8.9.10:1", "[::1]:8025"])
def test_names_of_this_machine_are_answered(host: str) -> None:
    with listening() as listener:
        assert ask(listener, "/healthz", ("Host", host))[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "192.0.2.1",
        "[2001:db8::1]",
        "",
        "@localhost",
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/api/v1/"])
def test_other_names_are_not(host: str, path: str) -> None:
    with listening() as listener:
        status, answer, _ = ask(listener, path, ("Host", host))
    assert status in {400, 403}
    assert "error" in answer


@pytest.mark.parametrize(
    "name",
    [
        "Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-FORWARDED-PROTO", "Via", "X-Real-IP",
        "True-Client-IP",
    ],
)  # fmt: skip
def test_what_a_proxy_passed_on_is_not(name: str) -> None:
    with listening() as listener:
        status, answer, _ = ask(listener, "/healthz", (name, "192.0.2.1"))
    assert (status, answer["error"]) == (
        403, "without http.token nothing that a proxy passed on is answered; set http.token",
    )  # fmt: skip


def test_two_host_headers_are_not() -> None:
    with listening() as listener, socket.create_connection(("127.0.0.1", listener.port), 10) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: example.com\r\n\r\n")
        assert connection.recv(100).split()[1] in {b"400", b"403"}


# With a token it is asked for everywhere but at the health pages.


def test_health_needs_no_token_and_then_tells_no_details() -> None:
    with listening(lambda: ["bounces: sign-in refused"], token=TOKEN) as listener:
        assert ask(listener, "/healthz", ("Host", "watcher.example.com"))[0] == 200
        assert ask(listener, "/readyz", ("X-Forwarded-For", "192.0.2.1"))[:2] == (503, {"ready": False})
        assert ask(listener, "/readyz", bearer(TOKEN))[1]["problems"] == ["bounces: sign-in refused"]


@pytest.mark.parametrize(
    "headers",
    [(), (bearer("another"),), (bearer(""),), (("Authorization", f"Basic {TOKEN}"),), (bearer(TOKEN + "x"),)],
    ids=["none", "another", "empty", "basic", "longer"],
)
def test_all_else_needs_the_token(headers: tuple[tuple[str, str], ...]) -> None:
    with listening(token=TOKEN) as listener:
        status, answer, response = ask(listener, "/api/v1/", *headers)
    assert (status, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer == {"error": "a token is needed; send Authorization: Bearer with http.token"}


def test_the_token_opens() -> None:
    with listening(token=TOKEN) as listener:
        assert ask(listener, "/api/v1/", bearer(TOKEN), ("Host", "watcher.example.com"))[0] == 404


# The address


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", "192.0.2.1:8025"])
def test_beyond_this_machine_a_token_is_demanded(listen: str) -> None:
    with pytest.raises(ConfigError, match=r"without a token; set http\.token"):
        Listener(Http(listen=listen), well)


def test_with_a_token_it_may_be_any_address() -> None:
    with listening(listen="0.0.0.0:0", token=TOKEN) as listener:
        assert ask(listener, "/healthz")[0] == 200


def test_a_taken_port_says_so_and_ends_with_3() -> None:
    with listening() as first:
        second = Listener(Http(listen=f"127.0.0.1:{first.port}"), well)
        with pytest.raises(PortTakenError) as error:
            second.start()
    assert str(error.value) == (
        f"http.listen: 127.0.0.1:{first.port}: already in use; stop the other process, or set another port"
    )
    assert error.value.exit_code == 3


def test_an_address_of_another_machine_says_so() -> None:
    listener = Listener(Http.model_validate({"listen": "192.0.2.1:8025", "token": TOKEN}), well)
    with pytest.raises(PortTakenError, match="not an address of this machine; set one that is"):
        listener.start()


def test_the_port_is_free_again_after_the_end() -> None:
    with listening() as first:
        port = first.port
    with listening(listen=f"127.0.0.1:{port}") as second:
        assert ask(second, "/healthz")[0] == 200


def test_a_request_that_is_never_ended_does_not_hold_up_the_end() -> None:
    listener = Listener(Http(listen="127.0.0.1:0"), well)
    listener.start()
    with socket.create_connection(("127.0.0.1", listener.port)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        started = time.monotonic()
        listener.stop()
        assert time.monotonic() - started < 5
    listener.stop()


@pytest.mark.parametrize("listen", ["127.0.0.1", ":8025"])
def test_what_is_no_address_is_a_fault_of_the_config(listen: str) -> None:
    with pytest.raises(ConfigError, match=r"http\.listen: '.*': no "):
        Listener(Http.model_construct(listen=listen, token=None), well)


def test_a_request_that_is_none_is_answered_as_one() -> None:
    with listening() as listener, socket.create_connection(("127.0.0.1", listener.port), 10) as connection:
        connection.sendall(b"220 mail.example.com ESMTP\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 400")


def answer_of(error: Exception) -> tuple[int, str]:
    """Give what a page answers that raises an error."""

    async def page(_: web.Request) -> web.Response:
        raise error

    async def ask_for_it() -> tuple[int, str]:
        app = make_app(well, None)
        app.router.add_get("/page", page)
        async with TestClient(TestServer(app)) as client, client.get("/page") as response:
            return response.status, await response.text()

    return asyncio.run(ask_for_it())


def test_a_page_that_breaks_tells_nothing_of_why(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = answer_of(RuntimeError("user@example.com"))
    assert answer == (500, '{"error": "this page is broken; look at the log"}')
    assert "page_broken" in caplog.messages


def test_a_page_s_refusal_is_json_too() -> None:
    assert answer_of(web.HTTPConflict()) == (409, '{"error": "conflict"}')
