"""`/api/v1/…`: what the commands answer, as JSON, and the OpenAPI page that tells of it.

Whoever answers may ask the store, so it is called in a thread of its own: a slow disk holds up no other page.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from aiohttp import web

from watcher import __version__
from watcher.errors import StoreError, UsageError


MOST_ADDRESSES = 1000  # of one bulk check
MOST_ROWS = 1000  # of one page of a list


class Answers(Protocol):
    """Who knows; every value is ready for JSON.  StoreError where the state cannot be read.

    `check` may be called while another call is under way.
    """

    def status(self) -> Mapping[str, Any]:
        """Give what `status` prints."""

    def check(self, addresses: list[str]) -> list[Mapping[str, Any]]:
        """Give for each address whether it is suppressed."""

    def suppressions(self, query: Mapping[str, str], after: str, limit: int) -> list[Mapping[str, Any]]:
        """Give rows of the list."""

    def recipient(self, address: str) -> Mapping[str, Any]:
        """Give all that is known of an address."""

    def review(self, *, resolved: bool, limit: int) -> list[Mapping[str, Any]]:
        """Give what was set aside for a person."""

    def review_item(self, number: int) -> Mapping[str, Any] | None:
        """Give one item that was set aside, with the report of its message."""

    def events(self, query: Mapping[str, str], limit: int) -> list[Mapping[str, Any]]:
        """Give deliveries in the order in which they were queued; ValueError where the query is none."""

    def event(self, event_id: str) -> list[Mapping[str, Any]]:
        """Give the deliveries of one event, with its bodies."""

    def close(self) -> None:
        """Close the file."""


@dataclass(frozen=True, slots=True)
class Page:
    """One path: what it is for, what it takes, and the example of its answer."""

    method: str
    path: str
    summary: str
    parameters: tuple[tuple[str, str, str], ...] = ()  # name, where (path or query), what
    body: Mapping[str, Any] | None = None  # an example
    answer: Mapping[str, Any] | None = None  # an example


_USER = {
    "address": "user@example.com",
    "suppressed": True,
    "state": "suppressed",
    "reason": "mailbox_not_found",
    "since": "2026-11-22T04:19:02Z",
}
_FREE = {"address": "free@example.com", "suppressed": False, "state": "active", "reason": None, "since": None}
_LIMIT = ("limit", "query", f"at most so many rows, up to {MOST_ROWS}; 100 by default")

PAGES = (
    Page("GET", "/api/v1/status", "How the mailboxes fare, what waits, and counts."),
    Page(
        "GET",
        "/api/v1/suppressions",
        "The list, in the order of the addresses; the next page begins after `next`.",
        (
            ("state", "query", "watch, quarantined, suppressed or banned"),
            ("reason", "query", "only those on it for this reason"),
            ("source", "query", "only those that came from there"),
            ("after", "query", "`next` of the page before"),
            _LIMIT,
        ),
    ),
    Page(
        "GET",
        "/api/v1/suppressions/{address}",
        "Whether an address is not to be mailed; always 200, quarantined counts as suppressed.",
        (("address", "path", "URL-encoded"),),
        answer=_USER,
    ),
    Page(
        "POST",
        "/api/v1/suppressions/check",
        f"The same for up to {MOST_ADDRESSES} addresses, in their order.",
        body={"addresses": ["user@example.com", "free@example.com"]},
        answer={"suppressed": 1, "results": [_USER, _FREE]},
    ),
    Page(
        "GET",
        "/api/v1/recipients/{address}",
        "All that is known of an address, and why it is or is not suppressed.",
        (("address", "path", "URL-encoded"),),
    ),
    Page(
        "GET",
        "/api/v1/review",
        "What was set aside for a person, oldest first.",
        (("resolved", "query", "true: what a person has spoken on"), _LIMIT),
    ),
    Page(
        "GET",
        "/api/v1/review/{number}",
        "One item that was set aside, with the report of its message.",
        (("number", "path", "as the list has it"),),
    ),
    Page(
        "GET",
        "/api/v1/events",
        "Events and their deliveries, one row for each webhook, in the order in which they were queued.",
        (
            ("endpoint", "query", "only to this webhook"),
            ("state", "query", "due, delivered or dead"),
            ("type", "query", "such as bounce.hard"),
            ("since", "query", "queued since: a time, or 3d ago"),
            ("until", "query", "queued before: a time, or 3d ago"),
            _LIMIT,
        ),
    ),
    Page(
        "GET",
        "/api/v1/events/{event_id}",
        "One event: its deliveries, with its body.",
        (("event_id", "path", "the id, which is the webhook-id"),),
    ),
    Page("GET", "/api/v1/openapi.json", "This page."),
)


class Api:
    """The pages, over whoever knows."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._executor = ThreadPoolExecutor(1, "api")
        self._checks = ThreadPoolExecutor(1, "check")  # who asks before a mail waits for no long list

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        handlers: dict[str, Callable[[web.Request], Awaitable[web.Response]]] = {
            "/api/v1/status": self.status,
            "/api/v1/suppressions": self.suppressions,
            "/api/v1/suppressions/{address}": self.suppression,
            "/api/v1/suppressions/check": self.check,
            "/api/v1/recipients/{address}": self.recipient,
            "/api/v1/review": self.review,
            "/api/v1/review/{number}": self.review_item,
            "/api/v1/events": self.events,
            "/api/v1/events/{event_id}": self.event,
            "/api/v1/openapi.json": self.openapi,
        }
        for page in PAGES:
            path = page.path.replace("{address}", "{address:.+}")
            app.router.add_route(page.method, path, handlers[page.path])
        app.on_cleanup.append(self._close)

    async def status(self, _request: web.Request) -> web.Response:
        """Answer as `status` does."""
        return await self._answer(self._answers.status)

    async def suppression(self, request: web.Request) -> web.Response:
        """Answer for one address; always 200."""
        address = request.match_info["address"]
        (found,) = await self._ask(partial(self._answers.check, [address]), self._checks)
        return _json(found)

    async def check(self, request: web.Request) -> web.Response:
        """Answer for many addresses."""
        addresses = await _addresses(request)
        results = await self._ask(partial(self._answers.check, addresses), self._checks)
        return _json({"suppressed": sum(each["suppressed"] for each in results), "results": results})

    async def suppressions(self, request: web.Request) -> web.Response:
        """Answer with a page of the list."""
        limit = _limit(request)
        after = request.query.get("after", "")
        query = {name: request.query[name] for name in ("state", "reason", "source") if name in request.query}
        rows = await self._ask(partial(self._answers.suppressions, query, after, limit + 1))
        more = rows[limit - 1]["key"] if len(rows) > limit else None
        shown = [{name: value for name, value in row.items() if name != "key"} for row in rows[:limit]]
        return _json({"rows": shown, "next": more})

    async def recipient(self, request: web.Request) -> web.Response:
        """Answer as `recipients show` does."""
        return await self._answer(partial(self._answers.recipient, request.match_info["address"]))

    async def review(self, request: web.Request) -> web.Response:
        """Answer as `review list` does."""
        resolved = request.query.get("resolved", "false").lower() == "true"
        rows = await self._ask(partial(self._answers.review, resolved=resolved, limit=_limit(request)))
        return _json({"rows": rows})

    async def review_item(self, request: web.Request) -> web.Response:
        """Answer as `review show` does."""
        number = request.match_info["number"]
        if not (number.isascii() and number.isdigit() and len(number) < 18):
            raise Refused(404, "no such item; see /api/v1/review")
        found = await self._ask(partial(self._answers.review_item, int(number)))
        if found is None:
            raise Refused(404, "no such item; see /api/v1/review")
        return _json(found)

    async def events(self, request: web.Request) -> web.Response:
        """Answer as `events list` does."""
        names = ("endpoint", "state", "type", "since", "until")
        query = {name: request.query[name] for name in names if name in request.query}
        try:
            rows = await self._ask(partial(self._answers.events, query, _limit(request)))
        except ValueError as error:
            raise Refused(400, str(error)) from None
        return _json({"rows": rows})

    async def event(self, request: web.Request) -> web.Response:
        """Answer as `events show` does."""
        rows = await self._ask(partial(self._answers.event, request.match_info["event_id"]))
        if not rows:
            raise Refused(404, "no such event; see /api/v1/events")
        return _json({"rows": rows})

    async def openapi(self, _request: web.Request) -> web.Response:
        """Answer with what can be asked here."""
        return _json(openapi())

    async def _answer(self, call: Callable[[], Any]) -> web.Response:
        return _json(await self._ask(call))

    async def _ask(self, call: Callable[[], Any], executor: ThreadPoolExecutor | None = None) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(executor or self._executor, call)
        except UsageError as error:
            raise Refused(400, str(error)) from error
        except StoreError as error:
            raise Refused(503, str(error)) from error

    async def _close(self, _app: web.Application) -> None:
        self._checks.shutdown(wait=False)
        self._executor.submit(self._answers.close)
        self._executor.shutdown(wait=False)


