"""The shape of a mailbox's sign-in by OAuth 2.0, and which keys each provider and grant needs.

RFC 6749 (refresh token, client credentials) and RFC 7523 (Google's service accounts).
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from watcher.config.kinds import CaFile
from watcher.config.network import Proxy, Url
from watcher.config.problem import KeyPath
from watcher.config.section import Section
from watcher.config.units import Secret


def _one_word(text: str) -> str:
    if not text.isprintable() or len(text.split()) != 1:
        raise ValueError("is no single word; copy it as the provider shows it")
    return text


Word = Annotated[str, AfterValidator(_one_word)]
Scope = Annotated[str, Field(min_length=1, max_length=2000)]


class OAuth2(Section):
    """Where tokens come from, and by what right."""

    provider: Literal["google", "microsoft", "other"]
    tenant: Word | None = None
    client_id: Word | None = None
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    service_account: Secret | None = None
    token_url: Url | None = None
    scope: Scope | None = None
    client_auth: Literal["body", "header"] = "body"
    mechanism: Literal["auto", "xoauth2", "oauthbearer"] = "auto"
    ca_file: CaFile | None = None
    proxy: Proxy | None = None


def check_oauth2(path: KeyPath, given: Any) -> Iterator[tuple[KeyPath, str]]:
    """Give what is missing or too much in a section as written."""
    provider = given.get("provider") if isinstance(given, dict) else None
    if not isinstance(provider, str) or provider not in _NEEDED:
        return  # the shape tells
    written = {key: value for key, value in given.items() if value is not None}
    grant = _grant(written)
    for key, way_out in _NEEDED[provider].get(grant, {}).items():
        if key not in written:
            yield (*path, key), f"is missing; {way_out}"
    for key, owner in _OWNED.items():
        if key in written and provider != owner:
            yield (*path, key), f"is for provider: {owner} alone; remove it"
    if {"service_account", "refresh_token"} <= set(written):
        yield (*path, "refresh_token"), "both refresh_token and service_account are set; keep one"


def _grant(written: Mapping[str, Any]) -> str:
    named = ("service_account", "refresh_token")
    return next((key for key in named if key in written), "client_credentials")


_CLIENT_ID = {"client_id": "write the client ID of the app, as the provider shows it"}
_SECRET = {"client_secret": "write {file: PATH} with the app's secret, or set refresh_token"}
_TOKEN_URL = {"token_url": "write the provider's token endpoint, https://…"}
_ACCOUNT = {"refresh_token": "set it, or set service_account to {file: PATH} of the account's JSON key"}
_TENANT = {"tenant": "write the directory (tenant) ID, or a domain of it"}

_NEEDED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "google": {
        "client_credentials": _ACCOUNT,
        "refresh_token": _CLIENT_ID | {"client_secret": "write {file: PATH} with the client's secret"},
    },
    "microsoft": {"client_credentials": _TENANT | _CLIENT_ID | _SECRET, "refresh_token": _CLIENT_ID},
    "other": {
        "client_credentials": _TOKEN_URL | _CLIENT_ID | _SECRET,
        "refresh_token": _TOKEN_URL | _CLIENT_ID,
    },
}
_OWNED = {"tenant": "microsoft", "service_account": "google"}
