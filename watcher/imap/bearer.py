"""Sign in with an access token: OAUTHBEARER (RFC 7628), or XOAUTH2, as Google and Microsoft have it.

A refused token is renewed once and shown again on the same connection.  No error's text holds a token or
the user.  QUIRK: a refusal comes in two steps, a challenge that says why and then the NO; the client has to
answer the first, with nothing for XOAUTH2 and with one octet for OAUTHBEARER (RFC 7628 section 3.2.3).
"""

import json
from dataclasses import dataclass, field
from typing import Any

from watcher.config.mailbox import Mailbox
from watcher.errors import ConnectError, SignInError, WatcherError
from watcher.imap.faults import LIBRARY, connection_fault, find_wait, is_broken, later, words_of
from watcher.imap.oauth2.hints import find_hint, find_lack
from watcher.imap.oauth2.tokens import TokenSource
from watcher.imap.wire import Wire


_MECHANISMS = {"oauthbearer": "OAUTHBEARER", "xoauth2": "XOAUTH2"}
_PREFERRED = ("OAUTHBEARER", "XOAUTH2")


def sign_in_by_token(wire: Wire, mailbox: Mailbox, source: TokenSource) -> None:
    """Sign in, or say why the server does not let us."""
    place = f"{wire.place}: mailbox {mailbox.name}"
    if any(ord(letter) < 32 for letter in mailbox.username):
        raise SignInError(f"{place}: a control character in username; check it")
    mechanism = _choose(wire, mailbox, place)
    token = source.token()
    if _is_taken(wire, mailbox, mechanism, token):
        return
    # It may have been withdrawn before its time.
    token = source.token(refused=token)
    exchange = _Exchange(mailbox, mechanism, token)
    error = _attempt(wire, exchange)
    if error is not None:
        raise _fault(error, wire, mailbox, exchange)


def _choose(wire: Wire, mailbox: Mailbox, place: str) -> str:
    assert mailbox.oauth2 is not None
    offered = wire.client.capabilities()
    named = _MECHANISMS.get(mailbox.oauth2.mechanism)
    wanted = _PREFERRED if named is None else (named,)
    for name in wanted:
        if f"AUTH={name}".encode() in offered:
            return name
    raise SignInError(
        f"{place}: the server offers no sign-in by {' or '.join(wanted)}; check host, or sign in by password"
    )


def _is_taken(wire: Wire, mailbox: Mailbox, mechanism: str, token: str) -> bool:
    exchange = _Exchange(mailbox, mechanism, token)
    error = _attempt(wire, exchange)
    if error is not None and find_wait(error) is not None:
        raise _fault(error, wire, mailbox, exchange)
    return error is None


def _attempt(wire: Wire, exchange: "_Exchange") -> BaseException | None:
    """Show a token; give the refusal, if it is one of the token."""
    try:
        wire.client.sasl_login(exchange.mechanism, exchange.answer)
    except LIBRARY as error:
        if find_wait(error) is None and is_broken(error):
            raise connection_fault(error, wire.place) from None
        return error
    return None


def _fault(error: BaseException, wire: Wire, mailbox: Mailbox, exchange: "_Exchange") -> WatcherError:
    oauth2 = mailbox.oauth2
    assert oauth2 is not None
    place = f"{wire.place}: mailbox {mailbox.name}"
    said = words_of(error, [exchange.token, mailbox.username]) + exchange.status
    wait = find_wait(error)
    if wait is not None:
        return ConnectError(f"{place}: not now: {said}; {later(error)}", retry_after=wait)
    lack = None
    if oauth2.provider == "microsoft":
        lack = find_lack(exchange.token, of_a_user=oauth2.refresh_token is not None)
    hint = lack or find_hint("sign_in", oauth2.provider, said)
    return SignInError(f"{place}: sign-in refused: {said}; {hint}")


@dataclass(slots=True)
class _Exchange:
    """One showing of a token, and what the server said of it before its NO."""

    mailbox: Mailbox
    mechanism: str
    token: str = field(repr=False)
    status: str = ""
    _shown: bool = False

    def answer(self, challenge: bytes) -> str:
        """Give the token, then the end of the exchange."""
        if not self._shown:
            self._shown = True
            return self._words()
        self.status = _status(challenge)
        return "" if self.mechanism == "XOAUTH2" else "\x01"

    def _words(self) -> str:
        user, mailbox = self.mailbox.username, self.mailbox
        if self.mechanism == "XOAUTH2":
            return f"user={user}\x01auth=Bearer {self.token}\x01\x01"
        # RFC 5801 section 4 has the escapes, RFC 7628 section 3.1 the rest.
        name = user.replace("=", "=3D").replace(",", "=2C")
        place = f"host={mailbox.host}\x01port={mailbox.port}"
        return f"n,a={name},\x01{place}\x01auth=Bearer {self.token}\x01\x01"


def _status(challenge: bytes) -> str:
    """Give the status of a refusal's JSON (RFC 7628 section 3.2.2), for the end of a sentence."""
    try:
        found: Any = json.loads(challenge)
    except (ValueError, RecursionError):
        return ""
    status = found.get("status") if isinstance(found, dict) else None
    if not isinstance(status, str) or not status.isprintable():
        return ""
    return f" (status {status[:40]})"
