"""Sign in with user and password.

RFC 3501 section 6.2: AUTHENTICATE PLAIN (RFC 4616) where offered, which takes any character; else LOGIN.
No error's text holds the password, also where the server repeats it.
"""

import base64

from watcher.config.shape import Mailbox
from watcher.errors import ConnectError, SignInError, WatcherError
from watcher.imap.faults import LIBRARY, connection_fault, find_wait, is_broken, words_of
from watcher.imap.wire import Wire


_CHECK = "check username and password"


def sign_in(wire: Wire, mailbox: Mailbox) -> None:
    """Sign in, or say why the server does not let us."""
    user, password = mailbox.username, mailbox.password.reveal()
    if any(letter in user + password for letter in "\r\n\0"):
        raise SignInError(f"{wire.place}: user {user!r}: a line end in user or password; {_CHECK}")
    try:
        _send(wire, user, password)
    except LIBRARY as error:
        raise _fault(error, wire.place, user, password) from None


def _send(wire: Wire, user: str, password: str) -> None:
    offered = wire.client.capabilities()
    if b"AUTH=PLAIN" in offered:
        wire.client.plain_login(user, password)
        return
    if b"LOGINDISABLED" in offered:
        raise SignInError(
            f"{wire.place}: user {user}: no sign-in by password here; set tls to starttls or implicit"
        )
    if not (user + password).isascii():
        raise SignInError(
            f"{wire.place}: user {user}: the server takes only ASCII; set a password of ASCII letters"
        )
    # QUIRK: the library quotes the password, but not the user.
    quoted = user.replace("\\", "\\\\").replace('"', '\\"')
    wire.client.login(f'"{quoted}"', password)


def _fault(error: BaseException, place: str, user: str, password: str) -> WatcherError:
    wait = find_wait(error)
    if wait is None and is_broken(error):
        return connection_fault(error, place)
    said = _without(words_of(error), user, password)
    if wait is not None:
        return ConnectError(f"{place}: user {user}: not now: {said}; it is tried again", retry_after=wait)
    return SignInError(f"{place}: user {user}: sign-in refused: {said}; {_CHECK}")


def _without(text: str, user: str, password: str) -> str:
    token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    return text.replace(token, "…").replace(password, "…")
