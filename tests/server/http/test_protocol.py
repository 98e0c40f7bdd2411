"""A client that takes nothing is cut, whichever protocol it speaks: the same for requests and for live sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from uvicorn.server import ServerState

from emoar.server.app import create_app
from emoar.server.http.protocol import guarded_protocols
from emoar.server.run import _config
from emoar.server.settings import Settings

STALL_S = 0.05
PROTOCOLS = {"requests": 0, "live": 1}


class Wire(asyncio.Transport):
    """A transport to nowhere that remembers whether it was cut."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5), "sockname": ("127.0.0.1", 8000)})
        self.cut = False

    def abort(self) -> None:
        self.cut = True

    def close(self) -> None:
        """Not what is looked at."""

    def is_closing(self) -> bool:
        return self.cut

    def pause_reading(self) -> None:
        """Nothing comes."""

    def resume_reading(self) -> None:
        """Nothing comes."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == 0  # else a last answer could wait for ever below the limit


def was_cut(which: int, *steps: Callable[[Any], object], gone: bool = False) -> bool:
    """Whether the connection was cut after these steps and more time than a client may take nothing."""

    async def play() -> bool:
        settings = Settings(stall_s=STALL_S, max_jobs=0)
        config = _config(settings, create_app(settings))
        config.load()
        protocol: Any = guarded_protocols(settings)[which](config, ServerState(), {})
        wire = Wire()
        protocol.connection_made(wire)
        for step in steps:
            step(protocol)
        if gone:
            protocol.connection_lost(None)
        await asyncio.sleep(10 * STALL_S)
        cut = wire.cut
        if not gone:
            protocol.connection_lost(None)
        return cut

    return asyncio.run(play())


@pytest.mark.parametrize("which", PROTOCOLS.values(), ids=PROTOCOLS)
def test_who_takes_nothing_is_cut_and_nobody_else(which: int) -> None:
    def stall(protocol: Any) -> None:
        protocol.pause_writing()

    def take(protocol: Any) -> None:
        protocol.resume_writing()

    assert was_cut(which, stall)
    assert was_cut(which, stall, take, stall)
    assert not was_cut(which, stall, take)
    assert not was_cut(which)
    assert not was_cut(which, stall, gone=True)


def test_a_slow_header_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        started = time.monotonic()
        assert connection.recv(100) == b""
        assert 0.5 < time.monotonic() - started < 4


def test_an_endless_header_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        try:
            for _ in range(200):
                connection.sendall(b"a" * 10_000)
            said = connection.recv(1000)
        except ConnectionError:
            return
    assert said.startswith(b"HTTP/1.1 431 ")
    assert b'"type": "urn:emoar:problem:long-header"' in said


def test_what_is_no_http_is_told_so(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"hello\r\n\r\n")
        said = b""
        while part := connection.recv(4096):
            said += part
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert json.loads(body)["type"] == "urn:emoar:problem:no-http"


def test_connections_are_limited(small: Server) -> None:
    with connections(small, 60) as many:
        time.sleep(0.3)
        answers = [connection.recv(2000) for connection in many]  # those let in are cut after stall_s, without a word
    assert sum(b" 503 " in answer and b"max_connections" in answer for answer in answers) >= 10
    assert b"" in answers
    time.sleep(0.3)
    with small.client() as http:
        assert http.get("/healthz").status_code == 200


def test_a_client_that_takes_nothing_is_cut(small: Server) -> None:
    """Many requests whose answers are never read: the server does not keep them for ever."""
    with connected(small) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        until = time.monotonic() + 15
        with pytest.raises(ConnectionError):
            while time.monotonic() < until:
                connection.sendall(10 * request)
                time.sleep(0.01)
    assert "Traceback" not in small.log.read_text()
