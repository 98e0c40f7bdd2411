"""Live sockets over a connection without a network."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

from emoar.client.live import AsyncLive, Live, refused, socket_arguments
from emoar.client.messages import LiveCodec
from emoar.client.requests import OpenSocket
from emoar.errors import InputError, ServerError

FRAME = np.full((4, 6, 3), 7, np.uint8)
SCENE = {"schema": "emoar.scene/1", "source": "", "time_s": 0.5, "width_px": 6, "height_px": 4, "faces": []}


class FakeSocket:
    """Answers each frame with a scene, then times out or is closed."""

    def __init__(self, closed: Close | None = None) -> None:
        self.sent: list[bytes] = []
        self.answered, self.closed = 0, closed

    def send(self, message: bytes) -> None:
        self.sent.append(message)

    def recv(self, timeout: float | None = None) -> str:
        if self.answered == len(self.sent):
            if self.closed is not None:
                raise ConnectionClosedError(self.closed, None)
            raise TimeoutError
        self.answered += 1
        return json.dumps({**SCENE, "frame_index": self.answered - 1, "dropped": 0, "dropped_total": 0})


class FakeAsyncSocket:
    """The same for asyncio; it waits instead of timing out."""

    def __init__(self) -> None:
        self.inner = FakeSocket()

    async def send(self, message: bytes) -> None:
        self.inner.send(message)

    async def recv(self) -> str:
        try:
            return self.inner.recv()
        except TimeoutError:
            await asyncio.Event().wait()
            raise


def test_frames_and_scenes() -> None:
    connection, stack, closed = FakeSocket(), ExitStack(), list[int]()
    stack.callback(closed.append, 1)
    with Live(lambda: (connection, stack), LiveCodec(None), 9.0) as live:
        assert live.recognise(FRAME).index == 0
        live.send(FRAME)
        live.send(FRAME)
        indices = []
        with pytest.raises(ServerError, match="within 9 s"):
            indices.extend(scene.index for scene in live)
        with pytest.raises(ServerError, match=r"within 0\.5 s"):
            live.receive(0.5)
    assert (indices, len(connection.sent), closed) == ([1, 2], 3, [1])


def test_a_closed_socket_has_the_reason() -> None:
    connection = FakeSocket(Close(1001, "no frame for too long"))
    with (
        Live(lambda: (connection, ExitStack()), LiveCodec(None), 9.0) as live,
        pytest.raises(ServerError, match="no frame for too long"),
    ):
        live.receive()


def test_a_socket_that_is_not_open() -> None:
    with pytest.raises(InputError, match="is not open"):
        Live(lambda: None, LiveCodec(None), 9.0).send(FRAME)


def test_asyncio() -> None:
    async def play() -> list[int]:
        async def open_() -> Any:
            return FakeAsyncSocket(), AsyncExitStack()

        async with AsyncLive(open_, LiveCodec(None), 0.01) as live:
            indices = [(await live.recognise(FRAME)).index]
            await live.send(FRAME)
            async for scene in live:
                indices.append(scene.index)
                break
            with pytest.raises(ServerError, match=r"within 0\.01 s"):
                await live.receive()
            return indices

    assert asyncio.run(play()) == [0, 1]


@pytest.mark.parametrize(
    ("base_url", "address"),
    [("http://a:1/", "ws://a:1/v1/live?x=1"), ("https://a/b", "wss://a/b/v1/live?x=1")],
)
def test_the_address_of_a_socket(base_url: str, address: str) -> None:
    arguments = socket_arguments(base_url, OpenSocket("/v1/live?x=1"), "k", 3.0)
    assert arguments["uri"] == address
    assert arguments["additional_headers"] == {"authorization": "Bearer k"}
    assert (arguments["open_timeout"], arguments["compression"]) == (3.0, None)


def test_a_refused_handshake() -> None:
    class Response:
        status_code, headers, body = 503, {"retry-after": "5"}, None

    response = refused(Response())
    assert (response.status_code, response.is_success, response.body) == (503, False, b"")
