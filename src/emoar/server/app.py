"""The application: its parts are made here and nowhere else."""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from emoar import __version__
from emoar.errors import EmoarError
from emoar.server.http.access import EXPOSED, Access
from emoar.server.http.middleware import Guard
from emoar.server.http.openapi import description_of, methods_of
from emoar.server.http.problems import Problem, problem_response
from emoar.server.jobs.jobs import Jobs
from emoar.server.metrics import Metrics
from emoar.server.routes import assets, expressions, health, live, pages, videos
from emoar.server.settings import Settings
from emoar.server.state import Service
from emoar.server.workers.pool import Pool

__all__ = ["create_app"]

_ABOUT: Final = (
    "Expressions of faces in pictures, on a live socket and in videos. What a face looks like, never what anybody "
    "feels. Pictures live in memory for the request alone."
)


def create_app(settings: Settings) -> Guard:
    """The server as an ASGI application; its workers start and end with its lifespan."""
    metrics = Metrics()
    access = Access(settings, metrics)
    parts = Service(settings, metrics, access, Pool(settings, metrics), Jobs(settings, metrics))
    api = FastAPI(
        title="EmoAR",
        version=__version__,
        description=_ABOUT,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    api.state.service = parts
    for routes in (expressions, live, videos, health, pages, assets):
        api.include_router(routes.router)
    api.openapi = lambda: description_of(api)
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
    return Guard(api, parts)


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncGenerator[None]:
    parts: Service = api.state.service
    try:
        await parts.jobs.start()
        await parts.pool.start()
    except EmoarError as exc:
        parts.failure = exc
        await parts.jobs.close()
        raise
    description_of(api)  # asked for at the first mistake of a client; to make it would stop everybody
    _keep_for_good()
    try:
        yield
    finally:
        await parts.jobs.close()
        await parts.pool.close()


def _keep_for_good() -> None:
    """Takes what has been loaded by now out of garbage collection: to go through it stops everybody for 36 ms."""
    gc.collect()
    gc.freeze()


def _handle_errors(api: FastAPI) -> None:
    @api.exception_handler(Problem)
    async def problem(_: Request, exc: Problem) -> Response:  # pyright: ignore[reportUnusedFunction]
        return problem_response(exc)

    @api.exception_handler(RequestValidationError)
    async def wrong(_: Request, exc: RequestValidationError) -> Response:  # pyright: ignore[reportUnusedFunction]
        first = exc.errors()[0]
        name = str(first["loc"][-1])
        return problem_response(Problem(422, "wrong-parameter", f"{name}: {first['msg']}"))

    @api.exception_handler(HTTPException)
    async def http(request: Request, exc: HTTPException) -> Response:  # pyright: ignore[reportUnusedFunction]
        phrase = HTTPStatus(exc.status_code).phrase
        kind = phrase.lower().replace(" ", "-")
        advice = {404: "there is nothing at this address: see /docs", 405: "not with this method: see /docs"}
        headers = dict(exc.headers or {})
        allowed = methods_of(api, getattr(request.scope.get("route"), "path", ""))
        if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED and allowed:
            headers["allow"] = allowed  # of all that is at this address, not of the first that came near
        return problem_response(Problem(exc.status_code, kind, advice.get(exc.status_code, phrase)), headers)

    @api.exception_handler(Exception)
    async def bug(_: Request, exc: Exception) -> Response:  # pyright: ignore[reportUnusedFunction]
        return problem_response(Problem(500, "bug", "this is a bug of the server; it is in its log"))
