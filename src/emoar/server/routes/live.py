"""`WS /v1/live`: frames in, one scene a frame out. Old frames are dropped, never queued."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from emoar.server.http.problems import Problem, problem_response
from emoar.server.state import Service, service_of
from emoar.server.workers.pool import Stream
from emoar.server.workers.request import ImageRequest, check_labels

__all__ = ["router"]

router: Final = APIRouter()
_PROTOCOL: Final = "emoar.live"
_IDLE, _NO_TEXT = 1001, 1003  # RFC 6455
_YES: Final = ("1", "true", "yes", "on")


@dataclass(eq=False)
class _Mailbox:
    """Room for one frame: a new one takes the place of one that nobody has taken yet."""

    frame: bytes | None = None
    time_s: float = 0.0
    index: int = -1
    dropped: int = 0  # since the last answer
    filled: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, frame: bytes, time_s: float) -> bool:
        """Whether an older frame was dropped for it."""
        late = self.frame is not None
        self.dropped += late
        self.frame, self.time_s, self.index = frame, time_s, self.index + 1
        self.filled.set()
        return late

    async def take(self) -> tuple[bytes, float, int, int]:
        """The newest frame, its time and index, and how many were dropped before it."""
        await self.filled.wait()
        self.filled.clear()
        assert self.frame is not None
        frame, self.frame, dropped, self.dropped = self.frame, None, self.dropped, 0
        return frame, self.time_s, self.index, dropped


@router.websocket("/v1/live")
async def live(socket: WebSocket) -> None:
    """One client, one source: its faces keep their ids, and their expressions are smoothed over time."""
    service = service_of(socket)
    try:
        look = _look(socket, service)
        if service.open_sockets >= service.settings.max_sockets:
            service.metrics.refused.labels("max_sockets").inc()
            limit = service.settings.max_sockets
            detail = "all live sockets are taken: try again in a moment"
            raise Problem(503, "busy", detail, "max_sockets", limit, retry_after_s=5)
    except Problem as exc:
        await socket.send_denial_response(problem_response(exc))
        return
    service.open_sockets += 1
    service.metrics.sockets.set(service.open_sockets)
    stream = service.pool.open_stream(look)
    try:
        await socket.accept(_PROTOCOL if _PROTOCOL in socket.scope["subprotocols"] else None)
        await _converse(socket, service, stream)
    finally:
        service.open_sockets -= 1
        service.metrics.sockets.set(service.open_sockets)
        stream.close()


async def _converse(socket: WebSocket, service: Service, stream: Stream) -> None:
    """Reads and answers side by side until one side ends."""
    box = _Mailbox()
    reading = asyncio.create_task(_read(socket, service, box))
    answering = asyncio.create_task(_answer(socket, service, stream, box))
    try:
        await asyncio.wait((reading, answering), return_when=asyncio.FIRST_COMPLETED)
    finally:
        code = reading.result() if reading.done() and not reading.cancelled() else None
        for task in (reading, answering):
            task.cancel()
        await asyncio.gather(reading, answering, return_exceptions=True)
    if code is not None:
        await _close(socket, code)


async def _read(socket: WebSocket, service: Service, box: _Mailbox) -> int | None:
    """Fills the mailbox; the code to close with, or None when the client has gone."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    while True:
        try:
            async with asyncio.timeout(service.settings.idle_s):
                message = await socket.receive()
        except TimeoutError:
            return _IDLE
        if message["type"] == "websocket.disconnect":
            return None
        frame = message.get("bytes")
        if frame is None:
            return _NO_TEXT
        if box.put(frame, loop.time() - started):
            service.metrics.dropped.inc()


async def _answer(socket: WebSocket, service: Service, stream: Stream, box: _Mailbox) -> None:
    total = 0
    while True:
        frame, time_s, index, dropped = await box.take()
        total += dropped
        try:
            reply = await stream.frame(frame, time_s, index)
            service.metrics.looked(reply.faces, reply.timings_ms)
            body = reply.body
        except Problem as exc:  # one bad frame does not end a conversation
            body = json.dumps({**exc.as_dict(), "frame_index": index}).encode()
        said = b',"dropped":%d,"dropped_total":%d}' % (dropped, total)
        await socket.send_text((body[:-1] + said).decode())


async def _close(socket: WebSocket, code: int) -> None:
    reason = {_IDLE: "no frame for too long", _NO_TEXT: "send frames as binary messages"}.get(code, "")
    try:
        await socket.close(code, reason)
    except (RuntimeError, WebSocketDisconnect):  # it has gone meanwhile
        return


def _look(socket: WebSocket, service: Service) -> ImageRequest:
    query, limit = socket.query_params, service.settings.max_faces
    text = query.get("max_faces", "4")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= limit:
        raise Problem(422, "wrong-parameter", f"max_faces must be within 1..{limit}", "max_faces", limit)
    labels, landmarks = query.get("labels"), query.get("landmarks", "").lower() in _YES
    check_labels(labels, service.settings.model)
    return ImageRequest("live", int(text), labels, landmarks, max_pixels=service.settings.max_pixels)
