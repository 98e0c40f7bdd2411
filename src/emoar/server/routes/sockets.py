"""What all sockets do: several tasks until one ends, a watched API key, a reason when they are closed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Final

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from emoar.server.http.problems import Problem
from emoar.server.state import ServerState

__all__ = ["NO_KEY", "close", "first_code", "watch_key"]

NO_KEY: Final = 1008  # RFC 6455: policy violation
_CHECK_KEY_EVERY_S: Final = 1.0


async def first_code(*tasks: Coroutine[None, None, int | None]) -> int | None:
    """Runs tasks together until one of them ends; its result is the code to close with, None: already closed."""
    running = [asyncio.create_task(task) for task in tasks]
    try:
        ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return next((task.result() for task in ended if task.exception() is None and task.result() is not None), None)


async def watch_key(socket: WebSocket, state: ServerState) -> int:
    """Ends when the API key of the socket is no longer valid; returns the code to close with."""
    while True:
        await asyncio.sleep(_CHECK_KEY_EVERY_S)
        try:
            state.access.check_revoked(socket.scope["emoar.key"])
        except Problem:
            return NO_KEY


async def close(socket: WebSocket, code: int, reason: str) -> None:
    """Closes a socket, which the client may have left in the meantime."""
    try:
        await socket.close(code, reason)
    except (RuntimeError, WebSocketDisconnect):
        return
