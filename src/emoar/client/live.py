"""A live socket as a client sees it: carries what `client.messages` packs and understands over a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib import import_module
from types import TracebackType
from typing import Any, NoReturn, Self

from emoar.client.messages import LiveCodec, LiveFrame, LiveScene
from emoar.client.requests import Answer, OpenSocket, key_headers
from emoar.errors import DependencyMissing, InputError, ServerError

__all__ = ["AsyncLive", "Live", "accepted", "refused", "socket_arguments", "websockets"]


class Live:
    """An open live socket; a context manager, from `Client.live`.

    Frames may be sent before earlier ones are answered: what the server cannot keep up with it drops, and says so. One
    thread may send while another receives.
    """

    def __init__(self, open_: Callable[[], Any], talk: LiveCodec, timeout_s: float) -> None:
        self._open, self._talk, self._timeout_s = open_, talk, timeout_s
        self._socket: Any = None
        self._closing: Any = None

    def send(self, frame: LiveFrame) -> None:
        """Sends a frame: the bytes of a picture file, an (H, W, 3) RGB array, or a `Frame`.

        Raises:
            InputError: it is none of these.
            ServerError: the socket has been closed.
        """
        message = self._talk.pack(frame)
        try:
            _checked(self._socket).send(message)
        except _closed() as exc:
            _say_closed(exc)

    def receive(self, timeout_s: float | None = None) -> LiveScene:
        """The next answer.

        Raises:
            ServerError: the frame is not usable (the next `receive` goes on), no answer came in time, or the socket
                has been closed.
        """
        seconds = self._timeout_s if timeout_s is None else timeout_s
        try:
            message = _checked(self._socket).recv(timeout=seconds)
        except TimeoutError as exc:
            raise _no_answer(seconds) from exc
        except _closed() as exc:
            _say_closed(exc)
        return self._talk.understand(message)

    def ask(self, frame: LiveFrame) -> LiveScene:
        """Sends a frame and waits for its scene."""
        self.send(frame)
        return self.receive()

    def __iter__(self) -> Iterator[LiveScene]:
        """Answer after answer, as they come."""
        while True:
            yield self.receive()

    def __enter__(self) -> Self:
        self._socket, self._closing = self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.close()


class AsyncLive:
    """As `Live`, from `AsyncClient.live`. One task may send while another receives."""

    def __init__(self, open_: Callable[[], Awaitable[Any]], talk: LiveCodec, timeout_s: float) -> None:
        self._open, self._talk, self._timeout_s = open_, talk, timeout_s
        self._socket: Any = None
        self._closing: Any = None

    async def send(self, frame: LiveFrame) -> None:
        """See `Live.send`."""
        message = self._talk.pack(frame)
        try:
            await _checked(self._socket).send(message)
        except _closed() as exc:
            _say_closed(exc)

    async def receive(self, timeout_s: float | None = None) -> LiveScene:
        """See `Live.receive`."""
        seconds = self._timeout_s if timeout_s is None else timeout_s
        try:
            async with asyncio.timeout(seconds):
                message = await _checked(self._socket).recv()
        except TimeoutError as exc:
            raise _no_answer(seconds) from exc
        except _closed() as exc:
            _say_closed(exc)
        return self._talk.understand(message)

    async def ask(self, frame: LiveFrame) -> LiveScene:
        """See `Live.ask`."""
        await self.send(frame)
        return await self.receive()

    async def __aiter__(self) -> AsyncIterator[LiveScene]:
        while True:
            yield await self.receive()

    async def __aenter__(self) -> Self:
        self._socket, self._closing = await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self._closing.aclose()


def websockets(name: str) -> Any:
    """A module of the library.

    Raises:
        DependencyMissing: it is not installed.
    """
    try:
        return import_module(f"websockets.{name}")
    except ImportError as exc:
        raise DependencyMissing("a live socket needs websockets: pip install 'emoar[client]'") from exc


def socket_arguments(base_url: str, step: OpenSocket, key: str | None, timeout_s: float) -> dict[str, Any]:
    """What `connect` of the library needs; http becomes ws, https becomes wss."""
    address = base_url.replace("http", "ws", 1).rstrip("/") + step.path_and_query
    headers = key_headers(key)
    # pictures are compressed already, and the server does not inflate
    return {"uri": address, "additional_headers": headers, "open_timeout": timeout_s, "compression": None}


def accepted(connection: Any, closing: Any) -> Answer:
    """An open socket, and the stack that closes it."""
    return Answer(101, {}, b"", (connection, closing))


def refused(response: Any) -> Answer:
    """The server's answer to a handshake that it does not complete."""
    return Answer(response.status_code, response.headers, bytes(response.body or b""))


def _checked(socket: Any) -> Any:
    if socket is None:
        raise InputError("the live socket is not open: use it as `with client.live() as live:`")
    return socket


def _closed() -> Any:
    return websockets("exceptions").ConnectionClosed


def _say_closed(exc: Any) -> NoReturn:
    reason = exc.rcvd.reason if exc.rcvd is not None and exc.rcvd.reason else "without a reason"
    raise ServerError(f"the server has closed the live socket ({reason}): open a new one") from exc


def _no_answer(seconds: float) -> ServerError:
    return ServerError(f"no answer on the live socket within {seconds:g} s: send a frame first, or a smaller one")
