"""Post one event to one endpoint over HTTP, and say what came of it.

What is not done matters as much: no redirect is followed, no cookie kept, no proxy of the environment used,
no answer unpacked or read beyond 20 kB, and no try outlasts `timeout`.  Only 2xx counts as delivered.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from watcher.config.webhook import Webhook
from watcher.deliver.deadlines import Deadlines
from watcher.deliver.endpoint import fixed_headers, redact, tls_context
from watcher.deliver.faults import client_fault, place_of_endpoint, skew_fault, status_fault, timeout_fault
from watcher.deliver.outcome import DELIVERED, Outcome, Result
from watcher.deliver.parcel import Packer, Parcel
from watcher.deliver.resolver import GuardedResolver
from watcher.deliver.schedule import bound_asked, parse_retry_after
from watcher.deliver.signature import TOLERANCE


CONNECT_TIMEOUT = 5.0  # seconds, or the webhook's timeout where that is shorter
READ_LIMIT = 20_000  # octets read of an answer
KEPT = 1_000  # letters of it that are kept for a person to read
LINGER = 1.0  # seconds given to an answer's body, so that its connection can be used again


class Client:
    """One endpoint's session; opened and used in one event loop.

    Raises ValueError with one line where the endpoint's files cannot be used.
    """

    def __init__(self, webhook: Webhook, connections: int) -> None:
        assert webhook.url is not None
        self._webhook = webhook
        self._url = URL(webhook.url)
        self._place = place_of_endpoint(webhook)
        total = webhook.timeout.total_seconds()
        self._tries = Deadlines(total)
        self._answers = Deadlines(LINGER)
        try:
            tls = tls_context(webhook)
            self._packer = Packer(webhook)
        except ValueError as error:
            raise ValueError(f"webhook {webhook.name}: {error}") from None
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=tls, limit=connections, resolver=GuardedResolver()),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=fixed_headers(webhook),
            # QUIRK: aiohttp rounds timeouts above its ceil_threshold up to a whole second.
            timeout=aiohttp.ClientTimeout(
                total=None, connect=min(CONNECT_TIMEOUT, total), ceil_threshold=86_400
            ),
            auto_decompress=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()
        self._tries.close()
        self._answers.close()

    async def post(self, parcel: Parcel, now: datetime) -> Outcome:
        """Send a parcel once; never raises for what the endpoint or the network does."""
        body, headers = self._packer.pack(parcel, int(now.timestamp()))
        try:
            with self._tries.wait():
                response = await self._request(headers, body)
            async with response:  # the status is the answer; reading on has a bound of its own
                return await self._outcome(response)
        except (aiohttp.ConnectionTimeoutError, TimeoutError) as error:
            connected = not isinstance(error, aiohttp.ConnectionTimeoutError)
            return _failed(timeout_fault(self._place, self._webhook.timeout, connected=connected))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _failed(client_fault(self._place, error))

    async def _request(self, headers: dict[str, str], body: bytes) -> aiohttp.ClientResponse:
        return await self._session.post(
            self._url, data=body, headers=headers, allow_redirects=False, proxy=self._webhook.proxy
        )

    async def _outcome(self, response: aiohttp.ClientResponse) -> Outcome:
        status = response.status
        if 200 <= status < 300:
            if not response.content.at_eof():
                await self._read(response)
            return DELIVERED
        after = parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        error = status_fault(self._place, status, self._webhook.name)
        answer = self._readable(await self._read(response))
        if status in {401, 403}:
            error += _skew(response.headers.get("Date"), datetime.now(UTC))
        if status == 410:
            return Outcome(Result.GONE, error, answer, status=status)
        if status == 429 or after is not None:
            return Outcome(Result.RETRY, error, answer, bound_asked(after), status)
        return Outcome(Result.FAILED, error, answer, status=status)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """Read the first of an answer; a body that breaks off, hangs or never ends changes nothing."""
        body = bytearray()
        try:
            with self._answers.wait():
                while len(body) < READ_LIMIT and (
                    chunk := await response.content.read(READ_LIMIT - len(body))
                ):
                    body += chunk
        except (aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            response.close()
        if not response.content.at_eof():
            response.close()
        return bytes(body)

    def _readable(self, answer: bytes) -> str:
        text = redact(answer.decode("utf-8", "replace"), self._webhook)
        printable = "".join(letter if letter.isprintable() else " " for letter in text)
        return " ".join(printable.split())[:KEPT]


def _skew(date: str | None, now: datetime) -> str:
    """Name a difference of clocks that makes a receiver refuse every signature."""
    try:
        seconds = (parsedate_to_datetime(date or "") - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):  # absent, no date, one without a zone
        return ""
    return skew_fault(seconds) if abs(seconds) > TOLERANCE else ""


def _failed(error: str) -> Outcome:
    return Outcome(Result.FAILED, error)
