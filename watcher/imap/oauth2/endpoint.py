"""Ask a token endpoint, and read what it answers: a token, or why there is none.

RFC 6749 sections 5.1 and 5.2.  No redirect is followed, no proxy of the environment used, no answer read
beyond its bound, and no try outlasts its time.
"""

import asyncio
import json
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from watcher.config.oauth2 import OAuth2
from watcher.imap.oauth2.grant import TokenRequest


SECONDS = 30.0  # for one request, connection and all
READ_LIMIT = 262_144  # octets of an answer
SHORTEST, LONGEST = 30.0, 86_400.0  # seconds that a token is believed to hold
UNSAID = 300.0  # seconds, where the endpoint does not say how long
BUSY_WAIT, LONGEST_WAIT = 60.0, 3600.0  # seconds
_BUSY_STATUS = {408, 425, 429, 500, 502, 503, 504}
_BUSY_CODES = {"temporarily_unavailable", "slow_down", "server_error"}


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, how many seconds it holds, and the refresh token that replaces the one used."""

    text: str = field(repr=False)
    seconds: float = UNSAID
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no token: RFC 6749's code, the endpoint's own words; `wait` where it is only busy."""

    code: str
    words: str
    wait: float | None = None


class UnreachableError(Exception):
    """The endpoint cannot be reached or trusted; the text says why, and the way out."""


def ask(request: TokenRequest, oauth2: OAuth2) -> Token | Refusal:
    """Post a request and give the answer; UnreachableError where there is none."""
    return asyncio.run(_ask(request, oauth2))


async def _ask(request: TokenRequest, oauth2: OAuth2) -> Token | Refusal:
    try:
        connector = aiohttp.TCPConnector(ssl=_context(oauth2.ca_file), limit=1)
        async with (
            asyncio.timeout(SECONDS),
            aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            ) as session,
            session.post(
                request.url,
                data=dict(request.form),
                headers={"Accept": "application/json", **request.headers},
                allow_redirects=False,
                proxy=oauth2.proxy,
            ) as response,
        ):
            body = await response.content.read(READ_LIMIT)
            while len(body) < READ_LIMIT and (more := await response.content.read(READ_LIMIT - len(body))):
                body += more
            return parse_answer(response.status, body, response.headers.get("Retry-After"))
    except TimeoutError:
        raise UnreachableError("no answer in time; check the network, or set oauth2.proxy") from None
    except aiohttp.ClientConnectorCertificateError as error:
        reason = getattr(error.certificate_error, "verify_message", "") or "not trusted"
        raise UnreachableError(f"the certificate is not accepted ({reason}); set oauth2.ca_file") from None
    except ssl.SSLError as error:
        raise UnreachableError(f"no TLS: {(error.reason or 'handshake broke').lower()}") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise UnreachableError(f"cannot be reached: {why}; check the network, or oauth2.token_url") from None


def _context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # as for the IMAP server's
    return context


def parse_answer(status: int, body: bytes, retry_after: str | None) -> Token | Refusal:
    """Read an answer, whatever it is."""
    found = _json(body)
    token = found.get("access_token")
    if status == 200 and isinstance(token, str) and token.isascii() and token.isprintable() and token:
        fresh = found.get("refresh_token")
        return Token(
            token, _lifetime(found.get("expires_in")), fresh if isinstance(fresh, str) and fresh else None
        )
    code = found.get("error")
    words = found.get("error_description")
    code = code if isinstance(code, str) else f"HTTP status {status}"
    words = words if isinstance(words, str) else ""
    busy = status in _BUSY_STATUS or code in _BUSY_CODES
    return Refusal(code[:100], words[:2000], _wait(retry_after) if busy else None)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _lifetime(value: Any) -> float:
    # Seconds as a number; some providers write them as text.
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return UNSAID
    return min(max(seconds, SHORTEST), LONGEST) if seconds > 0 else UNSAID


def _wait(retry_after: str | None) -> float:
    """Read Retry-After (RFC 9110 section 10.2.3): seconds, or a date."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return BUSY_WAIT
    return min(max(seconds, 1.0), LONGEST_WAIT)


def host_of(url: str) -> str:
    """Give the host of an endpoint, for messages."""
    return urlsplit(url).netloc
