"""Write the request that a token endpoint answers with a token, for each provider and grant.

RFC 6749 section 4.4 (client credentials) and section 6 (refresh token), RFC 7523 section 2.1 (a service
account's signed word).  A provider's own endpoint and scope are defaults; what the config names wins.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from watcher.config.mailbox import Mailbox
from watcher.config.oauth2 import OAuth2
from watcher.imap.oauth2.service_account import GOOGLE_TOKENS, parse_account, sign_assertion


MICROSOFT_APP = "https://outlook.office365.com/.default"
MICROSOFT_USER = "https://outlook.office365.com/IMAP.AccessAsUser.All offline_access"
GOOGLE_MAIL = "https://mail.google.com/"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One POST to a token endpoint; `hidden` texts may stand in no log."""

    url: str
    form: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)


def make_request(mailbox: Mailbox, refresh_token: str | None, now: float) -> TokenRequest:
    """Give the request for a mailbox's token; ValueError says what is wrong with a service account's key.

    `refresh_token` is the newest one known; `now` is in seconds of the epoch.
    """
    oauth2 = mailbox.oauth2
    assert oauth2 is not None
    if oauth2.service_account is not None:
        return _by_assertion(oauth2, mailbox.username, now)
    if refresh_token is not None:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    else:
        form = {"grant_type": "client_credentials"}
    scope = oauth2.scope or _default_scope(oauth2)
    if scope:
        form["scope"] = scope
    return _by_client(oauth2, form, (refresh_token,) if refresh_token else ())


def _by_client(oauth2: OAuth2, form: dict[str, str], hidden: tuple[str, ...]) -> TokenRequest:
    client, secret = oauth2.client_id or "", oauth2.client_secret
    text = secret.reveal() if secret is not None else ""
    if text and oauth2.client_auth == "header":  # RFC 6749 section 2.3.1
        pair = base64.b64encode(f"{quote_plus(client)}:{quote_plus(text)}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}"}
        return TokenRequest(endpoint_of(oauth2), form, headers, (*hidden, text, pair))
    form = {**form, "client_id": client, **({"client_secret": text} if text else {})}
    return TokenRequest(endpoint_of(oauth2), form, hidden=(*hidden, *([text] if text else [])))


def _by_assertion(oauth2: OAuth2, user: str, now: float) -> TokenRequest:
    assert oauth2.service_account is not None
    account = parse_account(oauth2.service_account.reveal())
    url = oauth2.token_url or account.token_uri
    assertion = sign_assertion(account, user, oauth2.scope or GOOGLE_MAIL, url, now)
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    return TokenRequest(url, form, hidden=(assertion,))


def endpoint_of(oauth2: OAuth2) -> str:
    """Give the token endpoint."""
    if oauth2.token_url is not None:
        return oauth2.token_url
    if oauth2.provider == "google":
        return GOOGLE_TOKENS
    return f"https://login.microsoftonline.com/{quote_plus(oauth2.tenant or 'common')}/oauth2/v2.0/token"


def _default_scope(oauth2: OAuth2) -> str | None:
    if oauth2.provider != "microsoft":
        return None  # a refresh token stands for the scope that it was given for
    return MICROSOFT_USER if oauth2.refresh_token is not None else MICROSOFT_APP
