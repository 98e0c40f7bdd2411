"""The outermost layer: checks who asks and how much, times and counts, and puts the common headers on every answer."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emoar.errors import EmoarError
from emoar.server.http.access import key_in
from emoar.server.http.headers import COMMON, STRICT_TRANSPORT
from emoar.server.http.problems import Problem, problem_response
from emoar.server.http.rate_limit import network_of
from emoar.server.routes.expressions import PICTURES
from emoar.server.state import Service

__all__ = ["Guard"]

_LOG: Final = logging.getLogger("emoar.server")
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_OPEN: Final = ("/healthz", "/readyz", "/docs", "/openapi.json")
_QUICK_DRAIN_S: Final = 0.03  # for a body that nobody wants, before the answer: the connection can then be kept
_LAST_DRAIN_S: Final = 1.0  # after it: a client that still sends would lose the answer if we hung up at once


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service
        self._settings, self._access, self._metrics = service.settings, service.access, service.metrics
        self._uploads: Counter[str] = Counter()  # bodies on their way, by address
        self._headers = [*COMMON, *([STRICT_TRANSPORT] if self._settings.tls else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    @property
    def failure(self) -> EmoarError | None:
        """Why the server could not start."""
        return self._service.failure

    def drain(self) -> None:
        """The server is about to end: it is not ready for more."""
        self._service.draining = True

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers = Headers(scope=scope)
        exchange = _RequestContext(headers, receive, send, self._headers)
        address = network_of(scope["client"][0] if scope["client"] else "")
        uploading, route = exchange.has_body, ""
        try:
            scope["emoar.key"] = self._admit(scope, address)
            if scope["method"] == "POST" and scope["path"] == PICTURES:
                route = PICTURES
                self._service.pool.check_room()  # before routing and before the body: saying no must cost little
            if uploading:
                self._begin_upload(address)
                exchange.on_body_end = lambda: self._end_upload(address)
            await self._app(scope, exchange.receive, exchange.send)
        except Problem as exc:
            answer = problem_response(exc, self._access.cors_headers(headers.get("origin")))
            await answer(scope, exchange.receive, exchange.send)
        finally:
            exchange.body_ended()
            self._note(scope, exchange.status, time.perf_counter() - started, route)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            scope["emoar.key"] = self._admit(scope, network_of(scope["client"][0] if scope["client"] else ""))
        except Problem as exc:
            await receive()  # websocket.connect
            await problem_response(exc)(scope, receive, send)  # as the answer to the handshake
            self._note(scope, exc.status, 0.0)
            return
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope, address: str) -> Any:
        """The key of the request, if it is let in."""
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if path not in _OPEN:  # probes call by address
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

    def _note(self, scope: Scope, status: int, seconds: float, route: str = "") -> None:
        route = route or getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(route, status).inc()
        self._metrics.latency.labels(route).observe(seconds)
        _LOG.info("%s %s %d %.1f ms", scope.get("method", "WS"), route, status, 1e3 * seconds)


class _RequestContext:
    """One request and its answer: knows whether the body has been read, and reads away what nobody wanted."""

    def __init__(self, headers: Headers, receive: Receive, send: Send, common: list[tuple[bytes, bytes]]) -> None:
        self._receive, self._send, self._common = receive, send, common
        self.has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        self._body_read = not self.has_body
        self._held_back = headers.get("expect", "").lower() == "100-continue"  # until we ask for it: not if we refuse
        self.on_body_end: Any = None
        self.status = 0

    async def receive(self) -> Message:
        self._held_back = False
        message = await self._receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._body_read = True
            self.body_ended()
        return message

    def body_ended(self) -> None:
        """The body is here, or will never be."""
        done, self.on_body_end = self.on_body_end, None
        if done is not None:
            done()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._drain(_QUICK_DRAIN_S)
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
