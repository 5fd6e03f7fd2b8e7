"""What can be asked at `/api/v1/…`: one table, from which the routes and the OpenAPI page are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher import __version__


MOST_ADDRESSES = 1000  # of one bulk check
MOST_ROWS = 1000  # of one page of a list


@dataclass(frozen=True, slots=True)
class Page:
    """One path: what it is for, what it takes, and the example of its answer."""

    name: str  # of the method of `Api` that answers
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
    Page("status", "GET", "/api/v1/status", "How the mailboxes fare, what waits, and counts."),
    Page(
        "suppressions",
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
        "suppression",
        "GET",
        "/api/v1/suppressions/{address}",
        "Whether an address is not to be mailed; always 200, quarantined counts as suppressed.",
        (("address", "path", "URL-encoded"),),
        answer=_USER,
    ),
    Page(
        "check",
        "POST",
        "/api/v1/suppressions/check",
        f"The same for up to {MOST_ADDRESSES} addresses, in their order.",
        body={"addresses": ["user@example.com", "free@example.com"]},
        answer={"suppressed": 1, "results": [_USER, _FREE]},
    ),
    Page(
        "recipient",
        "GET",
        "/api/v1/recipients/{address}",
        "All that is known of an address, and why it is or is not suppressed.",
        (("address", "path", "URL-encoded"),),
    ),
    Page(
        "review",
        "GET",
        "/api/v1/review",
        "What was set aside for a person, oldest first.",
        (("resolved", "query", "true: what a person has spoken on"), _LIMIT),
    ),
    Page(
        "review_item",
        "GET",
        "/api/v1/review/{number}",
        "One item that was set aside, with the report of its message.",
        (("number", "path", "as the list has it"),),
    ),
    Page(
        "events",
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
        "event",
        "GET",
        "/api/v1/events/{event_id}",
        "One event: its deliveries, with its body.",
        (("event_id", "path", "the id, which is the webhook-id"),),
    ),
    Page("openapi", "GET", "/api/v1/openapi.json", "This page."),
)
_TEXT = {"type": "string"}


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
        "operationId": page.name,
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


def _content(example: Mapping[str, Any] | None) -> dict[str, Any]:
    told: dict[str, Any] = {"schema": {"type": "object"}}
    if example is not None:
        told["example"] = example
    return {"application/json": told}
