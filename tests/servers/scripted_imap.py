"""Play an IMAP server by a script of lines, to show faults that no real server shows on demand.

    S: text      send a line; `{tag}` is the tag of the last command.  Lines in a row leave in one segment
    S- text      send without a line end
    C: pattern   expect a command, its tag left out; shell wildcards
    D: pattern   expect a line without a tag, such as DONE
    ...          wait a moment, so that what follows is a segment of its own
    HANG         say nothing more, until the client leaves
Then the connection is closed.  Each connection plays the next script; a command that the script does not
expect closes the connection, and is noted in `surprises`.
"""

import contextlib
import fnmatch
import socket
import ssl
import textwrap
import time
from types import TracebackType

from tests.servers.listener import Listener


PRELUDE = """\
    S: * OK ready
    C: CAPABILITY
    S: * CAPABILITY IMAP4rev1 {caps}
    S: {tag} OK done
    C: LOGIN *
    S: {tag} OK [CAPABILITY IMAP4rev1 {caps}] signed in
    C: LIST "" ""
    S: * LIST (\\Noselect) "/" ""
    S: {tag} OK done
    C: SELECT "INBOX"
    S: * {exists} EXISTS
    S: * OK [UIDVALIDITY 7] ok
    S: * OK [UIDNEXT {uidnext}] ok
    S: {tag} OK [READ-WRITE] open
"""
GOODBYE = """\
    C: LOGOUT
    S: * BYE
    S: {tag} OK done
"""


def prelude(caps: str = "UIDPLUS MOVE IDLE", exists: int = 3, uidnext: int = 4) -> str:
    """Give the script of a sign-in and of opening INBOX."""
    filled = PRELUDE.replace("{caps}", caps).replace("{exists}", str(exists))
    return textwrap.dedent(filled.replace("{uidnext}", str(uidnext)))


class ScriptedImap(Listener):
    """A server on a free loopback port that plays one script a connection."""

    def __init__(self, *scripts: str, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        super().__init__(host)
        self.commands: list[str] = []
        self.surprises: list[str] = []
        self._scripts = [textwrap.dedent(script) for script in scripts]
        self._context = context

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop here; a script that was not kept to fails the test."""
        super().__exit__(kind, error, trace)
        if error is None:
            assert self.surprises == []

    def _meet(self, connection: socket.socket) -> None:
        if not self._scripts:
            connection.close()
            return
        script = self._scripts.pop(0)
        connection.settimeout(20)
        with connection, contextlib.suppress(OSError):
            if self._context is None:
                self._play(connection, script)
            else:
                with self._context.wrap_socket(connection, server_side=True) as secure:
                    self._play(secure, script)

    def _play(self, connection: socket.socket, script: str) -> None:
        commands = connection.makefile("rb")
        tag, segment = "*", b""
        with commands:
            for line in script.splitlines():
                kind, text = line[:3], line[3:].replace("{tag}", tag)
                if kind in {"S: ", "S:"}:
                    segment += text.encode("latin-1") + b"\r\n"
                    continue
                if kind == "S- ":
                    segment += text.encode("latin-1")
                    continue
                connection.sendall(segment)
                segment = b""
                if kind in {"C: ", "D: "}:
                    got = commands.readline().decode("latin-1").rstrip("\r\n")
                    if kind == "C: ":
                        tag, _, got = got.partition(" ")
                    self._compare(got, text)
                elif kind == "...":
                    time.sleep(0.2)
                elif kind == "HAN":
                    commands.read()
            connection.sendall(segment)

    def _compare(self, got: str, pattern: str) -> None:
        self.commands.append(got)
        if not fnmatch.fnmatchcase(got, pattern):
            self.surprises.append(f"expected {pattern!r}, got {got!r}")
            raise OSError
