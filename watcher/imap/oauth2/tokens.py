"""Hold the access tokens of all mailboxes: renewed before they end, and once more where one is refused.

Safe to use from any thread; mailboxes of one account, or of one app, share a token.  No text of an error
here holds a token, a secret or an address.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from watcher.config.mailbox import Mailbox
from watcher.errors import ConnectError, SignInError, WatcherError
from watcher.imap.oauth2.endpoint import Refusal, Token, UnreachableError, ask, host_of
from watcher.imap.oauth2.grant import endpoint_of, make_request
from watcher.imap.oauth2.hints import find_hint
from watcher.imap.oauth2.kept import KeptTokens
from watcher.imap.words import clean


log = logging.getLogger(__name__)

SKEW = 300.0  # seconds before its end that a token is renewed, at most a quarter of its life
_NO_HINT = "check the keys of oauth2"


class TokenSource:
    """The token of one account at one provider."""

    def __init__(self, mailbox: Mailbox, kept: KeptTokens, clock: Callable[[], float]) -> None:
        assert mailbox.oauth2 is not None
        self._mailbox = mailbox
        self._oauth2 = mailbox.oauth2
        self._kept = kept
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._renewal = self._end = 0.0

    def token(self, *, refused: str | None = None) -> str:
        """Give a token that holds for now; one that was `refused` is not given again.

        ConnectError where the provider cannot be reached or is busy, SignInError where it refuses.
        """
        with self._lock:
            if self._token is not None and self._token.text == refused:
                self._token = None
            if self._token is None or self._clock() >= self._renewal:
                self._renew()
            assert self._token is not None
            return self._token.text

    def _renew(self) -> None:
        try:
            token = self._fetch()
        except WatcherError as error:
            if self._token is None or self._clock() >= self._end:
                self._token = None
                raise
            log.warning("token_not_renewed mailbox=%s error=%s", self._mailbox.name, error)
            return
        now = self._clock()
        self._token = token
        self._end = now + token.seconds
        self._renewal = self._end - min(SKEW, token.seconds / 4)
        log.debug("token_renewed mailbox=%s seconds=%d", self._mailbox.name, token.seconds)

    def _fetch(self) -> Token:
        secret = self._oauth2.refresh_token
        configured = secret.reveal() if secret is not None else None
        newest = None if configured is None else self._kept.newest(configured)
        answer = self._ask(newest)
        if isinstance(answer, Refusal) and newest != configured and answer.wait is None:
            answer = self._ask(configured)  # the kept one may have been withdrawn
        if isinstance(answer, Refusal):
            raise self._refused(answer)
        if configured is not None and answer.refresh_token not in {None, newest}:
            self._keep(configured, str(answer.refresh_token))
        return answer

    def _ask(self, refresh_token: str | None) -> Token | Refusal:
        mailbox = self._mailbox
        try:
            request = make_request(mailbox, refresh_token, time.time())
        except ValueError as error:
            raise SignInError(f"mailbox {mailbox.name}: oauth2: {error}") from None
        try:
            answer = ask(request, self._oauth2)
        except UnreachableError as error:
            raise ConnectError(f"{host_of(request.url)}: mailbox {mailbox.name}: no token: {error}") from None
        if isinstance(answer, Refusal):
            words = clean(answer.words, request.hidden)
            return Refusal(clean(answer.code, request.hidden), words, answer.wait)
        return answer

    def _refused(self, refusal: Refusal) -> ConnectError | SignInError:
        place = f"{host_of(endpoint_of(self._oauth2))}: mailbox {self._mailbox.name}"
        said = f"{refusal.code}: {refusal.words}" if refusal.words else refusal.code
        if refusal.wait is not None:
            text = f"{place}: no token now: {said}; it is tried again"
            return ConnectError(text, retry_after=refusal.wait)
        hint = find_hint("token", self._oauth2.provider, f"{refusal.code}: {refusal.words}") or _NO_HINT
        return SignInError(f"{place}: no token: {said}; {hint}")

    def _keep(self, configured: str, renewed: str) -> None:
        try:
            self._kept.keep(configured, renewed)
        except OSError as error:
            why = (error.strerror or "cannot be written").lower()
            log.error("refresh_token_not_kept mailbox=%s error=%s", self._mailbox.name, why)  # noqa: TRY400


class Tokens:
    """The sources of all mailboxes; `kept` is the file for refresh tokens that were renewed."""

    def __init__(self, kept: Path | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept = KeptTokens(kept)
        self._clock = clock
        self._lock = threading.Lock()
        self._sources: dict[object, TokenSource] = {}

    @classmethod
    def beside(cls, state: str) -> "Tokens":
        """Keep renewed refresh tokens beside the state file."""
        return cls(None if state == ":memory:" or "://" in state else Path(f"{state}.tokens"))

    def source(self, mailbox: Mailbox) -> TokenSource:
        """Give the source of a mailbox that signs in by OAuth 2.0."""
        oauth2 = mailbox.oauth2
        assert oauth2 is not None
        # Only a service account's token is for one user alone.
        key = (oauth2, mailbox.username if oauth2.service_account is not None else "")
        with self._lock:
            if key not in self._sources:
                self._sources[key] = TokenSource(mailbox, self._kept, self._clock)
            return self._sources[key]
