"""The application: routes, error handlers and middleware around the state of a server."""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from emoar import __version__
from emoar.server.http.access import EXPOSED
from emoar.server.http.description import DESCRIPTION
from emoar.server.http.middleware import RequestMiddleware
from emoar.server.http.openapi import allowed_methods, describe_api
from emoar.server.http.problems import Problem, problem_response
from emoar.server.routes import assets, events, expressions, federated, health, live, pages, sessions, videos
from emoar.server.routes.parameters import check_query
from emoar.server.state import ServerState

__all__ = ["create_app"]

_ADVICE: Final = {404: "there is nothing at this address: see /docs", 405: "not with this method: see /docs"}


def create_app(state: ServerState) -> ASGIApp:
    """The server as an ASGI application. Its workers start and stop with the application's lifespan."""
    settings = state.settings
    api = FastAPI(
        title="EmoAR",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    api.state.server = state
    for routes in (expressions, videos, sessions, federated):
        api.include_router(routes.router, dependencies=[Depends(check_query)])
    for routes in (live, events, health, pages, assets):
        api.include_router(routes.router)
    api.openapi = lambda: describe_api(api, settings)
    _handle_errors(api)
    if settings.origins():
        api.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins(),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["authorization", "content-type", "x-api-key"],
            expose_headers=EXPOSED,
            max_age=600,
        )
    early_checks = {expressions.PATH: state.pool.check_room}
    app = api if settings.origins() else _ShortWay(api)
    return RequestMiddleware(app, settings, state.access, state.metrics, early_checks)


class _ShortWay:
    """Answers pictures without parameters itself: FastAPI's routing, its parsing and its layers take 0.5 ms a request.

    What it raises, `RequestMiddleware` answers as FastAPI's handlers would.
    """

    def __init__(self, api: FastAPI) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_plain = scope["type"] == "http" and scope["path"] == expressions.PATH and not scope["query_string"]
        if not is_plain or scope["method"] != "POST":
            await self._api(scope, receive, send)
            return
        scope["app"] = self._api
        response = await expressions.expressions_by_default(Request(scope, receive))
        await response(scope, receive, send)


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncGenerator[None]:
    state: ServerState = api.state.server
    try:
        await state.outlets.start()
        await state.jobs.start()
        await state.sessions.start()
        await state.gateway.start()
        await state.pool.start()
    except Exception as exc:
        state.failure = exc
        await state.gateway.close()
        await state.sessions.close()
        await state.jobs.close()
        await state.outlets.close()
        raise
    api.openapi()  # cached here: building it during the first invalid request would delay all other requests
    _freeze_loaded_objects()
    try:
        yield
    finally:
        await state.sessions.close()
        await state.jobs.close()
        await state.gateway.close()
        await state.pool.close()
        await state.outlets.close()


def _freeze_loaded_objects() -> None:
    """Excludes the objects allocated so far from garbage collection, which would pause all requests for 36 ms."""
    gc.collect()
    gc.freeze()


def _handle_errors(api: FastAPI) -> None:
    @api.exception_handler(Problem)
    async def problem(_: Request, exc: Problem) -> Response:  # pyright: ignore[reportUnusedFunction]
        return problem_response(exc)

    @api.exception_handler(RequestValidationError)
    async def validation(_: Request, exc: RequestValidationError) -> Response:  # pyright: ignore[reportUnusedFunction]
        first = exc.errors()[0]
        name = str(first["loc"][-1])
        return problem_response(Problem(422, "wrong-parameter", f"{name}: {first['msg']}"))

    @api.exception_handler(HTTPException)
    async def http(request: Request, exc: HTTPException) -> Response:  # pyright: ignore[reportUnusedFunction]
        phrase = HTTPStatus(exc.status_code).phrase
        kind = phrase.lower().replace(" ", "-")
        headers = {name.lower(): value for name, value in (exc.headers or {}).items()}
        allowed = allowed_methods(api.openapi(), getattr(request.scope.get("route"), "path", ""))
        if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED and allowed:
            headers["allow"] = allowed  # the methods of all routes with this path, not of the first partial match
        return problem_response(Problem(exc.status_code, kind, _ADVICE.get(exc.status_code, phrase)), headers)

    @api.exception_handler(Exception)
    async def bug(_: Request, exc: Exception) -> Response:  # pyright: ignore[reportUnusedFunction]
        return problem_response(Problem(500, "bug", "this is a bug of the server; it is in its log"))
