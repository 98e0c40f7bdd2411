"""The outermost layer: checks access and limits, measures requests, adds the common headers to responses."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emoar.server.http.access import Access, client_names, key_in
from emoar.server.http.headers import COMMON, STRICT_TRANSPORT
from emoar.server.http.problems import Problem, problem_response
from emoar.server.http.shares import Shares
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

__all__ = ["RequestMiddleware"]

_LOG: Final = logging.getLogger("emoar.server")
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_ANY_HOST: Final = ("/healthz", "/readyz")  # without check of the host name: probes use the IP address
_FORM: Final = "/upload"  # its API key is in its body
_FIRST_DRAIN_S: Final = 0.03  # to drain an unread body before the response, so that the connection can be kept
_LAST_DRAIN_S: Final = 1.0  # to drain it after the response: closing while the client sends would lose the response
_BUG: Final = Problem(500, "bug", "this is a bug of the server; it is in its log")


class RequestMiddleware:
    """An ASGI middleware. `early_checks` run for a POST to their path before its routing and before its body."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        access: Access,
        metrics: Metrics,
        early_checks: Mapping[str, Callable[[], None]],
    ) -> None:
        self._app, self._access, self._metrics = app, access, metrics
        self._early_checks = early_checks
        detail = "too many requests are being sent at once: try again in a moment"
        self._uploads = Shares("max_uploads", settings.max_uploads, settings.uploads_per_address, metrics, detail)
        self._headers = [*COMMON, *([STRICT_TRANSPORT] if settings.tls else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["method"] == "HEAD":  # is GET without the body, which uvicorn leaves out
                scope = {**scope, "method": "GET"}
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers = Headers(scope=scope)
        request = _RequestContext(headers, receive, send, self._headers)
        route = ""
        try:
            self._admit(scope, headers)
            if scope["method"] == "POST" and scope["path"] in self._early_checks:
                route = scope["path"]
                self._early_checks[route]()  # before routing and before the body: a refusal must be cheap
            if request.has_body:
                names = scope["emoar.names"]
                self._uploads.take(*names)
                request.on_body_end = lambda: self._uploads.give_back(*names)
            await self._app(scope, request.receive, request.send)
        except Exception as exc:
            await self._fail(exc, request, scope, headers)
        finally:
            request.end_body()
            self._record(scope, request.status, time.perf_counter() - started, route)

    async def _fail(self, exc: Exception, request: _RequestContext, scope: Scope, headers: Headers) -> None:
        """Answers with a problem document, if no response has begun; the log has what is no `Problem`."""
        if not isinstance(exc, Problem):
            _LOG.error("a request met a bug", exc_info=exc)
        if not request.status:
            problem = exc if isinstance(exc, Problem) else _BUG
            response = problem_response(problem, self._access.cors_headers(headers.get("origin")))
            await response(scope, request.receive, request.send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._admit(scope, Headers(scope=scope))
        except Problem as exc:
            await receive()  # websocket.connect
            await problem_response(exc)(scope, receive, self._denying(send))  # the response to the handshake
            self._record(scope, exc.status, 0.0)
            return
        await self._app(scope, receive, self._denying(send))

    def _denying(self, send: Send) -> Send:
        """A `send` that adds the common headers to the response that denies a handshake."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "websocket.http.response.start":
                message = {**message, "headers": _with_common(message["headers"], self._headers)}
            await send(message)

        return with_headers

    def _admit(self, scope: Scope, headers: Headers) -> None:
        """Checks the headers; puts the API key (None where none is needed) and the client's names into the scope.

        Raises:
            Problem: the request is refused.
        """
        path, address = scope["path"], scope["client"][0] if scope["client"] else ""
        scope["emoar.key"], scope["emoar.names"] = None, client_names(None, address)
        hosts = headers.getlist("host")
        if len(hosts) > 1 or (not hosts and scope.get("http_version", "1.1") == "1.1"):
            raise Problem(400, "bad-host", "a request must have one header Host")
        host = hosts[0] if hosts else ""
        if path not in _ANY_HOST:
            self._access.check_host(host)
        if scope["type"] == "websocket" or scope["method"] not in _SAFE:
            self._access.check_origin(headers.get("origin"), host, headers.get("sec-fetch-site"))
        if scope.get("method") == "OPTIONS":
            return
        if path.startswith("/v1/") or path == "/metrics":
            scope["emoar.key"] = key = self._access.check_key(key_in(headers))
            hidden = key is not None and self._settings.hides_addresses
            scope["emoar.names"] = client_names(key, "" if hidden else address)
            self._access.check_rate(*scope["emoar.names"])
        elif path == _FORM and scope["method"] == "POST":
            self._access.check_rate(*scope["emoar.names"])

    def _record(self, scope: Scope, status: int, seconds: float, route: str = "") -> None:
        route = route or getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(route, status).inc()
        self._metrics.latency.labels(route).observe(seconds)
        _LOG.info("%s %s %d %.1f ms", scope.get("method", "WS"), route, status, 1e3 * seconds)


class _RequestContext:
    """One request and its response: tracks whether the body has been read, and drains a body that the app ignores."""

    def __init__(self, headers: Headers, receive: Receive, send: Send, common: list[tuple[bytes, bytes]]) -> None:
        self._receive, self._send, self._common = receive, send, common
        self.has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        self._body_read = not self.has_body
        # such a client sends its body only after the first receive(), so never after a refusal
        self._held_back = headers.get("expect", "").lower() == "100-continue"
        self.on_body_end: Callable[[], None] | None = None
        self.status = 0

    async def receive(self) -> Message:
        self._held_back = False
        message = await self._receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._body_read = True
            self.end_body()
        return message

    def end_body(self) -> None:
        """Calls `on_body_end` once: the body is received, or never will be."""
        callback, self.on_body_end = self.on_body_end, None
        if callback is not None:
            callback()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._drain(_FIRST_DRAIN_S)
            self.status = message["status"]
            headers = _with_common(message["headers"], self._common)
            message = {**message, "headers": headers if self._body_read else [*headers, (b"connection", b"close")]}
        elif message["type"] == "http.response.body" and not self._body_read and not message.get("more_body"):
            await self._send({**message, "more_body": True})
            await self._drain(_LAST_DRAIN_S)
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def _drain(self, seconds: float) -> None:
        if self._body_read or self._held_back:
            return
        try:
            async with asyncio.timeout(seconds):
                while not self._body_read:
                    await self.receive()
        except TimeoutError:
            return


def _with_common(headers: list[tuple[bytes, bytes]], common: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a response with those of `common` that it does not have, and an id for questions."""
    present = {name.lower() for name, _ in headers}
    added = [(name, value) for name, value in common if name not in present]
    return [*headers, *added, (b"x-request-id", secrets.token_hex(8).encode())]
