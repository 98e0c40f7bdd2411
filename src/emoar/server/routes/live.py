"""`WS /v1/live`: receives frames and sends a scene for each processed frame. Old frames are dropped, never queued."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from emoar.server.http.problems import Problem, problem_response
from emoar.server.routes.parameters import check_max_faces, live_query
from emoar.server.state import ServerState, state_of
from emoar.server.workers.pool import Stream
from emoar.server.workers.request import ImageRequest, check_label_set

__all__ = ["NewestFrame", "router"]

router: Final = APIRouter()
_PROTOCOL: Final = "emoar.live"
_IDLE, _NO_TEXT, _NO_KEY = 1001, 1003, 1008  # RFC 6455
_REASONS: Final = {
    _IDLE: "no frame for too long",
    _NO_TEXT: "send frames as binary messages",
    _NO_KEY: "the API key is no longer valid",
}
_CHECK_KEY_EVERY_S: Final = 1.0


@dataclass(eq=False)
class NewestFrame:
    """A buffer for one frame: a new frame replaces one that has not been processed."""

    frame: bytes | None = None
    time_s: float = 0.0
    index: int = -1
    dropped: int = 0  # since the last response
    filled: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, frame: bytes, time_s: float) -> bool:
        """Stores a frame; returns whether it replaced an older one. `time_s` is in seconds since the socket opened."""
        replaced = self.frame is not None
        self.dropped += replaced
        self.frame, self.time_s, self.index = frame, time_s, self.index + 1
        self.filled.set()
        return replaced

    async def get(self) -> tuple[bytes, float, int, int]:
        """Waits for a frame; returns it, its time in seconds, its index, and the number of frames dropped before it."""
        await self.filled.wait()
        self.filled.clear()
        assert self.frame is not None
        frame, self.frame, dropped, self.dropped = self.frame, None, self.dropped, 0
        return frame, self.time_s, self.index, dropped


@router.websocket("/v1/live")
async def live(socket: WebSocket) -> None:
    """Serves one client and one source: its faces keep their ids, and their expressions are smoothed over time."""
    state = state_of(socket)
    names: tuple[str, ...] = socket.scope["emoar.names"]
    try:
        request = _image_request(socket, state)
        state.sockets.take(*names)
    except Problem as exc:
        await socket.send_denial_response(problem_response(exc))
        return
    state.metrics.sockets.set(state.sockets.total)
    stream = state.pool.open_stream(request, names)
    try:
        await socket.accept(_PROTOCOL if _PROTOCOL in socket.scope["subprotocols"] else None)
        await _exchange(socket, state, stream)
    finally:
        state.sockets.give_back(*names)
        state.metrics.sockets.set(state.sockets.total)
        stream.close()


def _image_request(socket: WebSocket, state: ServerState) -> ImageRequest:
    query, settings = live_query(socket.query_params), state.settings
    check_max_faces(query.max_faces, settings)
    check_label_set(query.label_set, settings.model)
    return ImageRequest("live", query.max_faces, query.label_set, query.landmarks, max_pixels=settings.max_pixels)


async def _exchange(socket: WebSocket, state: ServerState, stream: Stream) -> None:
    """Receives, responds and watches the API key concurrently until one of them ends."""
    newest = NewestFrame()
    tasks: list[asyncio.Task[int | None]] = [
        asyncio.create_task(_receive(socket, state, newest)),
        asyncio.create_task(_respond(socket, state, stream, newest)),
        asyncio.create_task(_watch_key(socket, state)),
    ]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    code = next((task.result() for task in ended if task.exception() is None and task.result() is not None), None)
    if code is not None:
        await _close(socket, code)


async def _watch_key(socket: WebSocket, state: ServerState) -> int:
    """Ends when the API key of the socket is no longer valid; returns the code to close with."""
    while True:
        await asyncio.sleep(_CHECK_KEY_EVERY_S)
        try:
            state.access.check_revoked(socket.scope["emoar.key"])
        except Problem:
            return _NO_KEY


async def _receive(socket: WebSocket, state: ServerState, newest: NewestFrame) -> int | None:
    """Stores each frame; returns the code to close with, or None when the client has disconnected."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    while True:
        try:
            async with asyncio.timeout(state.settings.idle_s):
                message = await socket.receive()
        except TimeoutError:
            return _IDLE
        if message["type"] == "websocket.disconnect":
            return None
        frame = message.get("bytes")
        if frame is None:
            return _NO_TEXT
        if newest.put(frame, loop.time() - started):
            state.metrics.dropped.inc()


async def _respond(socket: WebSocket, state: ServerState, stream: Stream, newest: NewestFrame) -> None:
    total = 0
    while True:
        await newest.filled.wait()
        while wait_s := state.access.frame_wait_s(
            *socket.scope["emoar.names"]
        ):  # newer frames replace the one that waits
            await asyncio.sleep(wait_s)
        frame, time_s, index, dropped = await newest.get()
        total += dropped
        try:
            response = await stream.frame(frame, time_s, index)
            state.metrics.observe(response.faces, response.timings_ms)
            body = response.body
        except Problem as exc:  # one bad frame does not end the connection
            body = json.dumps({**exc.as_dict(), "frame_index": index}).encode()
        counts = b',"dropped":%d,"dropped_total":%d}' % (dropped, total)
        await socket.send_text((body[:-1] + counts).decode())


async def _close(socket: WebSocket, code: int) -> None:
    try:
        await socket.close(code, _REASONS[code])
    except (RuntimeError, WebSocketDisconnect):  # the client has disconnected in the meantime
        return
