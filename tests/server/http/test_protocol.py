"""Limits of the connection: clients that read nothing, slow and long headers, too many connections."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
from server_process import PATIENCE_S, Server, Start, connected, connections, eventually
from uvicorn.server import ServerState

from emoar.server.http.protocol import limited_protocols
from emoar.server.run import uvicorn_config
from emoar.server.settings import Settings
from emoar.server.state import new_state

STALL_S = 0.05
PROTOCOLS = {"requests": 0, "live": 1}


class FakeTransport(asyncio.Transport):
    """A transport without a network that records whether it was cut."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5), "sockname": ("127.0.0.1", 8000)})
        self.cut = False

    def abort(self) -> None:
        self.cut = True

    def close(self) -> None:
        """Not checked here."""

    def is_closing(self) -> bool:
        return self.cut

    def pause_reading(self) -> None:
        """Nothing arrives."""

    def resume_reading(self) -> None:
        """Nothing arrives."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == 0  # else a last answer could wait for ever below the limit


def was_cut(which: int, *steps: Callable[[Any], object], gone: bool = False) -> bool:
    """Whether the connection was cut after these steps and ten times `stall_s`."""

    async def play() -> bool:
        settings = Settings(stall_s=STALL_S, max_jobs=0)
        config = uvicorn_config(new_state(settings))
        config.load()
        protocol: Any = limited_protocols(settings)[which](config, ServerState(), {})
        transport = FakeTransport()
        protocol.connection_made(transport)
        for step in steps:
            step(protocol)
        if gone:
            protocol.connection_lost(None)
        await asyncio.sleep(10 * STALL_S)
        cut = transport.cut
        if not gone:
            protocol.connection_lost(None)
        return cut

    return asyncio.run(play())


@pytest.mark.parametrize("which", PROTOCOLS.values(), ids=PROTOCOLS)
def test_a_client_that_reads_nothing_is_cut_and_no_other(which: int) -> None:
    def stall(protocol: Any) -> None:
        protocol.pause_writing()

    def resume(protocol: Any) -> None:
        protocol.resume_writing()

    assert was_cut(which, stall)
    assert was_cut(which, stall, resume, stall)
    assert not was_cut(which, stall, resume)
    assert not was_cut(which)
    assert not was_cut(which, stall, gone=True)


@pytest.fixture(scope="module")
def small(start: Start) -> Server:
    """A server with limits that are easily reached."""
    return start(max_connections=40, stall_s=1)


def received(connection: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    data = b""
    while part := connection.recv(4096):
        data += part
    return data


def test_a_slow_header_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert received(connection) == b""


def test_an_endless_header_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        try:
            for _ in range(200):
                connection.sendall(b"a" * 10_000)
            response = connection.recv(1000)
        except ConnectionError:
            return
    assert response.startswith(b"HTTP/1.1 431 ")
    assert b'"type": "urn:emoar:problem:long-header"' in response


def test_bytes_that_are_no_http(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"hello\r\n\r\n")
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert json.loads(body)["type"] == "urn:emoar:problem:no-http"


def test_connections_are_limited(small: Server) -> None:
    with connections(small, 60) as many:
        # those within the limit are cut after stall_s, without a response
        responses = [connection.recv(2000) for connection in many]
    assert sum(b" 503 " in response and b"max_connections" in response for response in responses) >= 10
    assert b"" in responses

    def status() -> int:
        with small.client() as http:
            return http.get("/healthz").status_code

    eventually(status, lambda code: code == 200)


def test_a_client_that_reads_no_responses_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        connection.settimeout(PATIENCE_S)
        with pytest.raises(ConnectionError):
            while True:
                connection.sendall(10 * request)
    assert "Traceback" not in small.log.read_text()
