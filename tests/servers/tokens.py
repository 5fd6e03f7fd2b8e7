"""Run a token endpoint on a free port: it gives out tokens, refuses, throttles, and tells Dovecot of them.

RFC 6749 (token), RFC 7662 (introspection, at /introspect).  `answers` are played first, one a request:
(status, JSON or None for the ordinary answer, headers).
"""

import json
import ssl
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


PASSDB = """\
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {file}
}}
"""
INTROSPECTION = """\
introspection_mode = post
introspection_url = {url}
username_attribute = username
username_format = %Ln
active_attribute = active
active_value = true
force_introspection = yes
"""


class TokenServer:
    """Tokens for one user, each good for `seconds` or until it is withdrawn."""

    def __init__(self, user: str = "bounces", *, context: ssl.SSLContext | None = None) -> None:
        self.user = user
        self.seconds: Any = 3600
        self.answers: deque[tuple[int, dict[str, Any] | None, dict[str, str]]] = deque()
        self.requests: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.rotates = False
        self.withdrawn: set[str] = set()
        self.makes = "token-{}"  # how a token reads, by its number
        self._ends: dict[str, float] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        scheme, host = ("http", "127.0.0.1") if context is None else ("https", "localhost")
        self.url = f"{scheme}://{host}:{self.port}/token"
        self.introspection = f"{scheme}://{host}:{self.port}/introspect"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Answer from here."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop here."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def refuse(self, error: str, description: str = "", status: int = 400, **headers: str) -> None:
        """Refuse the next request."""
        body = {"error": error, **({"error_description": description} if description else {})}
        self.answers.append((status, body, {name.replace("_", "-"): text for name, text in headers.items()}))

    def lines_for_dovecot(self, directory: Path) -> str:
        """Give lines of Dovecot's config by which it asks here about each token."""
        file = directory / "oauth2.conf"
        file.write_text(INTROSPECTION.format(url=self.introspection))
        directory.chmod(0o755)  # its auth process reads the file as another user
        return PASSDB.format(file=file)

    def withdraw_all(self) -> None:
        """Make every token given so far worth nothing."""
        self.withdrawn |= set(self._ends)

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        text = self.makes.format(len(self._ends) + 1)
        self._ends[text] = time.monotonic() + (self.seconds if isinstance(self.seconds, int) else 3600)
        fresh = {"refresh_token": f"refresh-{len(self._ends)}"} if self.rotates else {}
        return {"access_token": text, "token_type": "Bearer", "expires_in": self.seconds, **fresh}

    def introspect(self, token: str) -> dict[str, Any]:
        good = token not in self.withdrawn and self._ends.get(token, 0) > time.monotonic()
        return {"active": True, "username": self.user} if good else {"active": False}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                self._answer(200, owner.introspect(query.get("token", [""])[0]), {})

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {name: values[0] for name, values in parse_qs(text).items()}
                if self.path == "/introspect":
                    self._answer(200, owner.introspect(form.get("token", "")), {})
                    return
                owner.requests.append(form)
                owner.headers.append(dict(self.headers.items()))
                status, body, headers = owner.answers.popleft() if owner.answers else (200, None, {})
                self._answer(status, owner.token(form) if body is None else body, headers)

            def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
                octets = json.dumps(body).encode()
                self.send_response(status)
                for name, text in {**headers, "Content-Type": "application/json"}.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
