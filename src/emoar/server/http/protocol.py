"""Limits that uvicorn's protocols lack: on the number of connections, on slow clients and on long headers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from emoar.server.http.connections import Connection, Connections
from emoar.server.http.framing import check_framing, check_handshake
from emoar.server.http.headers import COMMON
from emoar.server.http.problems import Problem, problem_response
from emoar.server.http.tls import TlsProtocol, tls_context
from emoar.server.settings import Settings

__all__ = ["limited_protocols"]

_MAX_HEADER_BYTES: Final = 65_536


def _final_response(problem: Problem) -> bytes:
    """A complete response after which the connection is closed, for requests that never reach the application."""
    response = problem_response(problem)
    headers = [*response.raw_headers, *COMMON, (b"connection", b"close")]
    lines = [b"HTTP/1.1 %d %s" % (response.status_code, HTTPStatus(response.status_code).phrase.encode())]
    return b"\r\n".join([*lines, *(b"%s: %s" % header for header in headers), b"", bytes(response.body)])


_LONG_HEADER: Final = _final_response(
    Problem(431, "long-header", "the header of the request is too long", "header_bytes", _MAX_HEADER_BYTES)
)
_NO_HTTP: Final = _final_response(Problem(400, "no-http", "this is no HTTP request"))


class _Limited(asyncio.Protocol):
    """A mix-in for uvicorn's protocols: their transport is a `Connection` of the server's."""

    _connections: Connections
    _connection: Connection | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._connections.close(self._connection)
        super().connection_lost(exc)


class _Refused(Exception):  # noqa: N818 - is no error: it ends the parser
    """The request has been answered before its end; the parser stops."""


class _HttpProtocol(_Limited, HttpToolsProtocol):
    """An HTTP connection with limits on its header, its trailers and the number of connections."""

    _running: RequestResponseCycle | None = None
    _header_timer: asyncio.TimerHandle | None = None
    _header_bytes = 0  # or bytes since the last piece of a body
    _in_header = True
    _had_body = False
    _refused = False

    def __init__(
        self,
        *arguments: Any,
        connections: Connections,
        stall_s: float,
        full: bytes,
        opened: Callable[[asyncio.Transport], Connection | None] | None = None,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._connections, self._stall_s, self._full = connections, stall_s, full
        self._opened = opened or connections.open

    def connection_made(self, transport: Any) -> None:
        connection = self._opened(transport)
        super().connection_made(transport if connection is None else connection)
        self._connection = connection
        self._await_header()
        if connection is None:
            self._close_with(self._full)
        else:
            connection.drop = self._make_room

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_header_timer()
        if self._running is not None:  # with pipelined requests, uvicorn marks only the newest as disconnected
            self._running.disconnected = True
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._had_body = False
        super().data_received(data)
        self._header_bytes = 0 if self._had_body else self._header_bytes + len(data)
        if self._header_bytes > _MAX_HEADER_BYTES:
            self._refuse(_LONG_HEADER)

    def send_400_response(self, msg: str) -> None:
        self._refuse(_NO_HTTP)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_header()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_header:  # else it is a trailer, which a server may ignore (RFC 9110, section 6.5.1)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_header = False
        self._stop_header_timer()
        version, is_handshake = self.parser.get_http_version(), self.parser.should_upgrade() and self._should_upgrade()
        try:
            check_framing(self.headers, version)
            if is_handshake:
                check_handshake(self.parser.get_method().decode("ascii"), self.url, self.headers, version)
        except Problem as exc:
            self._refuse(_final_response(exc))
            raise _Refused from exc
        if self._connection is not None:
            self._connection.idle_since_s = None
        self._had_body, self._header_bytes = True, 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._had_body = True
        super().on_body(body)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._connection is not None and (self._running is None or self._running.response_complete):
            self._connection.idle_since_s = self.loop.time()

    def handle_websocket_upgrade(self) -> None:
        if not self.transport.is_closing():
            super().handle_websocket_upgrade()

    def _await_header(self) -> None:
        self._in_header, self._header_bytes = True, 0
        self._stop_header_timer()
        self._header_timer = self.loop.call_later(self._stall_s, self._close_with, b"")

    def _make_room(self) -> None:
        """Closes the idle connection at once, so that it holds nothing any more."""
        if self.cycle is None and self.scheme == "http":
            self.transport.write(self._full)
        if self.scheme == "https" or self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _refuse(self, response: bytes) -> None:
        """Answers what is no valid request, and closes the connection; an earlier request is answered before that."""
        self._refused = True
        running = self._running
        if running is None or running.response_complete:
            self._close_with(response)
        elif running.more_body:  # the fault is in its body
            self._close_with(b"" if running.response_started else response)
        else:
            running.keep_alive = False
            self.pipeline.clear()

    def _close_with(self, response: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(response)
            self.transport.close()

    def _stop_header_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None


class _SocketProtocol(_Limited, WebSocketsSansIOProtocol):
    """A WebSocket connection for live frames; the application has `stall_s` to accept or deny it."""

    def __init__(self, *arguments: Any, connections: Connections, stall_s: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._connections, self._stall_s = connections, stall_s

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._connection = transport
        transport.idle_since_s, transport.drop = None, transport.abort
        self.loop.call_later(self._stall_s, self._end_handshake)

    def _end_handshake(self) -> None:
        if not self.handshake_complete:
            self.transport.abort()


def limited_protocols(settings: Settings) -> tuple[Any, Any]:
    """Factories of uvicorn's protocols for HTTP (with TLS if the settings have it) and for WebSocket, with limits.

    Raises:
        InputError: the certificate or its key is not usable.
    """
    limit, stall_s = settings.max_connections, settings.stall_s
    connections, context = Connections(settings), tls_context(settings)
    full = _final_response(Problem(503, "busy", "too many connections", "max_connections", limit, retry_after_s=1))
    http = partial(_HttpProtocol, connections=connections, stall_s=stall_s, full=full)
    socket = partial(_SocketProtocol, connections=connections, stall_s=stall_s)

    def https(*, server_state: Any, **named: Any) -> TlsProtocol:
        def build(begin: Callable[[asyncio.Transport], Connection]) -> _HttpProtocol:
            return http(server_state=server_state, opened=begin, **named)

        return TlsProtocol(build, tls, connections, server_state.connections, stall_s)

    if context is None:
        return http, socket
    tls = context
    return https, socket
