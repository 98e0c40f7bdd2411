"""`WS /v1/live`: receives frames and sends a scene for each processed frame. Old frames are dropped, never queued."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from emoar.server.http.problems import Problem, problem_response
from emoar.server.routes.parameters import check_max_faces
from emoar.server.state import ServerState, client_of, state_of
from emoar.server.workers.pool import Stream
from emoar.server.workers.request import ImageRequest, check_label_set

__all__ = ["NewestFrame", "router"]

router: Final = APIRouter()
_PROTOCOL: Final = "emoar.live"
_IDLE, _NO_TEXT = 1001, 1003  # RFC 6455
_REASONS: Final = {_IDLE: "no frame for too long", _NO_TEXT: "send frames as binary messages"}
_TRUE: Final = ("1", "true", "yes", "on")


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
    client = client_of(socket)
    with ExitStack() as counted:
        try:
            request = _image_request(socket, state)
            counted.enter_context(state.open_socket(client))
        except Problem as exc:
            await socket.send_denial_response(problem_response(exc))
            return
        stream = state.pool.open_stream(request, client)
        counted.callback(stream.close)
        await socket.accept(_PROTOCOL if _PROTOCOL in socket.scope["subprotocols"] else None)
        await _exchange(socket, state, stream)


def _image_request(socket: WebSocket, state: ServerState) -> ImageRequest:
    query, settings = socket.query_params, state.settings
    text = query.get("max_faces", "4")
    max_faces = int(text[:9]) if text.isascii() and text.isdigit() else 0
    check_max_faces(max_faces, settings)
    label_set, landmarks = query.get("label_set"), query.get("landmarks", "").lower() in _TRUE
    check_label_set(label_set, settings.model)
    return ImageRequest("live", max_faces, label_set, landmarks, max_pixels=settings.max_pixels)


async def _exchange(socket: WebSocket, state: ServerState, stream: Stream) -> None:
    """Receives and responds concurrently until one of both ends."""
    newest = NewestFrame()
    receiving = asyncio.create_task(_receive(socket, state, newest))
    responding = asyncio.create_task(_respond(socket, state, stream, newest))
    try:
        await asyncio.wait((receiving, responding), return_when=asyncio.FIRST_COMPLETED)
    finally:
        code = receiving.result() if receiving.done() and not receiving.cancelled() else None
        for task in (receiving, responding):
            task.cancel()
        await asyncio.gather(receiving, responding, return_exceptions=True)
    if code is not None:
        await _close(socket, code)


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
