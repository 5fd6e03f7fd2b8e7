"""`/api/v1/…`: what the commands answer, as JSON; `pages` lists what can be asked.

Whoever answers may ask the store, so it is called in a thread of its own: a slow disk holds up no other page.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from aiohttp import web

from watcher.errors import StoreError, UsageError
from watcher.web.pages import MOST_ADDRESSES, MOST_ROWS, PAGES, openapi


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


class Api:
    """The pages, over whoever knows."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._executor = ThreadPoolExecutor(1, "api")
        self._checks = ThreadPoolExecutor(1, "check")  # who asks before a mail waits for no long list

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        for page in PAGES:
            path = page.path.replace("{address}", "{address:.+}")
            app.router.add_route(page.method, path, getattr(self, page.name))
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


def _json(value: Any) -> web.Response:
    return web.json_response(value, dumps=_dumps)


def _dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)
