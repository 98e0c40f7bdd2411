"""`WS /v1/live`: receives frames and sends a scene for each processed frame. Old frames are dropped, never queued."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, WebSocket

from emoar.server.events.sources import SocketSources
from emoar.server.http.problems import Problem, problem_response
from emoar.server.routes.parameters import check_max_faces, live_query
from emoar.server.routes.sockets import NO_KEY, close, first_code, watch_key
from emoar.server.sessions.session import Session
from emoar.server.state import ServerState, state_of
from emoar.server.workers.request import ImageRequest, check_label_set
from emoar.server.workers.stream import Stream

__all__ = ["NewestFrame", "router"]

router: Final = APIRouter()
_PROTOCOL: Final = "emoar.live"
_IDLE, _NO_TEXT = 1001, 1003  # RFC 6455
_REASONS: Final = {
    _IDLE: "no frame for too long",
    _NO_TEXT: "send frames as binary messages",
    NO_KEY: "the API key is no longer valid",
}


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
    try:
        session = _session(socket, state)
    except Problem as exc:
        state.sockets.give_back(*names)
        await socket.send_denial_response(problem_response(exc))
        return
    state.metrics.sockets.set(state.sockets.total)
    stream, sources = state.pool.open_stream(request, names), SocketSources(state.hub, state.outlets, request.name)
    try:
        await socket.accept(_PROTOCOL if _PROTOCOL in socket.scope["subprotocols"] else None)
        await _exchange(socket, state, stream, sources, session)
    finally:
        if session is not None:
            session.stop()
        sources.close()
        state.sockets.give_back(*names)
        state.metrics.sockets.set(state.sockets.total)
        stream.close()


def _image_request(socket: WebSocket, state: ServerState) -> ImageRequest:
    query, settings = live_query(socket.query_params), state.settings
    check_max_faces(query.max_faces, settings)
    check_label_set(query.label_set, settings.label_sets)
    return ImageRequest(
        "live",
        query.max_faces,
        query.label_set,
        query.landmarks,
        max_pixels=settings.max_pixels,
        name=secrets.token_hex(4),
        landmarks_apart=bool(state.outlets),
        measures=query.measures or state.outlets.uses_measures,
        valence=query.valence,
    )


def _session(socket: WebSocket, state: ServerState) -> Session | None:
    """The session that records this socket, if its address names one."""
    name = live_query(socket.query_params).session
    key = socket.scope["emoar.key"]
    return None if name is None else state.sessions.attach(name, None if key is None else key.id)


async def _exchange(
    socket: WebSocket, state: ServerState, stream: Stream, sources: SocketSources, session: Session | None
) -> None:
    """Receives, responds and watches the API key concurrently until one of them ends."""
    newest = NewestFrame()
    code = await first_code(
        _receive(socket, state, newest),
        _respond(socket, state, stream, newest, sources, session),
        watch_key(socket, state),
    )
    if code is not None:
        await close(socket, code, _REASONS[code])


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


async def _respond(
    socket: WebSocket,
    state: ServerState,
    stream: Stream,
    newest: NewestFrame,
    sources: SocketSources,
    session: Session | None,
) -> None:
    total, began_s = 0, time.monotonic()
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
            body = scene = response.body
            sources.put(response, time_s, began_s + time_s)
        except Problem as exc:  # one bad frame does not end the connection
            scene = None
            body = json.dumps({**exc.as_dict(), "frame_index": index}).encode()
        counts = b',"dropped":%d,"dropped_total":%d}' % (dropped, total)
        await socket.send_text((body[:-1] + counts).decode())
        if session is not None and scene is not None:
            await asyncio.to_thread(session.write, scene)
