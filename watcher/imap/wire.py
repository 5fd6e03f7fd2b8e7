"""Hold one connection of the IMAP library, and what the library hides that we must know.

All use of the library's private parts stands here.  Mail announced between commands lies in imaplib's
`untagged_responses`, which grows for ever where nobody empties it; bytes that came in one segment with an
earlier answer lie in imaplib's buffer, where polling the socket does not see them.
"""

import contextlib
import imaplib
import re
import select
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from imapclient import IMAPClient


_UID = re.compile(rb"(\d{1,10}) \([^\r\n]{0,200}?\bUID (\d{1,10})\b")
_UID_SET = re.compile(rb"\d{1,10}(:\d{1,10})?(,\d{1,10}(:\d{1,10})?){0,9999}")
FAREWELL = 10.0  # seconds for a server to answer LOGOUT or the end of an IDLE


@dataclass(slots=True)
class Wire:
    """A connection, where it leads, and what the server can do."""

    client: Any  # IMAPClient, whose methods have no types
    place: str
    capabilities: frozenset[str] = frozenset()
    folder: str = ""  # as the server names the one selected
    readonly: bool = False
    _known: list[bytes] = field(default_factory=list)  # how many mails there were at the last search for news
    _shrunk: bool = False  # mails were removed since

    def has(self, capability: str) -> bool:
        """Tell whether the server offered something after signing in."""
        return capability in self.capabilities

    def tidy(self) -> None:
        """Drop what the server said unasked, but not that mail has arrived."""
        said = self.client._imap.untagged_responses  # noqa: SLF001
        self._shrunk = self._shrunk or "EXPUNGE" in said
        for name in [name for name in said if name != "EXISTS"]:
            del said[name]

    def search(self, criteria: str, *, for_news: bool = False) -> list[int]:
        """Give the UIDs that match, ascending; `for_news` answers what was announced until now."""
        self.tidy()
        imap = self.client._imap  # noqa: SLF001  # IMAPClient's search fails on an answer of several lines
        if for_news:
            self._known = self._counts()[-1:] or self._known
            self._shrunk = False
            imap.untagged_responses.clear()
        result, lines = imap.uid("SEARCH", criteria)
        if result != "OK":
            raise imaplib.IMAP4.error(f"search failed: {_text(lines)}")
        return sorted({int(word) for line in lines if line for word in line.split() if word.isdigit()})

    def uids_at(self, places: Sequence[int]) -> list[int]:
        """Give the UIDs of the mails that stand at these places of the folder, from 1."""
        self.tidy()
        imap = self.client._imap  # noqa: SLF001
        result, lines = imap.fetch(",".join(map(str, places)), "(UID)")
        if result != "OK":
            raise imaplib.IMAP4.error(f"fetch failed: {_text(lines)}")
        wanted = set(places)
        said = [_UID.match(line) for line in lines if isinstance(line, bytes)]
        return [int(found[2]) for found in said if found and int(found[1]) in wanted]

    def fetch_literals(self, uids: str, items: str) -> list[tuple[bytes, bytes, bytes]]:
        """Fetch; of each answer with one literal give what stands before it, the literal, and the rest."""
        self.tidy()
        result, lines = self.client._imap.uid("FETCH", uids, items)  # noqa: SLF001
        if result != "OK":
            raise imaplib.IMAP4.error(f"fetch failed: {_text(lines)}")
        found, literals = [], []
        for line in lines:
            if isinstance(line, tuple):
                literals.append(line)
                continue
            if len(literals) == 1:
                found.append((*literals[0], line or b""))
            literals = []
        return found

    def copied(self) -> Callable[[int], bool] | None:
        """Tell of which mails the last COPY says that it copied them; RFC 4315 section 3."""
        said = self.client._imap.untagged_responses.get("COPYUID", [])  # noqa: SLF001
        words = said[-1].split() if said else []
        if len(words) != 3 or not _UID_SET.fullmatch(words[1]):
            return None
        runs = [tuple(map(int, run.partition(b":")[::2])) if b":" in run else (int(run),) * 2
                for run in words[1].split(b",")]  # fmt: skip
        return lambda uid: any(min(run) <= uid <= max(run) for run in runs)

    def has_announced(self) -> bool:
        """Tell whether the server spoke of new mail since the last search for it."""
        shrunk = self._shrunk or "EXPUNGE" in self.client._imap.untagged_responses  # noqa: SLF001
        # QUIRK: some servers tell the count again and again; after a removal, an old count may be a new one.
        return any(shrunk or [count] != self._known for count in self._counts())

    def _counts(self) -> list[bytes]:
        found: list[bytes] = self.client._imap.untagged_responses.get("EXISTS", [])  # noqa: SLF001
        return found

    def begin_idle(self) -> None:
        """Enter IDLE; what the server says before its "idling" the library would take for a fault."""
        imap = self.client._imap  # noqa: SLF001
        tag = imap._command("IDLE")  # noqa: SLF001
        while imap._get_response() is not None:  # noqa: SLF001
            if refusal := imap.tagged_commands[tag]:
                raise imaplib.IMAP4.error(f"idle failed: {_text(refusal[1])}")
        self.client._idle_tag = tag  # noqa: SLF001

    def read_answer(self) -> None:
        """Read one answer of an IDLE, literals and all; whatever is wrong with it is raised."""
        imap = self.client._imap  # noqa: SLF001
        imap._get_response()  # noqa: SLF001
        imap._check_bye()  # noqa: SLF001

    def end_idle(self) -> None:
        """Leave IDLE; a server that does not answer holds nobody up for long."""
        sock: socket.socket = self.client.socket()
        before = sock.gettimeout()
        sock.settimeout(FAREWELL)
        self.client.idle_done()
        sock.settimeout(before)

    def has_input(self, seconds: float) -> bool:
        """Wait for bytes of an answer; true also when the server hung up."""
        if self._buffered():
            return True
        poller = select.poll()
        poller.register(self.client.socket().fileno(), select.POLLIN)
        if not poller.poll(seconds * 1000):
            return False
        # TLS sends records of its own, which leave nothing to read; a closed connection stays readable.
        return self._buffered() or bool(poller.poll(0))

    def _buffered(self) -> bool:
        sock: socket.socket = self.client.socket()
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            return True
        imap = self.client._imap  # noqa: SLF001
        if hasattr(imap, "_readbuf"):  # Python 3.14, whose imaplib reads the socket itself
            return bool(imap._readbuf)  # noqa: SLF001
        before = sock.gettimeout()
        sock.settimeout(0)
        try:
            return bool(imap.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            sock.settimeout(before)

    def close(self) -> None:
        """Sign out where that still works, and hang up."""
        try:
            self.client.socket().settimeout(FAREWELL)
            self.client.logout()
        except (imaplib.IMAP4.error, OSError):
            self.hang_up()

    def cut(self) -> None:
        """End the connection under whatever waits for it; any thread may call this."""
        with contextlib.suppress(OSError):
            # Not by the TLS socket's own method, which would take its state from under the reading thread.
            socket.socket.shutdown(self.client.socket(), socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Close the connection as it is."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self.client.shutdown()


def _text(lines: list[bytes | None]) -> str:
    return (lines[0] or b"").decode("utf-8", "replace") if lines else ""


def quiet(client: IMAPClient) -> None:
    """Keep imaplib from writing down what it sends and reads: passwords and mail are among it."""
    client._imap.debug = 0  # noqa: SLF001


def tune(sock: socket.socket) -> None:
    """Send at once, and notice a connection that died silently within two minutes."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", 60),
        ("TCP_KEEPINTVL", 15),
        ("TCP_KEEPCNT", 4),
        ("TCP_USER_TIMEOUT", 90_000),  # milliseconds
    ):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
