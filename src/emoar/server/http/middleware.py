"""The outermost layer: checks access and limits, measures requests, adds the common headers to responses."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emoar.server.http.access import Access, key_in
from emoar.server.http.headers import COMMON, STRICT_TRANSPORT
from emoar.server.http.problems import Problem, problem_response
from emoar.server.http.rate_limit import network_of
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

__all__ = ["RequestMiddleware"]

_LOG: Final = logging.getLogger("emoar.server")
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_ANY_HOST: Final = ("/healthz", "/readyz", "/docs", "/openapi.json")  # without host check: probes use the IP address
_FIRST_DRAIN_S: Final = 0.03  # to drain an unread body before the response, so that the connection can be kept
_LAST_DRAIN_S: Final = 1.0  # to drain it after the response: closing while the client sends would lose the response


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
        self._app, self._settings, self._access, self._metrics = app, settings, access, metrics
        self._early_checks = early_checks
        self._uploads: Counter[str] = Counter()  # bodies being received, by address
        self._headers = [*COMMON, *([STRICT_TRANSPORT] if settings.tls else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers = Headers(scope=scope)
        request = _RequestContext(headers, receive, send, self._headers)
        address = network_of(scope["client"][0] if scope["client"] else "")
        route = ""
        try:
            scope["emoar.key"] = self._admit(scope, address)
            if scope["method"] == "POST" and scope["path"] in self._early_checks:
                route = scope["path"]
                self._early_checks[route]()  # before routing and before the body: a refusal must be cheap
            if request.has_body:
                self._begin_upload(address)
                request.on_body_end = lambda: self._end_upload(address)
            await self._app(scope, request.receive, request.send)
        except Problem as exc:
            response = problem_response(exc, self._access.cors_headers(headers.get("origin")))
            await response(scope, request.receive, request.send)
        finally:
            request.end_body()
            self._record(scope, request.status, time.perf_counter() - started, route)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            scope["emoar.key"] = self._admit(scope, network_of(scope["client"][0] if scope["client"] else ""))
        except Problem as exc:
            await receive()  # websocket.connect
            await problem_response(exc)(scope, receive, send)  # the response to the handshake
            self._record(scope, exc.status, 0.0)
            return
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope, address: str) -> Any:
        """The API key of a request that is admitted; None where none is needed."""
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if path not in _ANY_HOST:
            self._access.check_host(host)
        if scope["type"] == "websocket" or scope["method"] not in _SAFE:
            self._access.check_origin(headers.get("origin"), host)
        if not path.startswith("/v1/") and path != "/metrics":
            return None
        if scope.get("method") == "OPTIONS":
            return None
        key = self._access.check_key(key_in(headers))
        self._access.check_rate(key, address)
        return key

    def _begin_upload(self, address: str) -> None:
        settings = self._settings
        limits = (
            ("max_uploads", settings.max_uploads, self._uploads.total()),
            ("max_uploads_per_address", settings.uploads_per_address, self._uploads[address]),
        )
        for name, limit, count in limits:
            if count >= limit:
                self._metrics.refused.labels(name).inc()
                detail = "too many requests are being sent at once: try again in a moment"
                raise Problem(503, "busy", detail, name, limit, retry_after_s=1)
        self._uploads[address] += 1

    def _end_upload(self, address: str) -> None:
        self._uploads[address] -= 1
        if self._uploads[address] <= 0:
            del self._uploads[address]

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
            message = {**message, "headers": self._with_common(message["headers"])}
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

    def _with_common(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        added = [(name, value) for name, value in self._common if name not in present]
        added.append((b"x-request-id", secrets.token_hex(8).encode()))
        if not self._body_read:
            added.append((b"connection", b"close"))
        return [*headers, *added]