class Refused(Exception):  # noqa: N818 - an answer, and no fault of ours
    """A request that is answered with a status and one line."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


async def _addresses(request: web.Request) -> list[str]:
    # A page of another site can send no such type without asking first, which is refused.
    if request.content_type != "application/json":
        raise Refused(415, "not JSON; send content-type: application/json")
    try:
        found = json.loads(await request.read())
        addresses = found["addresses"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused(400, 'not understood; send {"addresses": ["user@example.com"]}') from None
    if not isinstance(addresses, list) or not all(isinstance(each, str) for each in addresses):
        raise Refused(400, "addresses: not a list of texts")
    if len(addresses) > MOST_ADDRESSES:
        raise Refused(413, f"addresses: {len(addresses)} of them; ask for {MOST_ADDRESSES} at a time")
    return addresses


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", "100")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_ROWS and len(text) < 9):
        raise Refused(400, f"limit: '{text[:40]}' is none; write 1 to {MOST_ROWS}")
    return int(text)


def openapi() -> dict[str, Any]:
    """Give the OpenAPI description (3.1) of the pages."""
    paths: dict[str, dict[str, Any]] = {}
    for page in PAGES:
        paths.setdefault(page.path, {})[page.method.lower()] = _operation(page)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bounce Watcher", "version": __version__},
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }


def _operation(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": page.summary,
        "parameters": [
            {"name": name, "in": where, "required": where == "path", "description": what, "schema": _TEXT}
            for name, where, what in page.parameters
        ],
        "responses": {
            "200": {"description": "the answer", "content": _content(page.answer)},
            "401": {"description": "no token, or a wrong one"},
            "503": {"description": "the state file cannot be read now"},
        },
    }
    if page.body is not None:
        found["requestBody"] = {"required": True, "content": _content(page.body)}
    return found


_TEXT = {"type": "string"}


def _content(example: Mapping[str, Any] | None) -> dict[str, Any]:
    told: dict[str, Any] = {"schema": {"type": "object"}}
    if example is not None:
        told["example"] = example
    return {"application/json": told}


def _json(value: Any) -> web.Response:
    return web.json_response(value, dumps=_dumps)


def _dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)
