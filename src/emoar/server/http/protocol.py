"""Limits that uvicorn's protocols lack: on the number of connections, on slow clients and on long headers."""

from __future__ import annotations

import asyncio
import socket
import struct
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from emoar.server.http.headers import COMMON
from emoar.server.http.problems import Problem, problem_response
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


class _StallTimer:
    """Cuts a connection whose client reads nothing for too long."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, seconds: float) -> None:
        self._loop, self._transport, self._seconds = loop, transport, seconds
        self._handle: asyncio.TimerHandle | None = None
        # with 0, writing pauses once the kernel's buffer is full: the timer covers a connection's last response, too
        transport.set_write_buffer_limits(high=0)

    def start(self) -> None:
        self.stop()
        self._handle = self._loop.call_later(self._seconds, self._cut)

    def _cut(self) -> None:
        connection: socket.socket | None = self._transport.get_extra_info("socket")
        if connection is not None:  # closes with a TCP reset, so that the kernel drops the unread data, too
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class _CutsStalled(asyncio.Protocol):
    """A mix-in for uvicorn's protocols: cuts a client that reads nothing for `stall_s`."""

    loop: asyncio.AbstractEventLoop  # uvicorn's
    _stall: _StallTimer | None = None

    def __init__(self, *arguments: Any, stall_s: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._stall_s = stall_s

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._stall = _StallTimer(self.loop, transport, self._stall_s)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._stall is not None:
            self._stall.stop()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stall is not None:
            self._stall.start()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall is not None:
            self._stall.stop()


class _HttpProtocol(_CutsStalled, HttpToolsProtocol):
    """An HTTP connection with limits on its header and on the number of connections."""

    _running: RequestResponseCycle | None = None
    _header_timer: asyncio.TimerHandle | None = None
    _header_bytes = 0
    _in_header = True

    def __init__(self, *arguments: Any, max_connections: int, full: bytes, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._max_connections, self._full = max_connections, full

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_header()
        if len(self.connections) > self._max_connections:
            transport.write(self._full)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_header_timer()
        if self._running is not None:  # with pipelined requests, uvicorn marks only the newest as disconnected
            self._running.disconnected = True
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._header_bytes = self._header_bytes + len(data) if self._in_header else 0
        if self._header_bytes > _MAX_HEADER_BYTES:
            self._close_with(_LONG_HEADER)

    def send_400_response(self, msg: str) -> None:
        self._close_with(_NO_HTTP)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_header()

    def on_headers_complete(self) -> None:
        self._in_header = False
        self._stop_header_timer()
        super().on_headers_complete()

    def _await_header(self) -> None:
        self._in_header, self._header_bytes = True, 0
        self._stop_header_timer()
        self._header_timer = self.loop.call_later(self._stall_s, self._close_with, b"")

    def _close_with(self, response: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(response)
            self.transport.close()

    def _stop_header_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None


class _SocketProtocol(_CutsStalled, WebSocketsSansIOProtocol):
    """A WebSocket connection for live frames."""


def limited_protocols(settings: Settings) -> tuple[Any, Any]:
    """Factories of uvicorn's protocols for HTTP and for WebSocket, with the server's limits."""
    limit = settings.max_connections
    full = _final_response(Problem(503, "busy", "too many connections", "max_connections", limit, retry_after_s=1))
    http = partial(_HttpProtocol, stall_s=settings.stall_s, max_connections=limit, full=full)
    return http, partial(_SocketProtocol, stall_s=settings.stall_s)
