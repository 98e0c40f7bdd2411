"""`WS /v1/events`: events and scenes of all live sockets, for subscribers; publishers add those of other programs."""

from __future__ import annotations

import asyncio
from typing import Final, Literal

from fastapi import APIRouter, Depends, WebSocket
from starlette.responses import JSONResponse, Response

from emoar.errors import InputError
from emoar.events.values import event_schema
from emoar.server.events.publisher import Publisher
from emoar.server.events.subscriber import Subscriber
from emoar.server.http.problems import Problem, problem_response
from emoar.server.http.schemas import scene_schema
from emoar.server.routes.parameters import EventsQuery, check_query, events_query
from emoar.server.routes.sockets import NO_KEY, close, first_code, watch_key
from emoar.server.state import ServerState, state_of

__all__ = ["router"]

router: Final = APIRouter()
_PROTOCOL: Final = "emoar.events"
_NO_TEXT, _BAD_DOCUMENT = 1003, 1007  # RFC 6455
_REASONS: Final = {_NO_TEXT: "send documents as text messages", NO_KEY: "the API key is no longer valid"}
_MOST_REASON_BYTES: Final = 120  # of a close frame


@router.get(
    "/v1/schemas/{name}",
    summary="JSON Schemas of events and scenes",
    tags=["events"],
    dependencies=[Depends(check_query)],
    responses={200: {"content": {"application/schema+json": {"schema": {"type": "object"}}}}},
    response_class=Response,
)
async def schema(name: Literal["event", "scene"]) -> Response:
    """The schema (2020-12) of the messages of `WS /v1/events`."""
    return JSONResponse(event_schema() if name == "event" else scene_schema(), media_type="application/schema+json")


@router.websocket("/v1/events")
async def events(socket: WebSocket) -> None:
    """Serves one subscriber or publisher, by the query."""
    state = state_of(socket)
    names: tuple[str, ...] = socket.scope["emoar.names"]
    try:
        query = events_query(socket.query_params)
        state.event_sockets.take(*names)
    except Problem as exc:
        await socket.send_denial_response(problem_response(exc))
        return
    count = state.metrics.event_sockets.labels(query.role)
    count.inc()
    try:
        await (_publish(socket, state) if query.role == "publish" else _subscribe(socket, state, query))
    finally:
        state.event_sockets.give_back(*names)
        count.dec()


async def _subscribe(socket: WebSocket, state: ServerState, query: EventsQuery) -> None:
    subscriber = Subscriber(scenes=query.scenes, rate=query.rate, source=query.source)
    state.hub.subscribe(subscriber)  # first: a client whose socket is open misses nothing
    try:
        await _accept(socket)
        code = await first_code(_send(socket, state, subscriber), _until_disconnected(socket), watch_key(socket, state))
    finally:
        state.hub.unsubscribe(subscriber)
    if code is not None:
        await close(socket, code, _REASONS[code])


async def _accept(socket: WebSocket) -> None:
    await socket.accept(_PROTOCOL if _PROTOCOL in socket.scope["subprotocols"] else None)


async def _send(socket: WebSocket, state: ServerState, subscriber: Subscriber) -> None:
    while True:
        for text in await subscriber.next():
            await socket.send_text(text)
            state.metrics.sent_events.inc()


async def _until_disconnected(socket: WebSocket) -> None:
    """Reads what a subscriber sends, which means nothing, until it disconnects."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _publish(socket: WebSocket, state: ServerState) -> None:
    publisher = Publisher(state.hub)
    reasons = dict(_REASONS)
    try:
        await _accept(socket)
        code = await first_code(_receive(socket, state, publisher, reasons), watch_key(socket, state))
    finally:
        publisher.close()
    if code is not None:
        await close(socket, code, reasons[code])


async def _receive(socket: WebSocket, state: ServerState, publisher: Publisher, reasons: dict[int, str]) -> int | None:
    """Passes documents on; returns the code to close with, or None when the client has disconnected."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text = message.get("text")
        if text is None:
            return _NO_TEXT
        while wait_s := state.access.frame_wait_s(*socket.scope["emoar.names"]):
            await asyncio.sleep(wait_s)
        try:
            publisher.receive(text)
        except InputError as exc:
            reasons[_BAD_DOCUMENT] = str(exc).encode()[:_MOST_REASON_BYTES].decode(errors="ignore")
            return _BAD_DOCUMENT
