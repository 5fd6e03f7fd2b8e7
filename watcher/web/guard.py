"""Decide who is answered: by token where one is set, else only what comes from this machine itself.

Without a token the Host header must name this machine, which keeps away pages of other sites that had their
name point here (DNS rebinding), and nothing may show that a proxy passed the request on: behind a proxy, the
whole world would come from this machine.
"""

import hmac
from collections.abc import Iterable, Mapping

from watcher.config.network import is_loopback
from watcher.web.address import host_of


# RFC 9110 section 7.6.3, RFC 7239, and what nginx and the large content networks add in place of these.
_PASSED_ON = frozenset(
    {
        "via",
        "forwarded",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "x-cluster-client-ip",
        "cf-connecting-ip",
    }
)
FREE = frozenset({"/healthz", "/readyz"})  # no token is asked for here


def find_refusal(
    path: str, headers: Mapping[str, str], token: str | None, hosts: Iterable[str]
) -> tuple[int, str] | None:
    """Give status and reason of a refusal, or None; `hosts` are all the Host headers that were sent."""
    if token is None:
        return _refusal_of_strangers(headers, tuple(hosts))
    if path in FREE or has_token(headers, token):
        return None
    return 401, "a token is needed; send Authorization: Bearer with http.token"


def has_token(headers: Mapping[str, str], token: str) -> bool:
    """Say whether a request carries the token, in constant time."""
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
    return scheme.lower() == "bearer" and same


def _refusal_of_strangers(headers: Mapping[str, str], hosts: tuple[str, ...]) -> tuple[int, str] | None:
    if len(hosts) != 1 or not is_loopback(host_of(hosts[0])):
        return 403, "without http.token only this machine is answered; ask for localhost, or set http.token"
    for name in headers:
        if name.lower() in _PASSED_ON or name.lower().startswith("x-forwarded-"):
            return 403, "without http.token nothing that a proxy passed on is answered; set http.token"
    return None
