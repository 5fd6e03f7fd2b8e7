"""Open a connection to a mailbox's server, as secret as the config demands, and sign in.

RFC 3501 with RFC 8314 (implicit TLS) and RFC 2595 (STARTTLS).  Without TLS no password leaves this machine
unless `allow_plaintext` says so.
"""

import imaplib
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from watcher.config.mailbox import Mailbox
from watcher.errors import ConnectError, TlsError
from watcher.imap.faults import LIBRARY, connection_fault, find_wait, is_broken, later, speaking, words_of
from watcher.imap.oauth2.tokens import Tokens
from watcher.imap.sign_in import sign_in
from watcher.imap.tls import check_pin, make_context, tls_fault
from watcher.imap.wire import Wire, quiet, tune


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a server may take to accept us, and to say anything later on."""

    connect: float = 15
    answer: float = 60


def connect(mailbox: Mailbox, patience: Patience, tokens: Tokens) -> Wire:
    """Connect and sign in."""
    host = f"[{mailbox.host}]" if ":" in mailbox.host else mailbox.host
    place = f"{host}:{mailbox.port}"
    context = make_context(mailbox, place) if mailbox.tls != "none" else None
    wire = Wire(_dial(mailbox, place, context, patience), place)
    try:
        _secure(wire, mailbox, context)
        sign_in(wire, mailbox, tokens)
        with speaking(place):
            wire.capabilities = frozenset(
                word.decode("ascii", "replace") for word in wire.client.capabilities()
            )
    except BaseException:
        wire.hang_up()
        raise
    return wire


def _dial(mailbox: Mailbox, place: str, context: ssl.SSLContext | None, patience: Patience) -> Any:
    implicit = mailbox.tls == "implicit"
    timeout = SocketTimeout(patience.connect, patience.answer)
    try:
        client: Any = IMAPClient(
            mailbox.host,
            mailbox.port,
            ssl=implicit,
            ssl_context=context if implicit else None,
            timeout=timeout,  # type: ignore[arg-type]  # the library's annotation forgets it
        )
    except ssl.SSLEOFError:
        raise ConnectError(
            f"{place}: the server hung up during the TLS handshake; check tls and port"
        ) from None
    except ssl.SSLError as error:
        raise tls_fault(error, place) from None
    except LIBRARY as error:
        raise _dial_fault(error, mailbox, place) from None
    quiet(client)
    tune(client.socket())
    client.normalise_times = False
    return client


# RFC 8314 section 3.2: a server on this port waits for us to begin with TLS.
_WAITING = "no answer in time; 993 usually wants tls: implicit"
_DIAL_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (UnicodeError, "host cannot be a name in the DNS; check host"),
    (ConnectionRefusedError, "connection refused; check host and port, and that the server runs"),
    (TimeoutError, "no answer in time; check host, port and tls, or the firewall between"),
)


def _dial_fault(error: BaseException, mailbox: Mailbox, place: str) -> ConnectError:
    host = mailbox.host
    if isinstance(error, socket.gaierror):
        if error.errno == socket.EAI_AGAIN:
            return ConnectError(f"{place}: the name of host {host} cannot be looked up now; check the DNS")
        return ConnectError(f"{place}: unknown host {host}; check host")
    if fault := next((fault for kind, fault in _DIAL_FAULTS if isinstance(error, kind)), None):
        waiting = isinstance(error, TimeoutError) and mailbox.tls != "implicit" and mailbox.port == 993
        return ConnectError(f"{place}: {_WAITING if waiting else fault}")
    if "unexpected response" in str(error):
        return ConnectError(f"{place}: what answers is no IMAP server; check port")
    if isinstance(error, imaplib.IMAP4.error) and not is_broken(error):
        said = words_of(error)
        return ConnectError(f"{place}: turned away: {said}; {later(error)}", retry_after=find_wait(error))
    return connection_fault(error, place)


def _secure(wire: Wire, mailbox: Mailbox, context: ssl.SSLContext | None) -> None:
    if mailbox.tls == "starttls":
        _start_tls(wire, context)
    if mailbox.tls != "none":
        check_pin(wire.client.socket(), mailbox.pin, wire.place)
    elif not mailbox.allow_plaintext and not _is_loopback(wire.client.socket()):
        raise TlsError(
            f"{wire.place}: tls: none would show the password to the network;"
            " set tls to implicit or starttls, or allow_plaintext: true"
        )


def _start_tls(wire: Wire, context: ssl.SSLContext | None) -> None:
    """RFC 2595 section 3.1: all that was said before TLS counts for nothing."""
    place = wire.place
    try:
        if not wire.client.has_capability("STARTTLS"):
            raise TlsError(
                f"{place}: the server offers no STARTTLS; set tls: implicit, with its port (often 993)"
            )
        wire.client.starttls(context)
    except ssl.SSLEOFError:
        raise ConnectError(f"{place}: the server hung up during the TLS handshake; check its log") from None
    except ssl.SSLError as error:
        raise tls_fault(error, place) from None
    except (imaplib.IMAP4.abort, OSError) as error:
        raise connection_fault(error, place) from None
    except imaplib.IMAP4.error as error:
        # Also where a server, or somebody between, says PREAUTH so that STARTTLS cannot be asked for.
        raise TlsError(f"{place}: STARTTLS refused: {words_of(error)}; set tls: implicit") from None


def _is_loopback(sock: socket.socket) -> bool:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    address = ipaddress.ip_address(sock.getpeername()[0].partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
