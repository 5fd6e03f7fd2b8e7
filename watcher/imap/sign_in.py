"""Sign in with user and password, or with an access token where the config has oauth2.

RFC 3501 section 6.2: AUTHENTICATE PLAIN (RFC 4616) where offered, which takes any character; else LOGIN.
No error's text holds the password or the user, also where the server repeats them: these texts are logged.
"""

import base64

from imapclient.exceptions import LoginError

from watcher.config.mailbox import Mailbox
from watcher.errors import ConnectError, SignInError, WatcherError
from watcher.imap.bearer import sign_in_by_token
from watcher.imap.faults import LIBRARY, connection_fault, find_wait, is_broken, later, words_of
from watcher.imap.oauth2.hints import find_hint
from watcher.imap.oauth2.tokens import Tokens
from watcher.imap.wire import Wire


_CHECK = "check username and password"
_NO_PASSWORDS = {"outlook.office365.com", "outlook.office.com"}  # of tenants; Outlook.com has other names


def sign_in(wire: Wire, mailbox: Mailbox, tokens: Tokens) -> None:
    """Sign in, or say why the server does not let us."""
    if mailbox.oauth2 is not None:
        sign_in_by_token(wire, mailbox, tokens.source(mailbox))
        return
    place = f"{wire.place}: mailbox {mailbox.name}"
    if mailbox.password is None:
        raise SignInError(f"{place}: neither password nor oauth2; set one")
    user, password = mailbox.username, mailbox.password.reveal()
    if any(letter in user + password for letter in "\r\n\0"):
        raise SignInError(f"{place}: a line end in user or password; {_CHECK}")
    try:
        _send(wire, place, user, password)
    except LIBRARY as error:
        beneath = _beneath(error)
        if find_wait(error) is None and is_broken(beneath):
            raise connection_fault(beneath, wire.place) from None
        raise _fault(error, place, mailbox, password) from None


def _send(wire: Wire, place: str, user: str, password: str) -> None:
    offered = wire.client.capabilities()
    if b"AUTH=PLAIN" in offered:
        wire.client.plain_login(user, password)
        return
    if b"LOGINDISABLED" in offered:
        raise SignInError(f"{place}: no sign-in by password here; set tls to starttls or implicit")
    if not (user + password).isascii():
        raise SignInError(f"{place}: the server takes only ASCII; set a password of ASCII letters")
    # QUIRK: the library quotes the password, but not the user.
    quoted = user.replace("\\", "\\\\").replace('"', '\\"')
    wire.client.login(f'"{quoted}"', password)


def _beneath(error: BaseException) -> BaseException:
    """Give the break of the connection that the library would have for a wrong password."""
    hidden = isinstance(error, LoginError) and "socket error: " in str(error)
    return error.__context__ or error if hidden else error


def _fault(error: BaseException, place: str, mailbox: Mailbox, password: str) -> WatcherError:
    wait, user = find_wait(error), mailbox.username
    token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    said = words_of(error, [token, password, *([user] if "@" in user else [])])
    if wait is not None:
        return ConnectError(f"{place}: not now: {said}; {later(error)}", retry_after=wait)
    provider = "microsoft" if mailbox.host.lower() in _NO_PASSWORDS else ""
    hint = find_hint("password", provider, said) or _CHECK
    return SignInError(f"{place}: sign-in refused: {said}; {hint}")
