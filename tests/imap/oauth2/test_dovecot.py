"""Sign in to Dovecot by its own oauth2 passdb, which asks a local token server about each token."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.imap.mailbox import mailbox_at
from tests.servers.dovecot import Dovecot, find_dovecot
from tests.servers.fixtures import Account, skip_without
from tests.servers.tokens import TokenServer
from watcher.config.mailbox import Mailbox
from watcher.config.oauth2 import OAuth2
from watcher.config.units import Secret
from watcher.errors import SignInError
from watcher.imap.oauth2 import Tokens
from watcher.imap.session import Memory, Session


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenServer]:
    with TokenServer("bounces") as server:
        yield server


@pytest.fixture(scope="module")
def bearer(issuer: TokenServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    skip_without("dovecot", find_dovecot() is not None)
    directory = tmp_path_factory.mktemp("oauth2")
    for path in directory.parents[:2]:
        path.chmod(0o755)  # Dovecot's auth process must get through
    with Dovecot(extra=issuer.lines_for_dovecot(directory)) as server:
        yield server


@pytest.fixture(autouse=True)
def _anew(issuer: TokenServer) -> Iterator[None]:
    yield
    issuer.seconds = 3600
    issuer.answers.clear()
    issuer.requests.clear()
    issuer.withdraw_all()


def box(bearer: Dovecot, issuer: TokenServer, **keys: Any) -> Mailbox:
    oauth2 = OAuth2.model_validate(
        {
            "provider": "other",
            "token_url": issuer.url,
            "client_id": "watcher",
            "refresh_token": Secret("first"),
            **keys,
        }
    )
    return mailbox_at(bearer.imap_port, password=None, oauth2=oauth2)


@pytest.mark.parametrize("mechanism", ["auto", "xoauth2", "oauthbearer"])
def test_signs_in_with_a_token(bearer: Dovecot, issuer: TokenServer, mechanism: str) -> None:
    with Session.open(box(bearer, issuer, mechanism=mechanism)) as session:
        assert session.select().exists == 0


def test_sessions_share_a_token(bearer: Dovecot, issuer: TokenServer) -> None:
    tokens = Tokens()
    for _ in range(3):
        Session.open(box(bearer, issuer), memory=Memory(tokens=tokens)).close()
    assert len(issuer.requests) == 1


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
@pytest.mark.failure(14)
def test_withdrawn_token_is_renewed_once_on_the_same_connection(
    bearer: Dovecot, issuer: TokenServer, mechanism: str
) -> None:
    tokens, mailbox = Tokens(), box(bearer, issuer, mechanism=mechanism)
    Session.open(mailbox, memory=Memory(tokens=tokens)).close()
    issuer.withdraw_all()
    with Session.open(mailbox, memory=Memory(tokens=tokens)) as session:
        assert session.select().exists == 0
    assert len(issuer.requests) == 2


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_token_of_another_user_is_refused_in_words(
    bearer: Dovecot, issuer: TokenServer, mechanism: str, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox = box(bearer, issuer, mechanism=mechanism).model_copy(update={"username": "somebody"})
    with pytest.raises(SignInError, match=r"sign-in refused: .*; the token was made, but") as refusal:
        Session.open(mailbox)
    assert len(issuer.requests) == 2  # one forced renewal, and no more
    for word in ("token-", "somebody", "first"):
        assert word not in str(refusal.value) + caplog.text


def test_token_that_ended_is_replaced(bearer: Dovecot, issuer: TokenServer) -> None:
    now = [0.0]
    tokens = Tokens(clock=lambda: now[0])
    issuer.seconds = 400
    Session.open(box(bearer, issuer), memory=Memory(tokens=tokens)).close()
    now[0] = 290.0
    Session.open(box(bearer, issuer), memory=Memory(tokens=tokens)).close()
    assert len(issuer.requests) == 1
    now[0] = 301.0  # a quarter of its life before the end
    Session.open(box(bearer, issuer), memory=Memory(tokens=tokens)).close()
    assert len(issuer.requests) == 2


def test_server_without_tokens_is_told(
    bearer: Dovecot, dovecot_account: Account, issuer: TokenServer
) -> None:
    mailbox = box(bearer, issuer).model_copy(update={"port": dovecot_account.server.imap_port})
    with pytest.raises(SignInError, match="offers no sign-in by OAUTHBEARER or XOAUTH2; check host"):
        Session.open(mailbox)
    assert issuer.requests == []


def test_refresh_token_that_was_replaced_is_kept(
    bearer: Dovecot, issuer: TokenServer, tmp_path: Path
) -> None:
    issuer.rotates = True
    try:
        for _ in range(2):  # as if started twice
            Session.open(
                box(bearer, issuer), memory=Memory(tokens=Tokens.beside(str(tmp_path / "state.db")))
            ).close()
    finally:
        issuer.rotates = False
    used = [form["refresh_token"] for form in issuer.requests]
    assert used[0] == "first"
    assert used[1].startswith("refresh-")
    assert (tmp_path / "state.db.tokens").stat().st_mode & 0o777 == 0o600
