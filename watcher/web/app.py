"""The web application: its routes, its guard, and errors as JSON."""

import logging

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from watcher.web.api import Answers, Api, Refused
from watcher.web.guard import find_refusal
from watcher.web.health import Health, HealthPages


log = logging.getLogger(__name__)

BODY_LIMIT = 524_288  # octets of a request: a bulk check of the longest addresses there can be
_HEADERS = {
    "Server": "bounce-watcher",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def make_app(health: Health, token: str | None, answers: Answers | None = None) -> web.Application:
    """Give the application; each page has a module of its own that adds its routes here."""
    app = web.Application(middlewares=[_harden, _json_errors, _guard(token)], client_max_size=BODY_LIMIT)
    HealthPages(health, token).add_to(app)
    if answers is not None:
        Api(answers).add_to(app)
    return app


@web.middleware
async def _harden(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    response.headers.update(_HEADERS)
    return response


@web.middleware
async def _json_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return _error(404, "no such page; see /api/v1/openapi.json")
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return _error(405, f"not allowed here; use {allowed}", {"Allow": allowed})
    except Refused as error:
        return _error(error.status, str(error))
    except web.HTTPException as error:
        return _error(error.status, error.reason.lower())
    except Exception:
        log.exception("page_broken")
        return _error(500, "this page is broken; look at the log")


def _guard(token: str | None) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = find_refusal(request.path, request.headers, token, request.headers.getall("Host", []))
        if refusal is None:
            return await handler(request)
        status, reason = refusal
        return _error(status, reason, {"WWW-Authenticate": "Bearer"} if status == 401 else None)

    return guard


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": text}, status=status, headers=headers)
